package import WeirStatistics

/// The wild cluster bootstrap of the t statistic with the hypothesis imposed, for few clusters.
///
/// Residuals of whole clusters change sign (Rademacher's weights), or with 12 clusters and fewer take one of Webb's six
/// weights. Everything is linear in the hypothesis, so each draw is kept as five numbers and any hypothesis can then be
/// tested at once; the interval is made of those that are not rejected.
///
/// Sources: Cameron, Gelbach, Miller, "Bootstrap-Based Improvements for Inference with Clustered Errors" (Review of
/// Economics and Statistics 90(3), 2008); Webb, "Reworking Wild Bootstrap Based Inference for Clustered Errors" (2013);
/// Roodman, MacKinnon, Nielsen, Webb, "Fast and Wild" (Stata Journal 19(1), 2019).
package struct WildClusterBootstrap: Sendable {
    private let estimate: TwoWayEstimate
    /// Of each draw: the effect's shift, then the squared standard error, as polynomials of the hypothesis.
    private var draws: [Draw] = []

    private struct Draw {
        var outcome: Double
        var treatment: Double
        var constant: Double
        var linear: Double
        var square: Double
    }

    /// - Parameters:
    ///   - draws: At least 99; one less than a round number makes p-values exact.
    ///   - seed: The same seed gives the same figures.
    package init(_ estimate: TwoWayEstimate, draws count: Int = 1999, seed: UInt64 = 1) {
        precondition(count >= 99, "a p-value needs draws")
        self.estimate = estimate
        let pieces = estimate.pieces
        let total = pieces.reduce(0) { $0 + $1.square }
        let webb = [-1.5.squareRoot(), -1, -0.5.squareRoot(), 0.5.squareRoot(), 1, 1.5.squareRoot()]
        let isWebb = pieces.count <= 12
        var random = Xoshiro256StarStar(seed: seed)
        let times = estimate.effects.timeCount
        draws.reserveCapacity(count)
        for _ in 0..<count {
            let weights = pieces.map { _ in
                isWebb ? webb[Int(random.next(upperBound: UInt64(6)))] : random.next() >> 63 == 0 ? 1.0 : -1
            }
            var outcomeSums = [Double](repeating: 0, count: times)
            var treatmentSums = outcomeSums
            var (outcome, treatment) = (0.0, 0.0)
            for (weight, piece) in zip(weights, pieces) {
                outcome += weight * piece.product
                treatment += weight * piece.square
                for time in 0..<times {
                    outcomeSums[time] += weight * piece.outcomeSums[time]
                    treatmentSums[time] += weight * piece.treatmentSums[time]
                }
            }
            outcome /= total
            treatment /= total
            // Weights stay within clusters, so units' effects stay out; the times' effects come back and go out again.
            let outcomeEffects = estimate.effects.timeEffects(ofSums: outcomeSums)
            let treatmentEffects = estimate.effects.timeEffects(ofSums: treatmentSums)
            var draw = Draw(outcome: outcome, treatment: treatment, constant: 0, linear: 0, square: 0)
            for (weight, piece) in zip(weights, pieces) {
                var a = weight * piece.product - outcome * piece.square
                var b = weight * piece.square - treatment * piece.square
                for time in 0..<times {
                    a -= piece.treatmentSums[time] * outcomeEffects[time]
                    b -= piece.treatmentSums[time] * treatmentEffects[time]
                }
                draw.constant += a * a
                draw.linear += a * b
                draw.square += b * b
            }
            let scale = estimate.correction / (total * total)
            draw.constant *= scale
            draw.linear *= scale
            draw.square *= scale
            draws.append(draw)
        }
    }

    /// Of the hypothesis that the effect is `value`, two-sided.
    package func probability(of value: Double = 0) -> Double {
        let distance = estimate.effect - value
        let own = distance * distance / (estimate.standardError * estimate.standardError)
        var beyond = 1
        for draw in draws {
            let shift = draw.outcome - value * draw.treatment
            let variance = draw.constant - 2 * value * draw.linear + value * value * draw.square
            if shift * shift >= own * variance * (1 - 1e-12) { beyond += 1 }
        }
        return Double(beyond) / Double(draws.count + 1)
    }

    /// All effects that are not rejected; infinite where none ever is.
    package func interval(confidence: Double) -> Interval {
        func end(_ direction: Double) -> Double {
            var inside = estimate.effect
            var step = direction * 2 * estimate.standardError
            var outside = inside + step
            var tries = 0
            while probability(of: outside) >= 1 - confidence {
                inside = outside
                step *= 2
                outside += step
                tries += 1
                if tries > 12 { return direction * .infinity }
            }
            for _ in 0..<40 {
                let middle = (inside + outside) / 2
                if probability(of: middle) >= 1 - confidence { inside = middle } else { outside = middle }
            }
            return inside
        }
        return Interval(estimate: estimate.effect, lower: end(-1), upper: end(1))
    }
}
