import WeirStatistics

/// An amount's effect beside readings that one value cannot carry.
package struct RobustReading: Sendable, Equatable {
    package var metric: String
    package var arm: String
    /// The value farthest from its arm's mean, and whose it is.
    package var farthest: Double
    package var farthestArm: String
    /// Without that value.
    package var without: Effect
    /// With the largest hundredth of the values other than 0 set to their quantile, over both arms.
    package var winsorised: Effect
    /// Whether the verdict is another without that one value, and the effect by a quarter another.
    package var isCarriedByOne: Bool

    /// At so many units an arm and more; with fewer every value carries much.
    static let fewestUnits = 10

    /// - Returns: Nil where there are too few units, or where nothing varies.
    init?(
        _ metric: ExperimentData.Metric, _ control: [Int], _ treatment: [Int], arm: Int, names: [String],
        _ settings: ExperimentSettings
    ) {
        guard metric.kind == .amount, settings.reading == .fixed else { return nil }
        var (one, two) = (
            metric.values(of: control.filter(metric.isKnown)), metric.values(of: treatment.filter(metric.isKnown))
        )
        guard min(one.count, two.count) >= Self.fewestUnits else { return nil }
        func effect(_ one: [Double], _ two: [Double]) -> Effect {
            meanEffect(SampleSummary(one), SampleSummary(two), confidence: settings.confidence, side: settings.side)
        }
        let whole = effect(one, two)
        guard whole.standardError > 0, whole.upper.isFinite || whole.lower.isFinite else { return nil }
        func farthest(_ values: [Double]) -> (place: Int, gap: Double) {
            let mean = values.reduce(0, +) / Double(values.count)
            let place = values.indices.max { abs(values[$0] - mean) < abs(values[$1] - mean) } ?? 0
            return (place, abs(values[place] - mean) / Double(values.count))
        }
        let limits = ExperimentData.limits(one + two, 0.99) ?? 0...0
        func cut(_ values: [Double]) -> [Double] {
            values.map { min(max($0, limits.lowerBound), limits.upperBound) }
        }
        winsorised = effect(cut(one), cut(two))
        let (inOne, inTwo) = (farthest(one), farthest(two))
        let isControls = inOne.gap > inTwo.gap
        self.metric = metric.name
        self.arm = names[arm]
        farthestArm = isControls ? names[0] : names[arm]
        self.farthest = isControls ? one.remove(at: inOne.place) : two.remove(at: inTwo.place)
        without = effect(one, two)
        isCarriedByOne =
            without.leavesZeroOut != whole.leavesZeroOut
            && abs(without.value - whole.value) > 0.25 * max(abs(whole.value), abs(without.value))
    }
}
