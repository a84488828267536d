import Foundation
import WeirDomain
import WeirEvaluation
import WeirLogInsight
import WeirStatistics

/// What `weir evaluate` prints of one policy on a log.
struct EvaluationReport: Encodable {
    struct Estimate: Encodable {
        var value: Double
        var low: Double
        var high: Double
        var normalLow: Double
        var normalHigh: Double
        var bootstrapLow: Double?
        var bootstrapHigh: Double?

        init(_ estimate: OffPolicyEstimate) {
            value = estimate.value
            low = estimate.interval.lower
            high = estimate.interval.upper
            normalLow = estimate.normal.lower
            normalHigh = estimate.normal.upper
            bootstrapLow = estimate.bootstrap?.lower
            bootstrapHigh = estimate.bootstrap?.upper
        }
    }

    struct Range: Encodable {
        var value: Double
        var low: Double
        var high: Double
    }

    var rounds: Int
    var loggedMean: Double
    /// By estimator: ips, snips, dm, dr, switch-dr.
    var estimates: [String: Estimate]
    var effectiveSampleSize: Double
    var largestWeight: Double
    var meanWeight: Range
    var zeroWeightShare: Double
    var unsupportedShare: Double?
    var clippedShare: Double
    var switchThreshold: Double?
    var warnings: [String]

    init(_ result: OffPolicyEvaluation, mean: Double) {
        let diagnostics = result.diagnostics
        rounds = diagnostics.rounds
        loggedMean = mean
        estimates = Self.byName(result.estimates)
        effectiveSampleSize = diagnostics.effectiveSampleSize
        largestWeight = diagnostics.largestWeight
        let weight = diagnostics.meanWeight
        meanWeight = Range(value: weight.estimate, low: weight.lower, high: weight.upper)
        zeroWeightShare = diagnostics.zeroWeightShare
        unsupportedShare = diagnostics.unsupportedShare
        clippedShare = diagnostics.clippedShare
        switchThreshold = result.switchThreshold
        warnings = diagnostics.warnings
    }

    static func byName(_ estimates: [OffPolicyEstimate]) -> [String: Estimate] {
        Dictionary(uniqueKeysWithValues: estimates.map { ($0.estimator.rawValue, Estimate($0)) })
    }

    var line: String {
        get throws { try encoded(self) }
    }

    static func text(_ result: OffPolicyEvaluation, mean: Double) -> String {
        let diagnostics = result.diagnostics
        var lines = [
            "\(diagnostics.rounds) decisions, mean reward \(number(mean)) as logged.", "",
            row(["estimator", "value", "95 % interval", "bootstrap"]),
        ]
        for estimate in result.estimates {
            lines.append(
                row([
                    estimate.estimator.name, number(estimate.value), range(estimate.interval),
                    estimate.bootstrap.map(range) ?? "–",
                ]))
        }
        let weight = diagnostics.meanWeight
        lines += [
            "",
            "Effective sample size \(Int(diagnostics.effectiveSampleSize.rounded())), largest weight "
                + "\(number(diagnostics.largestWeight)), mean weight \(number(weight.estimate)) (\(range(weight)); should be 1).",
        ]
        if let threshold = result.switchThreshold {
            lines.append("SWITCH-DR trusts weights up to \(number(threshold)).")
        }
        return (lines + diagnostics.warnings.map { "Warning: \($0)." }).joined(separator: "\n")
    }

    static func row(_ cells: [String]) -> String {
        let widths = [22, 11, 24, 24]
        return zip(cells, widths).map { cell, width in
            cell + String(repeating: " ", count: max(1, width - cell.count))
        }.joined().trimmingCharacters(in: .whitespaces)
    }

    static func number(_ value: Double) -> String { String(format: "%.5g", value) }
    static func range(_ interval: Interval) -> String { "\(number(interval.lower)) to \(number(interval.upper))" }
}

/// What `weir evaluate --store` prints.
struct ComparisonReport: Encodable {
    struct Policy: Encodable {
        var policy: String
        var evaluation: EvaluationReport
        /// To the live policy, per decision.
        var difference: [String: EvaluationReport.Estimate]?
    }

    var placement: String
    var from: String
    var to: String
    var decisions: Int
    var customers: Int
    var conversions: Int
    var leftOut: [String: Int]
    var realised: Double
    var policies: [Policy]
    var notes: [String]

    init(_ comparison: PolicyComparison) {
        placement = comparison.placement.rawValue
        from = comparison.from.iso8601
        to = comparison.to.iso8601
        decisions = comparison.decisions
        customers = comparison.customers
        conversions = comparison.conversions
        leftOut = ["held_out": comparison.heldOut, "given": comparison.given, "window_open": comparison.open]
        realised = comparison.realised
        policies =
            [Policy(policy: "live", evaluation: .init(comparison.live, mean: comparison.realised))]
            + comparison.candidates.map {
                Policy(
                    policy: $0.name, evaluation: .init($0.evaluation, mean: comparison.realised),
                    difference: EvaluationReport.byName($0.difference))
            }
        notes = comparison.notes
    }

    var line: String {
        get throws { try encoded(self) }
    }

    static func text(_ comparison: PolicyComparison) -> String {
        func number(_ value: Double) -> String { EvaluationReport.number(value) }
        func range(_ interval: Interval) -> String { EvaluationReport.range(interval) }
        func size(_ evaluation: OffPolicyEvaluation) -> String {
            "\(Int(evaluation.diagnostics.effectiveSampleSize.rounded()))"
        }
        var table = [["policy", "per decision", "95 % interval", "more than live", "95 % interval", "effective n"]]
        let live = comparison.live[.doublyRobust]!
        table.append(["live", number(live.value), range(live.interval), "–", "–", size(comparison.live)])
        for candidate in comparison.candidates {
            let value = candidate.evaluation[.doublyRobust]!
            let difference = candidate.difference.first { $0.estimator == .doublyRobust }!
            table.append([
                candidate.name, number(value.value), range(value.interval), number(difference.value),
                range(difference.interval), size(candidate.evaluation),
            ])
        }
        let widths = table[0].indices.map { column in table.map { $0[column].count }.max()! + 2 }
        var lines = [
            "\(comparison.decisions) decisions at “\(comparison.placement)” about \(comparison.customers) customers, "
                + "\(comparison.from.isoDate) to \(comparison.to.isoDate); \(comparison.conversions) reached their goal; "
                + "realised margin per decision \(number(comparison.realised)).",
            "Left out: \(comparison.heldOut) held out, \(comparison.given) given, \(comparison.open) since the first whose "
                + "window is still open.", "",
        ]
        lines += table.map { cells in
            zip(cells, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined()
                .trimmingCharacters(in: .whitespaces)
        }
        lines += ["", "Doubly robust estimates in major units of money; --json has the others."]
        lines += comparison.candidates.flatMap { candidate in
            candidate.evaluation.diagnostics.warnings.map { "Warning, \(candidate.name): \($0)." }
        }
        lines += comparison.notes.map { "Note: \($0)." }
        return lines.joined(separator: "\n")
    }
}

/// One line of JSON with sorted keys in snake case.
func encoded(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
}
