package import WeirReporting
package import WeirStatistics

/// What customers will bring from a day on.
package struct LifetimeForecast: Sendable {
    /// A group of customers.
    package struct Part: Sendable {
        package var name: String
        package var customers: Int
        package var alive: Double
        /// Purchase days of all within the horizon.
        package var purchases: Double
        /// Of all: what to expect, and the range of drawn futures.
        package var value: Interval
        /// The same per customer.
        package var valuePerCustomer: Interval {
            let n = Double(max(1, customers))
            return Interval(estimate: value.estimate / n, lower: value.lower / n, upper: value.upper / n)
        }
    }

    package var model: LifetimeModel
    package var summaries: [PurchaseSummary]
    /// Indices of customers, in the order of `summaries`.
    package var customers: [Int]
    package var expectations: [LifetimeExpectation]
    package var total: Part
    /// By column, then by its values.
    package var parts: [(grouping: String, parts: [Part])]
    /// What all would bring if nothing came back; nil where nothing ever did.
    package var valueBeforeReturns: Double?
    /// Of a new customer within the horizon, from the first purchase on and with it.
    package var newCustomer: Interval

    /// - Parameters:
    ///   - end: The last day seen, since 1970-01-01.
    ///   - draws: Futures drawn for the ranges; at least 2.
    /// - Throws: `MeasurementError`, where the models cannot be fitted.
    package init(
        _ history: PurchaseHistory, through end: Int, within horizon: LifetimeHorizon, draws: Int, seed: UInt64
    ) throws(MeasurementError) {
        let known = history.summaries(through: end)
        let model = try LifetimeModel(fitting: known.summaries, onePrice: history.onePrice)
        let expectations = horizon.expectations(of: known.summaries, model.purchases.model, model.money.law)
        self.model = model
        summaries = known.summaries
        customers = known.customers
        self.expectations = expectations
        parts = []
        var totals = [Double](repeating: 0, count: draws)
        for (index, grouping) in ([history.cohorts] + history.groupings).enumerated() {
            let sets = known.customers.map { grouping.level[$0] }
            let drawn = LifetimeDraws(
                of: known.summaries, model, within: horizon, sets: sets, setCount: grouping.levels.count, draws: draws,
                seed: seed &+ UInt64(index))
            // Every customer has a cohort, the first grouping.
            if index == 0 { for values in drawn.values { for draw in 0..<draws { totals[draw] += values[draw] } } }
            parts.append((grouping.name, Self.parts(grouping.levels, sets, expectations, drawn.values)))
        }
        total = Self.parts(["all"], known.customers.map { _ in 0 }, expectations, [totals])[0]
        let firsts = RunningMoments(
            known.customers.map { history.value(at: history.starts[$0], through: end) * horizon.margin })
        if !history.returns.isEmpty {
            let gross = history.summaries(through: end, beforeReturns: true).summaries
            valueBeforeReturns = horizon.expectations(
                of: gross, model.purchases.model, PurchaseValue(fitting: gross).law
            ).reduce(0) { $0 + $1.value }
        }
        newCustomer = Self.newCustomer(model, horizon, firsts, draws: draws, seed: seed)
    }

    private static func parts(
        _ names: [String], _ sets: [Int?], _ expectations: [LifetimeExpectation], _ draws: [[Double]]
    ) -> [Part] {
        var result = zip(names, draws).map { name, draws in
            let range = LifetimeDraws.range(draws)
            return Part(
                name: name, customers: 0, alive: 0, purchases: 0,
                value: Interval(estimate: 0, lower: range.lower, upper: range.upper))
        }
        for (set, expectation) in zip(sets, expectations) {
            guard let set else { continue }
            result[set].customers += 1
            result[set].alive += expectation.probabilityAlive
            result[set].purchases += expectation.purchases
            result[set].value.estimate += expectation.value
        }
        return result.filter { $0.customers > 0 }
    }

    private static func newCustomer(
        _ model: LifetimeModel, _ horizon: LifetimeHorizon, _ firsts: RunningMoments, draws: Int, seed: UInt64
    ) -> Interval {
        func repeats(_ buying: BetaGeometricModel, _ money: ValueLaw) -> Double {
            horizon.discounted { buying.expectedRepeats(weeks: $0) } * money.mean * horizon.margin
        }
        var random = Xoshiro256StarStar(seed: seed)
        let error = firsts.standardDeviation / Double(firsts.count).squareRoot()
        let drawn = (0..<draws).map { _ in
            repeats(model.purchases.drawn(using: &random), model.money.drawn(using: &random)) + firsts.mean
                + error * random.standardNormal()
        }
        let range = LifetimeDraws.range(drawn)
        return Interval(
            estimate: repeats(model.purchases.model, model.money.law) + firsts.mean, lower: range.lower,
            upper: range.upper)
    }
}
