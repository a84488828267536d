package import WeirReporting
package import WeirStatistics

/// What a treatment changed in the treated units, against units that were not treated.
package struct DifferenceInDifferences: Sendable {
    package struct Setting: Sendable, Equatable {
        /// Nil: those never treated, or, where there are none, those not yet treated.
        package var controls: GroupTimeEffects.Controls?
        /// In 0 < confidence < 1.
        package var confidence: Double
        /// Of the bootstrap; at least 99.
        package var draws: Int
        package var seed: UInt64

        package init(
            controls: GroupTimeEffects.Controls? = nil, confidence: Double = 0.95, draws: Int = 1999, seed: UInt64 = 1
        ) {
            precondition(confidence > 0 && confidence < 1 && draws >= 99, "a confidence between 0 and 1, enough draws")
            self.controls = controls
            self.confidence = confidence
            self.draws = draws
            self.seed = seed
        }
    }

    package enum Method: String, Sendable {
        case twoWay = "regression on unit and time effects, errors clustered"
        case twoWayBootstrap = "regression on unit and time effects, wild cluster bootstrap"
        case groupTime = "effects by adoption time and time, averaged"
    }

    package let setting: Setting
    /// What was used of the panel given.
    package let panel: TreatmentPanel
    package let method: Method
    /// On the outcome, per treated unit and time.
    package let effect: Interval
    package let probability: Double
    /// With clustered errors; also where `method` is another. Nil where it cannot be estimated.
    package let twoWay: TwoWayEstimate?
    package let bootstrap: (interval: Interval, probability: Double)?
    package let groupTime: GroupTimeEffects
    package let eventStudy: EventStudy
    package let isStaggered: Bool
    package let controls: GroupTimeEffects.Controls
    /// Mean outcome of treated units while treated, and how many such values there are: those with a comparison only, since
    /// nothing is known of the others.
    package let treatedMean: Double
    package let treatedCount: Int
    /// Treated unit-times that nothing can be compared with.
    package let unjudgedCount: Int
    package let warnings: [String]
    /// What speaks against the figures; some of it voids them.
    package let doubts: [Doubt]

    /// Clusters with and without treated units below which the bootstrap is used.
    package static let fewClusters = 30

    /// - Throws: `MeasurementError`, where nothing can be said.
    package init(_ given: TreatmentPanel, _ setting: Setting = Setting()) throws {
        var warnings = given.warnings
        let panel = try Self.usable(given, &warnings)
        let cohorts = panel.cohorts
        let hasNever = panel.adoption.contains(panel.times.count)
        controls = setting.controls ?? (hasNever ? .neverTreated : .notYetTreated)
        isStaggered = cohorts.count > 1
        groupTime = GroupTimeEffects(panel, controls: controls)
        let twoWay = TwoWayEstimate(panel)

        let treatedClusters = Set(panel.units.indices.filter(panel.isTreated).map { panel.clusters[$0] }).count
        let otherClusters = Set(panel.units.indices.filter { !panel.isTreated($0) }.map { panel.clusters[$0] }).count
        eventStudy = EventStudy(
            groupTime, treatedClusters: treatedClusters,
            otherClusters: otherClusters > 0 ? otherClusters : treatedClusters, confidence: setting.confidence)
        let answer =
            try isStaggered
            ? Self.averaged(groupTime, panel, controls, setting)
            : Self.compared(
                twoWay, panel, isFew: min(treatedClusters, otherClusters) <= Self.fewClusters, setting)
        effect = answer.effect
        probability = answer.probability
        method = answer.method
        bootstrap = answer.bootstrap
        if isStaggered {
            warnings.append(
                "Treatment began at \(cohorts.count) different times, so the plain regression would compare units with others "
                    + "already treated; effects by adoption time are averaged instead.")
        }
        let treated = panel.units.indices.flatMap { unit in
            (panel.adoption[unit]..<panel.times.count).filter { !panel.outcomes[unit][$0].isNaN }.map { (unit, $0) }
        }
        let isCompared = panel.times.indices.map { time in
            panel.units.indices.contains { !panel.isTreated($0) && !panel.outcomes[$0][time].isNaN }
        }
        let judged = isStaggered ? groupTime.judged : treated.filter { isCompared[$0.1] }
        let values = judged.map { panel.outcomes[$0.0][$0.1] }
        treatedMean = values.reduce(0, +) / Double(values.count)
        treatedCount = values.count
        unjudgedCount = treated.count - values.count
        if unjudgedCount > 0 {
            warnings.append(Self.named(unjudged: unjudgedCount, of: treated.count, groupTime, panel))
        }
        doubts = Self.doubts(
            effect: effect, probability: probability, confidence: setting.confidence, eventStudy: eventStudy,
            treatedClusters: treatedClusters, otherClusters: isStaggered ? nil : otherClusters)
        self.twoWay = twoWay
        self.panel = panel
        self.setting = setting
        self.warnings = warnings
    }

    private struct Answer {
        var effect: Interval
        var probability: Double
        var method: Method
        var bootstrap: (interval: Interval, probability: Double)?
    }

    /// The effects by adoption time and time, averaged.
    private static func averaged(
        _ groupTime: GroupTimeEffects, _ panel: TreatmentPanel, _ controls: GroupTimeEffects.Controls,
        _ setting: Setting
    ) throws -> Answer {
        guard let overall = groupTime.overall else {
            throw MeasurementError(
                "No treated unit has a control at the same time (\(controls.rawValue)). Add untreated units.")
        }
        let deviation = groupTime.covariance([overall])[0, 0].squareRoot()
        guard DifferenceInDifferences.tells(deviation, of: panel) else {
            return Answer(effect: .unknown(overall.effect), probability: 1, method: .groupTime)
        }
        let degrees = Double(panel.clusterCount - 1)
        let reach = StudentT.quantile((1 + setting.confidence) / 2, degreesOfFreedom: degrees) * deviation
        return Answer(
            effect: Interval(
                estimate: overall.effect, lower: overall.effect - reach, upper: overall.effect + reach),
            probability: 2 * StudentT.cumulative(-abs(overall.effect) / deviation, degreesOfFreedom: degrees),
            method: .groupTime)
    }

    /// The regression on unit and time effects, with few clusters by the bootstrap.
    private static func compared(
        _ twoWay: TwoWayEstimate?, _ panel: TreatmentPanel, isFew: Bool, _ setting: Setting
    ) throws -> Answer {
        guard let twoWay else {
            throw MeasurementError(
                "The effect cannot be told from unit and time effects. Give times before and after, treated and untreated units."
            )
        }
        guard DifferenceInDifferences.tells(twoWay.standardError, of: panel) else {
            return Answer(effect: .unknown(twoWay.effect), probability: 1, method: .twoWay)
        }
        guard isFew else {
            return Answer(
                effect: twoWay.interval(confidence: setting.confidence), probability: twoWay.probability,
                method: .twoWay)
        }
        let draws = WildClusterBootstrap(twoWay, draws: setting.draws, seed: setting.seed)
        let found = (interval: draws.interval(confidence: setting.confidence), probability: draws.probability())
        return Answer(
            effect: found.interval, probability: found.probability, method: .twoWayBootstrap, bootstrap: found)
    }

    /// The treated mean without the effect.
    package var expectedMean: Double { treatedMean - effect.estimate }
    /// The effect over the mean expected without it; its range takes that mean as known.
    package var lift: Interval? {
        guard expectedMean > 0 else { return nil }
        return Interval(
            estimate: effect.estimate / expectedMean, lower: effect.lower / expectedMean,
            upper: effect.upper / expectedMean)
    }
}
