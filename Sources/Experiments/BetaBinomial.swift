import Foundation
package import WeirStatistics

/// What is believed about two shares after a test, each with a beta prior.
package struct BetaBinomial: Sendable, Equatable {
    package struct Shape: Sendable, Equatable {
        package var a: Double
        package var b: Double
        package var mean: Double { a / (a + b) }

        /// The middle of the posterior.
        package func interval(confidence: Double = 0.95) -> Interval {
            let tail = (1 - confidence) / 2
            return Interval(
                estimate: mean, lower: BetaDistribution.quantile(tail, a: a, b: b),
                upper: BetaDistribution.quantile(1 - tail, a: a, b: b))
        }
    }

    package var control: Shape
    package var treatment: Shape
    package let chanceToBeat: Double
    /// What choosing the treatment loses on average where the control's share is higher.
    package let lossOfTreatment: Double

    /// - Parameters:
    ///   - a: Of the prior of both; > 0. 1 and 1 know nothing.
    ///   - b: > 0.
    package init(_ control: ShareCount, _ treatment: ShareCount, a: Double = 1, b: Double = 1) {
        func posterior(_ count: ShareCount) -> Shape {
            Shape(a: a + Double(count.successes), b: b + Double(count.trials - count.successes))
        }
        self.control = posterior(control)
        self.treatment = posterior(treatment)
        (chanceToBeat, lossOfTreatment) = Self.compare(self.control, self.treatment)
    }

    /// P(treatment > control) and E[(control − treatment)₊].
    ///
    /// The trapezoidal rule over the sharper of the two, in log(x ÷ (1 − x)), where its density is analytic and falls
    /// exponentially on both sides; what the other contributes at x is closed. Exact to about 1e-13.
    private static func compare(_ control: Shape, _ treatment: Shape) -> (chance: Double, loss: Double) {
        let isTreatmentSharper = treatment.spread <= control.spread
        let sharper = isTreatmentSharper ? treatment : control
        let wider = isTreatmentSharper ? control : treatment
        var (chance, loss, total) = (0.0, 0.0, 0.0)
        let middle = log(sharper.a / sharper.b)
        let step = sharper.spread / 8
        let peak = sharper.logDensity(at: middle)
        for side in [-1.0, 1.0] {
            var place = side < 0 ? middle - step : middle
            while true {
                let logarithm = sharper.logDensity(at: place) - peak
                if logarithm < -45 { break }
                let mass = exp(logarithm)
                let x = 1 / (1 + exp(-place))
                let below = regularisedIncompleteBeta(wider.a, wider.b, x)
                let above = regularisedIncompleteBeta(wider.b, wider.a, 1 / (1 + exp(place)))
                total += mass
                if isTreatmentSharper {
                    chance += mass * below
                    let beyond = regularisedIncompleteBeta(wider.b, wider.a + 1, 1 / (1 + exp(place)))
                    loss += mass * (wider.mean * beyond - x * above)
                } else {
                    chance += mass * above
                    let within = regularisedIncompleteBeta(wider.a + 1, wider.b, x)
                    loss += mass * (x * below - wider.mean * within)
                }
                place += side * step
            }
        }
        return (chance / total, max(0, loss / total))
    }
}

extension BetaBinomial.Shape {
    /// Of log(x ÷ (1 − x)), about one standard deviation.
    fileprivate var spread: Double { (1 / a + 1 / b).squareRoot() }

    /// Of log(x ÷ (1 − x)) at `place`, up to a constant.
    fileprivate func logDensity(at place: Double) -> Double { -a * log1p(exp(-place)) - b * log1p(exp(place)) }
}
