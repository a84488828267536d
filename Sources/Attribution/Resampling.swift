import Foundation
import WeirStatistics

/// Draws how often each journey is taken in a resample.
///
/// Each count becomes a Poisson draw with that mean, which resamples single journeys and added-up paths alike; all
/// journeys of a person are taken equally often. Draws depend on seed, resample and unit alone, so sets that share
/// persons agree, and resamples can be drawn side by side.
///
/// Source: Chamandy, Muralidharan, Najmi, Naidu, "Estimating Uncertainty for Massive Data Streams" (Google, 2012).
struct Resampling: Sendable {
    let seed: UInt64

    func counts(_ journeys: JourneySet, resample: Int) -> JourneyCounts {
        var seeder = SplitMix64(seed: seed ^ (UInt64(resample) &* 0xd134_2543_de82_ef95))
        let base = seeder.next()
        var drawn = journeys.counts
        let hasUnits = !journeys.units.isEmpty
        for row in drawn.conversions.indices {
            let unit = hasUnits ? Int(journeys.units[row]) : row
            var random = SplitMix64(seed: base ^ (UInt64(unit) &* 0xaef1_7502_108e_f2d9))
            let (won, lost) = (drawn.conversions[row], drawn.abandoned[row])
            if hasUnits {
                let times = random.poisson(mean: 1)
                drawn.conversions[row] = won * times
                drawn.abandoned[row] = lost * times
                drawn.values[row] *= times
            } else {
                if won > 0 {
                    let times = random.poisson(mean: won)
                    drawn.conversions[row] = times
                    drawn.values[row] *= times / won
                }
                if lost > 0 { drawn.abandoned[row] = random.poisson(mean: lost) }
            }
        }
        return drawn
    }

    /// The range that holds the stated share of the draws, ends interpolated.
    static func interval(_ estimate: Double, _ draws: [Double], confidence: Double) -> Interval {
        let sorted = draws.filter(\.isFinite).sorted()
        guard sorted.count > 1 else { return Interval(estimate: estimate, lower: estimate, upper: estimate) }
        func quantile(_ share: Double) -> Double {
            let place = share * Double(sorted.count - 1)
            let low = Int(place)
            return sorted[low] + (place - Double(low)) * (sorted[min(low + 1, sorted.count - 1)] - sorted[low])
        }
        return Interval(
            estimate: estimate, lower: quantile((1 - confidence) / 2), upper: quantile((1 + confidence) / 2))
    }
}

extension RandomNumberGenerator {
    /// A Poisson count.
    ///
    /// Source: Hörmann, "The Transformed Rejection Method for Generating Poisson Random Variables" (Insurance:
    /// Mathematics and Economics 12, 1993), PTRS; inversion where the mean is below 10.
    ///
    /// - Parameter mean: > 0.
    mutating func poisson(mean: Double) -> Double {
        if mean < 10 {
            var rest = unit()
            var count = 0.0
            var probability = mean == 1 ? 0.367_879_441_171_442_33 : exp(-mean)
            while rest >= probability, probability > 1e-300 {
                rest -= probability
                count += 1
                probability *= mean / count
            }
            return count
        }
        let b = 0.931 + 2.53 * mean.squareRoot()
        let a = -0.059 + 0.02483 * b
        let scale = 1.1239 + 1.1328 / (b - 3.4)
        let ratio = 0.9277 - 3.6224 / (b - 2)
        while true {
            let u = unit() - 0.5
            let v = unit()
            let us = 0.5 - abs(u)
            let count = ((2 * a / us + b) * u + mean + 0.43).rounded(.down)
            if us >= 0.07, v <= ratio { return count }
            if count < 0 || us < 0.013 && v > us { continue }
            if log(v * scale / (a / (us * us) + b)) <= count * log(mean) - mean - logGamma(count + 1) { return count }
        }
    }
}
