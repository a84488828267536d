package import WeirReporting
import WeirStatistics

/// What offers changed, read from a log with a holdout: in all, by campaign, by segment and week by week.
package struct LiftAnalysis: Sendable {
    package struct Week: Sendable, Equatable {
        /// Seconds since 1970.
        package var start: Double
        package var treated: Int
        package var heldOut: Int
        package var reading: LiftEffect.Reading
    }

    /// What crediting each conversion after an offer to the offer would say of the same customers.
    package struct LastTouch: Sendable, Equatable {
        package var conversions = 0.0
        package var value = 0.0
        package var cost = 0.0
    }

    package let trial: LiftTrial
    package let confidence: Double
    /// All who were met, whether they would have got an offer or not: what having the program changes (intent to treat).
    package let everyone: LiftEffect
    /// Those who got an offer, or would have but for the holdout, from that moment on; nil where it is not known or too
    /// few.
    package let offered: LiftEffect?
    /// Of `offered`, by the campaign of the first offer: known before it could change anything.
    package let campaigns: [LiftEffect]
    package let segments: [LiftEffect]
    package let weeks: [Week]
    package let lastTouch: LastTouch
    /// Groups with fewer than ten customers in an arm: their variance is anybody's guess.
    package let leftOut: [String]

    /// - Parameters:
    ///   - confidence: Of all intervals, in 0 < confidence < 1.
    ///   - hasDetails: Whether campaigns, segments and weeks are looked at too.
    /// - Throws: `MeasurementError` where an arm is empty or the figures make no sense.
    package init(
        _ trial: LiftTrial, confidence: Double = 0.95, hasDetails: Bool = true
    ) throws(MeasurementError) {
        let faults = trial.faults
        guard faults.isEmpty else { throw MeasurementError(faults) }
        self.trial = trial
        self.confidence = confidence
        let outcomes = trial.outcomes
        let all = LiftSample(trial, outcomes: outcomes) { max(trial.from, $0.exposed) }
        everyone = all.effect("everyone", confidence: confidence)!
        let ghosts =
            trial.knowsGhosts
            ? LiftSample(trial, outcomes: outcomes) { $0.offered.map { max(trial.from, $0) } } : nil
        offered = ghosts.flatMap { $0.effect("offered", confidence: confidence) }

        var lastTouch = LastTouch()
        for deed in trial.deeds where deed.followsOffer && trial.customers[deed.customer].isTreated {
            guard deed.time >= max(trial.from, trial.customers[deed.customer].exposed) else { continue }
            lastTouch.conversions += deed.conversions
            lastTouch.value += deed.value
            lastTouch.cost += deed.cost
        }
        self.lastTouch = lastTouch

        guard hasDetails else {
            (campaigns, segments, weeks, leftOut) = ([], [], [], [])
            return
        }
        var leftOut: [String] = []
        /// The effect on each part of a sample.
        func parts(
            _ sample: LiftSample, _ names: [String], bySize: Bool = false, of part: (LiftTrial.Customer) -> Int?
        ) -> [LiftEffect] {
            var members = [[Int]](repeating: [], count: names.count)
            for (place, customer) in sample.customers.enumerated() {
                if let index = part(trial.customers[customer]) { members[index].append(place) }
            }
            let order =
                bySize
                ? names.indices.sorted { (members[$1].count, $0) < (members[$0].count, $1) } : Array(names.indices)
            return order.compactMap { index in
                guard !members[index].isEmpty else { return nil }
                let effect = sample.effect(names[index], members: members[index], least: 10, confidence: confidence)
                if effect == nil { leftOut.append(names[index]) }
                return effect
            }
        }
        campaigns = ghosts.map { parts($0, trial.campaigns, bySize: true) { $0.campaign } } ?? []
        segments = trial.segments.map { segments in parts(all, segments.labels) { $0.segment } } ?? []
        weeks = Self.weeks(trial, trial.leading, confidence: confidence)
        self.leftOut = leftOut
    }

    /// The effect on each part of everyone who was met, in the order of `names`; parts with fewer than ten customers in an
    /// arm are left out.
    ///
    /// - Parameter part: Index into `names`, by what was known at the first decision; nil for none.
    package func effects(_ names: [String], of part: (LiftTrial.Customer) -> Int?) -> [LiftEffect] {
        let all = LiftSample(trial, outcomes: trial.outcomes) { max(trial.from, $0.exposed) }
        var members = [[Int]](repeating: [], count: names.count)
        for (place, customer) in all.customers.enumerated() {
            if let index = part(trial.customers[customer]) { members[index].append(place) }
        }
        return zip(names, members).compactMap { name, members in
            members.isEmpty ? nil : all.effect(name, members: members, least: 10, confidence: confidence)
        }
    }

    /// Per full week: what those who had been met by its end did in it.
    private static func weeks(_ trial: LiftTrial, _ outcome: LiftOutcome, confidence: Double) -> [Week] {
        let week = 7.0 * 86_400
        let count = Int(((trial.to - trial.from) / week).rounded(.down))
        return (0..<max(0, count)).compactMap { index in
            let start = trial.from + Double(index) * week
            let sample = LiftSample(trial, outcomes: [outcome], end: start + week) { customer in
                customer.exposed < start + week ? max(start, customer.exposed) : nil
            }
            guard let effect = sample.effect("", confidence: confidence) else { return nil }
            return Week(start: start, treated: effect.treated, heldOut: effect.heldOut, reading: effect.readings[0])
        }
    }

    /// Whether groups differ in what offers do to them, beyond chance: Cochran's Q.
    ///
    /// Source: Cochran, "The Combination of Estimates from Different Experiments" (Biometrics 10(1), 1954).
    ///
    /// - Returns: The probability of differences at least as large among groups that are alike; nil for fewer than two.
    package func heterogeneity(of groups: [LiftEffect]) -> Double? {
        let estimates: [(value: Double, weight: Double)] = groups.compactMap { group in
            guard let reading = group[trial.leading], reading.standardError > 0 else { return nil }
            return (reading.doublyRobust.estimate, 1 / (reading.standardError * reading.standardError))
        }
        guard estimates.count > 1 else { return nil }
        let total = estimates.reduce(0) { $0 + $1.weight }
        let mean = estimates.reduce(0) { $0 + $1.weight * $1.value } / total
        let q = estimates.reduce(0) { $0 + $1.weight * ($1.value - mean) * ($1.value - mean) }
        return chiSquareSurvival(q, degreesOfFreedom: Double(estimates.count - 1))
    }
}
