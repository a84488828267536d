import Foundation
package import WeirJSON
package import WeirReporting
package import WeirStatistics

/// What a policy would have earned on a log, in every form in which it can be given out.
package struct EvaluationReport: Encodable, Presentable {
    package struct Estimate: Encodable {
        var value: Double
        var low: Double
        var high: Double
        var normalLow: Double
        var normalHigh: Double
        var bootstrapLow: Double?
        var bootstrapHigh: Double?

        package init(_ estimate: OffPolicyEstimate) {
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

    /// Which column was read as what, in one line; nil where the decisions come from a store.
    package var understood: String?
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
    private let lines: [String]
    /// One row per estimator, with its 95 % interval.
    private let estimateTable: ReportTable

    private enum CodingKeys: CodingKey {
        case understood, rounds, loggedMean, estimates, effectiveSampleSize, largestWeight, meanWeight, zeroWeightShare
        case unsupportedShare, clippedShare, switchThreshold, warnings
    }

    /// - Parameter mean: Of the rewards as they were logged.
    package init(_ result: OffPolicyEvaluation, mean: Double) {
        lines = Self.lines(result, mean: mean)
        estimateTable = ReportTable(
            name: "estimates",
            columns: ["estimator", "value", "bootstrap_lower", "bootstrap_upper"].map { .init($0, $0) },
            rows: result.estimates.map {
                [
                    .text($0.estimator.rawValue),
                    .quantity(Quantity($0.value, lower: $0.interval.lower, upper: $0.interval.upper)),
                    .number($0.bootstrap?.lower), .number($0.bootstrap?.upper),
                ]
            })

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

    package static func byName(_ estimates: [OffPolicyEstimate]) -> [String: Estimate] {
        Dictionary(uniqueKeysWithValues: estimates.map { ($0.estimator.rawValue, Estimate($0)) })
    }

    package var json: JSON { JSON(snakeCase: self) }
    package var text: String {
        ([understood.map { "Understood: " + $0 }].compactMap(\.self) + lines).joined(separator: "\n") + "\n"
    }
    package var tables: [ReportTable] { [estimateTable] }

    private static func lines(_ result: OffPolicyEvaluation, mean: Double) -> [String] {
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
            "Effective sample size \(whole(diagnostics.effectiveSampleSize)), largest weight "
                + "\(number(diagnostics.largestWeight)), mean weight \(number(weight.estimate)) (\(range(weight)); should be 1).",
        ]
        if let threshold = result.switchThreshold {
            lines.append("SWITCH-DR trusts weights up to \(number(threshold)).")
        }
        return lines + diagnostics.warnings.map { "Warning: \($0)." }
    }

    private static func row(_ cells: [String]) -> String {
        let widths = [22, 11, 24, 24]
        return zip(cells, widths).map { cell, width in
            cell + String(repeating: " ", count: max(1, width - cell.count))
        }.joined().trimmingCharacters(in: .whitespaces)
    }

    package static func number(_ value: Double) -> String { String(format: "%.5g", value) }
    package static func range(_ interval: Interval) -> String {
        guard interval.lower.isFinite, interval.upper.isFinite else { return "cannot be told" }
        return "\(number(interval.lower)) to \(number(interval.upper))"
    }
}
