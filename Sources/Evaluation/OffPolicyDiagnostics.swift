import Foundation
package import WeirStatistics

/// How far a log can be trusted to speak of another policy.
package struct OffPolicyDiagnostics: Sendable, Hashable, Codable {
    package var rounds: Int
    /// Customers, or rounds where customers are not known.
    package var units: Int
    /// (Σ weights)² ÷ Σ weights²: how many rounds of its own the policy would need for the same precision.
    ///
    /// Source: Kong, "A Note on Importance Sampling Using Standardized Weights" (University of Chicago, 1992).
    package var effectiveSampleSize: Double
    package var largestWeight: Double
    /// Should be 1: anything else says that propensities are wrong or that the log lacks actions of the policy.
    package var meanWeight: Interval
    /// Share of rounds whose action the evaluated policy never takes: they say nothing about it.
    package var zeroWeightShare: Double
    /// Mean probability of the evaluated policy on actions that the log never tried; nil where that is not known.
    package var unsupportedShare: Double?
    /// Share of rounds whose weight was cut.
    package var clippedShare: Double
    /// In plain words, the gravest first; empty where nothing is wrong.
    package var warnings: [String]

    init(_ log: LoggedRounds, weights: [Double], settings: OffPolicySettings) {
        let (unit, units) = log.independentUnits
        let mean = RatioMean([(weights, nil)], unit: unit, units: units)
        rounds = log.count
        self.units = units
        largestWeight = weights.max() ?? 0
        // As shares of the largest, whose squares are numbers however small a propensity is.
        let largest = largestWeight
        let (sum, squares) = weights.reduce((0.0, 0.0)) { ($0.0 + $1 / largest, $0.1 + $1 / largest * ($1 / largest)) }
        effectiveSampleSize = largest > 0 && largest < .infinity ? sum * sum / squares : 0
        meanWeight = mean.skewnessCorrectedInterval(Moments(mean.influences), confidence: settings.confidence)
        zeroWeightShare = Double(weights.count { $0 == 0 }) / Double(weights.count)
        unsupportedShare = log.unsupported.map { $0.reduce(0, +) / Double(weights.count) }
        clippedShare =
            settings.weightLimit.map { limit in
                Double(weights.indices.count { log.probabilities[$0] > limit * log.propensities[$0] })
                    / Double(weights.count)
            } ?? 0
        warnings = []
        warnings = findings(log, weights, settings)
    }

    private func findings(_ log: LoggedRounds, _ weights: [Double], _ settings: OffPolicySettings) -> [String] {
        var findings: [String] = []
        if effectiveSampleSize < 100 {
            findings.append(
                "effective sample size \(whole(effectiveSampleSize)) of \(whole(Double(rounds))): do not trust this")
        } else if effectiveSampleSize < 0.1 * Double(rounds) {
            findings.append(
                "effective sample size \(whole(effectiveSampleSize)) of \(whole(Double(rounds))): the log says little "
                    + "about this policy")
        }
        if let unsupportedShare, unsupportedShare > 0.005 {
            findings.append(
                "\(percent(unsupportedShare)) of the policy's choices were never tried in the log: what they earn is not "
                    + "in these figures")
        }
        // The share of 5 % keeps quiet about what is significant only because the log is long, or by chance.
        if settings.weightLimit == nil, !meanWeight.contains(1), abs(meanWeight.estimate - 1) > 0.05 {
            findings.append(
                "mean weight \(figure(meanWeight.estimate)) (\(figure(meanWeight.lower)) to \(figure(meanWeight.upper))), "
                    + "not 1: the propensities are wrong, or the log lacks actions that the policy takes")
        }
        let sum = weights.reduce(0, +)
        if rounds > 100, sum > 0, largestWeight > 0.05 * sum {
            findings.append("one round carries \(percent(largestWeight / sum)) of all weight: it decides the result")
        }
        let telling = weights.indices.count { weights[$0] > 0 && log.rewards[$0] != 0 }
        if telling < 20 {
            findings.append("only \(telling) rounds with a reward count: too few for an interval that holds")
        }
        if units < 2 {
            findings.append("all decisions are about one customer: there is no range")
        } else if log.rewards.allSatisfy({ $0 == log.rewards[0] }) {
            findings.append("all rewards are \(figure(log.rewards[0])): nothing tells one policy from another")
        }
        if clippedShare > 0 {
            findings.append(
                "weights cut at \(figure(settings.weightLimit!)) in \(percent(clippedShare)) of rounds: biased")
        }
        return findings
    }
}

/// `12,345`.
func whole(_ number: Double) -> String {
    guard number.isFinite, abs(number) < 1e15 else { return "\(number)" }
    let digits = String(Int(number.rounded().magnitude))
    var text = ""
    for (index, digit) in digits.enumerated() {
        if index > 0, (digits.count - index).isMultiple(of: 3) { text.append(",") }
        text.append(digit)
    }
    return (number.rounded() < 0 ? "-" : "") + text
}

/// Three digits that count.
func figure(_ number: Double) -> String { String(format: "%.3g", number) }

func percent(_ share: Double) -> String { String(format: "%.1f %%", share * 100) }
