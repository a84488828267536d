/// Mean and variance of values seen one by one, without keeping them.
///
/// Sources: Welford, "Note on a Method for Calculating Corrected Sums of Squares and Products" (Technometrics 4(3),
/// 1962); merging after Chan, Golub, LeVeque (1979).
public struct RunningMoments: Sendable, Hashable, Codable {
    public internal(set) var count = 0
    /// 0 where there are no values.
    public internal(set) var mean = 0.0
    var squares = 0.0

    public init() {}

    public init(_ values: some Sequence<Double>) {
        for value in values { include(value) }
    }

    /// With n − 1 in the denominator; 0 for fewer than two values.
    public var variance: Double { count > 1 ? squares / Double(count - 1) : 0 }
    public var standardDeviation: Double { variance.squareRoot() }

    public mutating func include(_ value: Double) {
        count += 1
        let gap = value - mean
        mean += gap / Double(count)
        squares += gap * (value - mean)
    }

    /// As if the other's values had been included here.
    public mutating func merge(_ other: RunningMoments) {
        guard other.count > 0 else { return }
        let total = Double(count + other.count)
        let gap = other.mean - mean
        squares += other.squares + gap * gap * Double(count) * Double(other.count) / total
        mean += gap * Double(other.count) / total
        count += other.count
    }
}
