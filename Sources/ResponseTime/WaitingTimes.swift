import Foundation
package import WeirStatistics

/// How long it takes, where some are still waiting: the share that has been treated by each time.
///
/// Sources: Kaplan, Meier, "Nonparametric Estimation from Incomplete Observations" (JASA 53, 1958); variance after
/// Greenwood; intervals on the log-minus-log scale after Kalbfleisch and Prentice; quantiles' after Brookmeyer and Crowley
/// (Biometrics 38, 1982).
package struct WaitingTimes: Sendable, Equatable {
    package struct Step: Sendable, Equatable {
        /// At which some were treated; ascending.
        package var seconds: Double
        /// Share still waiting just after.
        package var waiting: Double
        package var lower: Double
        package var upper: Double
    }

    package var steps: [Step]
    package var count: Int
    package var treatedCount: Int
    package var longest: Double

    /// - Parameter times: Until treated, or until watching ended; ≥ 0.
    package init(_ times: [(seconds: Double, isTreated: Bool)], confidence: Double = 0.95) {
        let sorted = times.sorted { ($0.seconds, $0.isTreated ? 0 : 1) < ($1.seconds, $1.isTreated ? 0 : 1) }
        count = sorted.count
        treatedCount = sorted.count { $0.isTreated }
        longest = sorted.last?.seconds ?? 0
        steps = []
        let z = StandardNormal.quantile((1 + confidence) / 2)
        var waiting = 1.0
        var greenwood = 0.0
        var index = 0
        while index < sorted.count {
            let time = sorted[index].seconds
            let atRisk = Double(sorted.count - index)
            var treated = 0.0
            while index < sorted.count, sorted[index].seconds == time {
                if sorted[index].isTreated { treated += 1 }
                index += 1
            }
            guard treated > 0 else { continue }
            waiting *= 1 - treated / atRisk
            if treated < atRisk { greenwood += treated / (atRisk * (atRisk - treated)) }
            var step = Step(seconds: time, waiting: max(0, waiting), lower: 0, upper: 0)
            if treated < atRisk {
                let reach = z * greenwood.squareRoot() / log(waiting)
                step.lower = pow(waiting, exp(-reach))
                step.upper = pow(waiting, exp(reach))
            } else {
                step.waiting = 0
            }
            steps.append(step)
        }
    }

    /// Share treated within so many seconds, with its range.
    package func treatedShare(within seconds: Double) -> Interval {
        guard let step = steps.last(where: { $0.seconds <= seconds }) else {
            // Nobody yet: the rule of an exact binomial bound for none of n.
            let upper = count == 0 ? 1 : 1 - pow(0.025, 1 / Double(count))
            return Interval(estimate: 0, lower: 0, upper: upper)
        }
        return Interval(estimate: 1 - step.waiting, lower: 1 - step.upper, upper: 1 - step.lower)
    }

    /// Seconds until a share was treated; infinite where that share never was.
    package func quantile(_ share: Double) -> Interval {
        func first(_ part: (Step) -> Double) -> Double {
            steps.first { part($0) <= 1 - share + 1e-12 }?.seconds ?? .infinity
        }
        return Interval(estimate: first(\.waiting), lower: first(\.lower), upper: first(\.upper))
    }
}
