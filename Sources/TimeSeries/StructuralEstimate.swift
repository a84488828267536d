import Foundation
import WeirStatistics

/// Variance ratios estimated: the most likely ones, and all likely ones with their weights.
///
/// Forecasts from the most likely ratios alone are too sure of themselves, above all where the best ratio is 0 though the
/// level does drift. So intervals average over the ratios, each weighted by its likelihood, with the noise's variance and
/// all states and coefficients integrated out exactly (which makes each part a Student distribution), under a weak prior:
/// each ratio of standard deviations is half-Cauchy. Source of the prior: Gelman, "Prior Distributions for Variance
/// Parameters in Hierarchical Models" (Bayesian Analysis 1(3), 2006).
package struct StructuralEstimate {
    let filter: StructuralFilter
    /// By maximum likelihood, with its innovations.
    package var best: StructuralFit
    var likely: [(fit: StructuralFit, weight: Double)]

    /// Logarithms of the ratios of standard deviations lie in here; the lower end is as good as 0.
    static let range = -8.0...5.0
    /// Of the half-Cauchy priors, by name.
    static let priorScales = ["level": 0.15, "slope": 0.01, "season": 0.1]

    /// - Returns: Nil where the regressors cannot be told apart, or the series is too short.
    package init?(_ filter: StructuralFilter) {
        self.filter = filter
        let names = filter.model.ratioNames
        func fit(_ logarithms: [Double]) -> StructuralFit? {
            filter.fit(
                ratios: logarithms.map { exp(2 * min(max($0, Self.range.lowerBound), Self.range.upperBound)) })
        }
        func loss(_ logarithms: [Double]) -> Double {
            let outside = logarithms.reduce(0) {
                $0 + max(0, Self.range.lowerBound - $1) + max(0, $1 - Self.range.upperBound)
            }
            return outside - (fit(logarithms)?.logLikelihood ?? -.infinity)
        }

        // The likelihood may have two hills, so the descent starts from the best of a coarse grid.
        let coarse = Self.product(names.map { _ in [-7.0, -5, -3.5, -2, -0.5, 1.5] })
        guard let start = coarse.min(by: { loss($0) < loss($1) }), loss(start) < .infinity else { return nil }
        let top = lowestPoint(from: start, step: 0.7, of: loss).map {
            min(max($0, Self.range.lowerBound), Self.range.upperBound)
        }
        let isZero = top.map { $0 < Self.range.lowerBound + 1 }
        guard
            let best = filter.fit(ratios: zip(top, isZero).map { $1 ? 0 : exp(2 * $0) }, keepsInnovations: true)
        else { return nil }
        self.best = best

        func weight(_ logarithms: [Double], _ fit: StructuralFit) -> Double {
            fit.logLikelihood
                + zip(logarithms, names).reduce(0) { sum, part in
                    let scaled = exp(part.0) / (Self.priorScales[part.1] ?? 1)
                    return sum + part.0 - log(1 + scaled * scaled)
                }
        }
        // Along each axis, where the weight is not negligible beside the highest one.
        let axes = top.indices.map { axis -> [Double] in
            let places = Array(stride(from: Self.range.lowerBound, through: Self.range.upperBound, by: 0.5))
            let heights = places.map { place -> Double in
                var point = top
                point[axis] = place
                return fit(point).map { weight(point, $0) } ?? -.infinity
            }
            let floor = (heights.max() ?? 0) - 8
            let first = max(0, (heights.firstIndex { $0 > floor } ?? 0) - 1)
            let last = min(places.count - 1, (heights.lastIndex { $0 > floor } ?? places.count - 1) + 1)
            let points = [17, 11, 9][top.count - 1]
            return (0..<points).map {
                places[first] + (places[last] - places[first]) * Double($0) / Double(points - 1)
            }
        }
        let fits = Self.product(axes).compactMap { point in fit(point).map { (fit: $0, height: weight(point, $0)) } }
        let highest = fits.map(\.height).max() ?? 0
        let kept = fits.filter { $0.height > highest - 8 }
        let total = kept.reduce(0) { $0 + exp($1.height - highest) }
        likely = kept.map { ($0.fit, exp($0.height - highest) / total) }
    }

    /// The distribution of something that each fit gives a mean and a variance for.
    func mixture(_ part: (Int) -> (mean: Double, variance: Double)) -> StudentMixture {
        let parts = likely.indices.map(part)
        return StudentMixture(
            weights: likely.map(\.weight), centres: parts.map(\.mean),
            spreads: parts.map { max($0.variance, .leastNormalMagnitude).squareRoot() },
            degreesOfFreedom: Double(best.degreesOfFreedom))
    }

    /// All combinations, one of each.
    private static func product(_ axes: [[Double]]) -> [[Double]] {
        axes.reduce([[]]) { points, axis in points.flatMap { point in axis.map { point + [$0] } } }
    }
}
