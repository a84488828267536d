import Foundation
import WeirStatistics

/// The distance of two shares on the scale on which their variance does not depend on them.
///
/// Source: Cohen, "Statistical Power Analysis for the Behavioral Sciences" (1988), 6.2.
package func cohenH(_ control: Double, _ treatment: Double) -> Double {
    2 * (asin(treatment.squareRoot()) - asin(control.squareRoot()))
}

/// What a test with two arms can find.
package struct PowerAnalysis: Sendable, Equatable {
    /// The error allowed, in 0 < alpha < 1.
    package var alpha: Double
    package var isTwoSided: Bool
    /// Units of the treatment per unit of the control; > 0.
    package var ratio: Double

    package init(alpha: Double = 0.05, isTwoSided: Bool = true, ratio: Double = 1) {
        self.alpha = alpha
        self.isTwoSided = isTwoSided
        self.ratio = ratio
    }

    private var tail: Double { isTwoSided ? alpha / 2 : alpha }

    /// How likely a difference of means is found by Student's test.
    ///
    /// - Parameters:
    ///   - effect: The difference divided by the standard deviation; where one-sided, positive in the direction looked for.
    ///   - controlUnits: Need not be whole; with the treatment's units more than 2.
    package func powerOfMeans(effect: Double, controlUnits: Double) -> Double {
        let degrees = controlUnits * (1 + ratio) - 2
        let shift = effect * harmonicUnits(controlUnits).squareRoot()
        let limit = -StudentT.quantile(tail, degreesOfFreedom: degrees)
        let above = NoncentralT.survival(limit, degreesOfFreedom: degrees, noncentrality: shift)
        guard isTwoSided else { return above }
        return above + NoncentralT.cumulative(-limit, degreesOfFreedom: degrees, noncentrality: shift)
    }

    /// How likely a difference of shares is found by the z test.
    ///
    /// - Parameter effect: Cohen's h.
    package func powerOfShares(effect: Double, controlUnits: Double) -> Double {
        let shift = effect * harmonicUnits(controlUnits).squareRoot()
        let limit = -StandardNormal.quantile(tail)
        let above = StandardNormal.cumulative(shift - limit)
        return isTwoSided ? above + StandardNormal.cumulative(-limit - shift) : above
    }

    /// Units of the control for a power; infinite where there is no effect to find.
    package func unitsForMeans(effect: Double, power: Double) -> Double {
        units(effect, power, from: max(1.5, 2.5 / (1 + ratio))) { powerOfMeans(effect: effect, controlUnits: $0) }
    }

    /// Units of the control for a power; infinite where there is no effect to find.
    package func unitsForShares(effect: Double, power: Double) -> Double {
        units(effect, power, from: 1e-6) { powerOfShares(effect: effect, controlUnits: $0) }
    }

    /// The smallest effect, over the standard error of its estimate, that is found with `power`: both tails of the normal.
    func findable(power: Double) -> Double { -StandardNormal.quantile(tail) + StandardNormal.quantile(power) }

    private func harmonicUnits(_ controlUnits: Double) -> Double { controlUnits * ratio / (1 + ratio) }

    private func units(
        _ effect: Double, _ power: Double, from smallest: Double, _ reached: (Double) -> Double
    ) -> Double {
        guard effect != 0, isTwoSided || effect > 0 else { return .infinity }
        guard reached(smallest) < power else { return smallest }
        // Near the answer already, since the normal approximation gives it.
        let first = findable(power: power) / effect
        var low = smallest
        var high = max(2 * smallest, first * first * (1 + ratio) / ratio * 1.01)
        // Nobody has so many; the exact distributions are not made for them.
        guard high < 1e15 else { return high }
        while reached(high) < power { (low, high) = (high, 2 * high) }
        low = max(low, reached(high / 1.1) < power ? high / 1.1 : low)
        while high - low > 1e-11 * high {
            let middle = (low + high) / 2
            if reached(middle) < power { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }
}
