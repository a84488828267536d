package import WeirStatistics

/// What offers changed for one group of customers, per customer.
package struct LiftEffect: Sendable, Equatable {
    package struct Reading: Sendable, Equatable {
        package var outcome: LiftOutcome
        /// Means of the two arms as they are.
        package var treated: Double
        package var heldOut: Double
        /// Treated less held out, with Welch's interval.
        package var difference: Interval
        /// Each customer weighted by the inverse of the probability of their arm.
        package var weighted: Interval
        /// The same with a regression on what was known before, which takes noise away.
        package var doublyRobust: Interval
        /// The doubly robust difference as a share of what the held out do; nil where that is 0 or not known.
        package var relative: Interval?
        /// Of the doubly robust difference.
        package var standardError: Double
        /// The smallest true difference that would be seen four times out of five.
        package var detectable: Double

        package init(
            outcome: LiftOutcome, treated: Double, heldOut: Double, difference: Interval, weighted: Interval,
            doublyRobust: Interval, relative: Interval?, standardError: Double, detectable: Double
        ) {
            self.outcome = outcome
            self.treated = treated
            self.heldOut = heldOut
            self.difference = difference
            self.weighted = weighted
            self.doublyRobust = doublyRobust
            self.relative = relative
            self.standardError = standardError
            self.detectable = detectable
        }
    }

    package var name: String
    package var treated: Int
    package var heldOut: Int
    package var readings: [Reading]
    /// Margin before cost per unit of cost: above 1 the offers pay. Nil where nothing was spent or value does not compare.
    package var returnOnCost: Interval?
    /// Customers with at least one conversion.
    package var convertersTreated: Int
    package var convertersHeldOut: Int
    /// Difference of the shares of customers with a conversion, exact however few there are.
    package var exactShares: Interval
    /// Probability of arms at least as uneven as these if chance alone had decided.
    package var sampleRatio: Double

    package subscript(outcome: LiftOutcome) -> Reading? { readings.first { $0.outcome == outcome } }

    /// Whether so few customers converted, or failed to, that normal intervals cannot be trusted.
    package var isLowCount: Bool {
        [(convertersTreated, treated), (convertersHeldOut, heldOut)].contains { min($0.0, $0.1 - $0.0) < 10 }
    }
}

/// Customers who are compared from a moment on: their sums since then, and what is predicted of them.
struct LiftSample {
    /// Index into the trial's customers.
    let customers: [Int]
    let outcomes: [LiftOutcome]
    private let totals: [[Double]]
    private let isTreated: [Bool]
    private let propensities: [Double]
    private let predictions: LiftRegression
    private let conversions: [Double]

    /// - Parameters:
    ///   - start: The moment from which a customer's deeds count; nil leaves the customer out.
    ///   - end: The moment from which they count no more.
    init(
        _ trial: LiftTrial, outcomes: [LiftOutcome], end: Double = .infinity,
        start: (LiftTrial.Customer) -> Double?
    ) {
        var places = [Int](repeating: -1, count: trial.customers.count)
        var customers: [Int] = []
        var starts: [Double] = []
        for (index, customer) in trial.customers.enumerated() {
            guard let start = start(customer) else { continue }
            places[index] = customers.count
            customers.append(index)
            starts.append(start)
        }
        var totals = outcomes.map { _ in [Double](repeating: 0, count: customers.count) }
        var conversions = [Double](repeating: 0, count: customers.count)
        for deed in trial.deeds where places[deed.customer] >= 0 {
            let place = places[deed.customer]
            guard deed.time >= starts[place], deed.time < end else { continue }
            for (position, outcome) in outcomes.enumerated() { totals[position][place] += deed.amount(outcome) }
            conversions[place] += deed.conversions
        }
        self.customers = customers
        self.outcomes = outcomes
        self.totals = totals
        self.conversions = conversions
        isTreated = customers.map { trial.customers[$0].isTreated }
        propensities = customers.map { trial.customers[$0].propensity }
        // Whoever came earlier had more time to do something.
        let days = starts.map { (min(end, trial.to) - $0) / 86_400 }
        let width = customers.first.map { trial.customers[$0].features.count } ?? 0
        let features = (0..<width).map { feature in customers.map { trial.customers[$0].features[feature] } }
        predictions = LiftRegression(features: features + [days], isTreated: isTreated, outcomes: totals)
    }

    /// The effect on some of the sample; nil where an arm has fewer customers than `least`.
    ///
    /// - Parameters:
    ///   - members: Places in the sample; nil for all.
    ///   - least: ≥ 2, since a variance needs two.
    func effect(_ name: String, members: [Int]? = nil, least: Int = 2, confidence: Double) -> LiftEffect? {
        let places = members ?? Array(customers.indices)
        let arms = places.map { isTreated[$0] }
        let treated = arms.count { $0 }
        guard treated >= least, arms.count - treated >= least else { return nil }
        let weights = places.map { 1 / (isTreated[$0] ? propensities[$0] : 1 - propensities[$0]) }
        var contrasts: [LiftOutcome: LiftContrast] = [:]
        let readings = outcomes.enumerated().map { position, outcome in
            let own = places.map { totals[position][$0] }
            let expected = (
                treated: places.map { predictions.treated[position][$0] },
                heldOut: places.map { predictions.heldOut[position][$0] }
            )
            let robust = LiftContrast.doublyRobust(
                own, arms, weights: weights, treated: expected.treated, heldOut: expected.heldOut)
            let base = LiftContrast.mean(of: false, own, arms, weights: weights, predicted: expected.heldOut)
            contrasts[outcome] = robust
            let means = [true, false].map { arm in
                RunningMoments(own.indices.lazy.filter { arms[$0] == arm }.map { own[$0] }).mean
            }
            return LiftEffect.Reading(
                outcome: outcome, treated: means[0], heldOut: means[1],
                difference: LiftContrast.difference(own, arms).interval(confidence: confidence),
                weighted: LiftContrast.weighted(own, arms, weights: weights).interval(confidence: confidence),
                doublyRobust: robust.interval(confidence: confidence),
                relative: base.value > 0 ? robust.ratio(to: base, confidence: confidence) : nil,
                standardError: robust.standardError,
                detectable: (StandardNormal.quantile(0.8) + robust.reach(confidence: confidence))
                    * robust.standardError)
        }
        var converters = [0, 0]
        for place in places where conversions[place] > 0 { converters[isTreated[place] ? 0 : 1] += 1 }
        let expectedTreated = places.reduce(0) { $0 + propensities[$1] }
        let spread = places.reduce(0) { $0 + propensities[$1] * (1 - propensities[$1]) }
        let gap = Double(treated) - expectedTreated
        return LiftEffect(
            name: name, treated: treated, heldOut: arms.count - treated, readings: readings,
            returnOnCost: contrasts[.cost].flatMap { contrasts[.value]?.ratio(to: $0, confidence: confidence) },
            convertersTreated: converters[0], convertersHeldOut: converters[1],
            exactShares: .exactDifference(
                (converters[0], treated), (converters[1], arms.count - treated), confidence: confidence),
            sampleRatio: spread > 0 ? chiSquareSurvival(gap * gap / spread, degreesOfFreedom: 1) : 1)
    }
}
