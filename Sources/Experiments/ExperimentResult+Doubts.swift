import WeirReporting

extension ExperimentResult {
    /// All that speaks against acting on the result.
    var doubts: [Doubt] {
        sampleRatioDoubt + ownDoubts + decisive.flatMap { doubts(of: $0) } + carried
    }

    /// The comparisons that the headline is about.
    private var decisive: [MetricComparison] {
        let first = comparisons.first { !isGuarded($0.metric) }?.metric
        return comparisons.filter { $0.metric == first }
    }

    private func doubts(of comparison: MetricComparison) -> [Doubt] {
        if comparison.isUnknown {
            let isNumber = comparison.absolute.value.isFinite
            return [
                Doubt(
                    isNumber
                        ? "\(comparison.metric) does not vary in “\(comparison.control)” and “\(comparison.arm)”: chance cannot be told from an effect, and there is no range. Check that it was measured per unit, and wait for more units."
                        : "\(comparison.metric) is no number in “\(comparison.control)” or “\(comparison.arm)”, since it is divided by 0 there. Wait, or compare the numerator alone.",
                    voiding: isNumber ? "\(comparison.metric) does not vary" : "\(comparison.metric) is divided by 0")
            ]
        }
        guard comparison.isContradicted(settings) else { return [] }
        return [
            Doubt(
                "The range of \(comparison.metric) for “\(comparison.arm)” \(comparison.absolute.leavesZeroOut ? "leaves 0 out" : "holds 0"), but its p-value is \(shortProbability(comparison.absolute.pValue)): the two disagree, so nothing is settled. Wait for more units.",
                voiding: "range and p-value of \(comparison.metric) disagree")
        ]
    }

    /// Where one value makes the result, or hides it.
    private var carried: [Doubt] {
        let first = decisive.first?.metric
        return robust.filter { $0.metric == first && $0.isCarriedByOne }.map { reading in
            let value = Quantity.Unit.number().text(reading.farthest)
            let unit = decisive.first?.unit.ofDifference ?? .number()
            return Doubt(
                "One value (\(value) in “\(reading.farthestArm)”) carries the result: without it the difference is \(unit.text(reading.without.value)) (\(unit.text(reading.without.lower)) to \(unit.text(reading.without.upper))), with the largest hundredth cut \(unit.text(reading.winsorised.value)) (\(unit.text(reading.winsorised.lower)) to \(unit.text(reading.winsorised.upper))). Check it, decide before the next test how large values count (--winsorize), or wait.",
                voiding: "one value (\(value) in “\(reading.farthestArm)”) carries the result")
        }
    }

    private var sampleRatioDoubt: [Doubt] {
        guard isSampleRatioMismatch else { return [] }
        let counts = clusters?.counts ?? arms.map(\.units)
        let seen = zip(arms, counts).map { "\($0.name) \(Quantity.Unit.count.text(Double($1)))" }.joined(
            separator: ", ")
        let p = Quantity.Unit.probability.text(sampleRatio.pValue)
        let remedy =
            "Something other than chance chose who is counted, so do not act on the figures. Look for lost exposures, redirects or filters that differ by arm."
        guard plan == .stated else {
            return [
                Doubt(
                    "Nobody stated which shares were planned. If they were equal, the arms did not get them (\(seen); p \(p)): \(remedy) Where other shares were planned, give them as --shares.",
                    voiding: "if equal shares were planned, the arms did not get them")
            ]
        }
        let planned = arms.map { Quantity.Unit.percent.text($0.plannedShare) }.joined(separator: ", ")
        return [
            Doubt(
                "The arms did not get the units planned (\(seen); planned \(planned); p \(p)). \(remedy)",
                voiding: "the arms did not get the units that were planned")
        ]
    }
}
