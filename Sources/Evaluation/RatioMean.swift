import Foundation
import WeirStatistics

/// Mean, variance and skewness of a sample.
struct Moments {
    var mean: Double
    /// With n − 1 in the denominator.
    var variance: Double
    /// Third central moment ÷ (second central moment)^1.5; 0 without spread.
    var skewness: Double

    init(_ values: [Double]) {
        let count = Double(values.count)
        let mean = values.reduce(0, +) / count
        var second = 0.0
        var third = 0.0
        for value in values {
            let gap = value - mean
            second += gap * gap
            third += gap * gap * gap
        }
        self.mean = mean
        // What is left of equal numbers after rounding is no spread.
        let isFlat = second <= count * mean * mean * 1e-28
        variance = isFlat || values.count < 2 ? 0 : second / (count - 1)
        skewness = isFlat ? 0 : third / count / pow(second / count, 1.5)
    }
}

/// An estimate that is one sum over another, or the difference of two such, with its intervals.
struct RatioMean {
    /// Per independent unit (a decision, or all decisions of a customer), summed.
    struct Part {
        var numerators: [Double]
        var denominators: [Double]
    }

    /// The second is subtracted.
    var parts: [Part]

    /// - Parameter unit: The unit of each round, 0..<units; nil takes each round for a unit.
    init(_ parts: [(numerators: [Double], denominators: [Double]?)], unit: [Int]?, units: Int) {
        self.parts = parts.map { part in
            guard let unit else {
                return Part(
                    numerators: part.numerators,
                    denominators: part.denominators ?? [Double](repeating: 1, count: units))
            }
            var sums = Part(
                numerators: [Double](repeating: 0, count: units), denominators: [Double](repeating: 0, count: units))
            for (row, unit) in unit.enumerated() {
                sums.numerators[unit] += part.numerators[row]
                sums.denominators[unit] += part.denominators?[row] ?? 1
            }
            return sums
        }
    }

    var units: Int { parts[0].numerators.count }

    /// Whether it is the difference of something and itself.
    var isOfTheSame: Bool {
        parts.count == 2 && parts[0].numerators == parts[1].numerators && parts[0].denominators == parts[1].denominators
    }

    var value: Double {
        var value = 0.0
        for (index, part) in parts.enumerated() {
            let ratio = ratio(part.numerators.reduce(0, +), part.denominators.reduce(0, +))
            value += index == 0 ? ratio : -ratio
        }
        return value
    }

    private func ratio(_ numerator: Double, _ denominator: Double) -> Double {
        denominator == 0 ? 0 : numerator / denominator
    }

    /// How much each unit moves the estimate, times the number of units: the estimate's linearisation.
    var influences: [Double] {
        var influences = [Double](repeating: 0, count: units)
        for (index, part) in parts.enumerated() {
            let sum = part.denominators.reduce(0, +)
            guard sum != 0 else { continue }
            let value = part.numerators.reduce(0, +) / sum
            let scale = Double(units) / sum * (index == 0 ? 1 : -1)
            for unit in influences.indices {
                influences[unit] += scale * (part.numerators[unit] - value * part.denominators[unit])
            }
        }
        return influences
    }

    /// The plain asymptotic interval: estimate ± z · standard error.
    func normalInterval(_ moments: Moments, confidence: Double) -> Interval {
        let error = (moments.variance / Double(units)).squareRoot()
        let reach = StandardNormal.quantile((1 + confidence) / 2) * error
        return Interval(estimate: value, lower: value - reach, upper: value + reach)
    }

    /// The asymptotic interval with its skewness removed.
    ///
    /// Rare rewards under large weights have a long right tail: the plain interval then ends too low, since a log that
    /// happens to lack large terms shows a low mean *and* a small spread. A cubic transformation of the studentised mean
    /// takes the first-order effect of skewness away and is inverted exactly. Student's t in place of the normal
    /// distribution keeps it honest for few units.
    ///
    /// Source: Hall, "On the Removal of Skewness by Transformation" (JRSS B 54(1), 1992).
    func skewnessCorrectedInterval(_ moments: Moments, confidence: Double) -> Interval {
        guard units > 1, moments.variance > 0 else { return Interval(estimate: value, lower: value, upper: value) }
        let root = Double(units).squareRoot()
        let error = moments.variance.squareRoot() / root
        let t = StudentT.quantile((1 + confidence) / 2, degreesOfFreedom: Double(units - 1))
        let skewness = moments.skewness
        func inverse(_ x: Double) -> Double {
            guard abs(skewness) / root > 1e-9 else { return x }
            return 3 * root / skewness * (cbrt(1 + skewness / root * (x - skewness / (6 * root))) - 1)
        }
        return Interval(estimate: value, lower: value - error * inverse(t), upper: value - error * inverse(-t))
    }

    /// Percentiles of the estimate over resampled units.
    ///
    /// Source: Efron, Tibshirani, "An Introduction to the Bootstrap" (Chapman and Hall, 1993), chapter 13.
    ///
    /// - Complexity: O(samples × units × estimates), in one pass for all.
    static func bootstrapIntervals(
        _ means: [RatioMean], samples: Int, confidence: Double, using random: inout Xoshiro256StarStar
    ) -> [Interval] {
        let units = means[0].units
        let parts = means.flatMap(\.parts)
        let width = parts.count * 2
        var values = [Double](repeating: 0, count: units * width)
        for (column, part) in parts.enumerated() {
            for unit in 0..<units {
                values[unit * width + 2 * column] = part.numerators[unit]
                values[unit * width + 2 * column + 1] = part.denominators[unit]
            }
        }
        var replicates = means.map { _ in [Double]() }
        var sums = [Double](repeating: 0, count: width)
        for _ in 0..<samples {
            resample(values, width: width, units: UInt64(units), into: &sums, using: &random)
            var column = 0
            for (index, mean) in means.enumerated() {
                var value = 0.0
                for position in mean.parts.indices {
                    let ratio = mean.ratio(sums[2 * column], sums[2 * column + 1])
                    value += position == 0 ? ratio : -ratio
                    column += 1
                }
                replicates[index].append(value)
            }
        }
        return zip(means, replicates).map { mean, replicates in
            let sorted = replicates.sorted()
            // Among few units all resamples can lie on one side of the estimate.
            return Interval(
                estimate: mean.value, lower: min(mean.value, quantile((1 - confidence) / 2, ofSorted: sorted)),
                upper: max(mean.value, quantile((1 + confidence) / 2, ofSorted: sorted)))
        }
    }

    private static func resample(
        _ values: [Double], width: Int, units: UInt64, into sums: inout [Double], using random: inout Xoshiro256StarStar
    ) {
        values.withUnsafeBufferPointer { values in
            sums.withUnsafeMutableBufferPointer { sums in
                for column in 0..<width { sums[column] = 0 }
                for _ in 0..<units {
                    // Lemire's multiplication without rejection: its bias of units ÷ 2⁶⁴ is far below anything visible.
                    let start = Int(random.next().multipliedFullWidth(by: units).high) * width
                    for column in 0..<width { sums[column] += values[start + column] }
                }
            }
        }
    }
}

/// The quantile by linear interpolation between order statistics, as NumPy's default.
///
/// - Parameters:
///   - p: In 0 ... 1.
///   - sorted: Ascending, not empty.
func quantile(_ p: Double, ofSorted sorted: [Double]) -> Double {
    let place = p * Double(sorted.count - 1)
    let low = Int(place)
    guard low + 1 < sorted.count else { return sorted[sorted.count - 1] }
    let share = place - Double(low)
    // NumPy's own order of operations, so that an edge that falls on a value is that value.
    let gap = sorted[low + 1] - sorted[low]
    return share < 0.5 ? sorted[low] + gap * share : sorted[low + 1] - gap * (1 - share)
}
