import Foundation
import WeirDomain
import WeirEvaluation
import WeirJSON
import WeirLogInsight
import WeirReporting
import WeirStatistics

/// What `weir evaluate --store` says: policies beside the live one of a placement.
struct ComparisonReport: Encodable, Presentable {
    struct Policy: Encodable {
        var policy: String
        var evaluation: EvaluationReport
        /// To the live policy, per decision.
        var difference: [String: EvaluationReport.Estimate]?
        /// Beside the live policy: more, less, open, or none where something forbids one; nil for the live policy.
        var verdict: String?
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
    private let lines: [String]
    private let policyTable: ReportTable

    private enum CodingKeys: CodingKey {
        case placement, from, to, decisions, customers, conversions, leftOut, realised, policies, notes
    }

    init(_ comparison: PolicyComparison) {
        lines = Self.lines(comparison)
        policyTable = Self.table(comparison)
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
                    difference: EvaluationReport.byName($0.difference), verdict: Self.verdict($0).rawValue)
            }
        notes = comparison.notes
    }

    var json: JSON { JSON(snakeCase: self) }
    var text: String { lines.joined(separator: "\n") + "\n" }
    var tables: [ReportTable] { [policyTable] }

    /// Doubly robust estimates per decision, in major units of money.
    private static func table(_ comparison: PolicyComparison) -> ReportTable {
        func cell(_ estimate: OffPolicyEstimate?) -> ReportTable.Cell {
            guard let estimate else { return .empty }
            return .quantity(
                Quantity(estimate.value, lower: estimate.interval.lower, upper: estimate.interval.upper))
        }
        let live: [ReportTable.Cell] = [
            .text("live"), cell(comparison.live[.doublyRobust]), .empty,
            .number(comparison.live.diagnostics.effectiveSampleSize),
        ]
        return ReportTable(
            name: "policies",
            columns: ["policy", "per_decision", "more_than_live", "effective_n"].map { .init($0, $0) },
            rows: [live]
                + comparison.candidates.map { candidate in
                    [
                        .text(candidate.name), cell(candidate.evaluation[.doublyRobust]),
                        cell(candidate.difference.first { $0.estimator == .doublyRobust }),
                        .number(candidate.evaluation.diagnostics.effectiveSampleSize),
                    ]
                })
    }

    private enum Verdict: String {
        case more, less, open, none

        var text: String {
            switch self {
            case .more: "it would have earned more than the live policy"
            case .less: "it would have earned less than the live policy"
            case .open: "it cannot be told from the live policy"
            case .none: "no verdict: read the warnings"
            }
        }
    }

    /// None where the log does not carry one, whatever the ranges look like.
    private static func verdict(_ candidate: PolicyComparison.Candidate) -> Verdict {
        guard let difference = candidate.difference.first(where: { $0.estimator == .doublyRobust }),
            difference.hasRange, candidate.evaluation.allowsVerdict
        else { return .none }
        if difference.interval.lower > 0 { return .more }
        return difference.interval.upper < 0 ? .less : .open
    }

    private static func lines(_ comparison: PolicyComparison) -> [String] {
        func number(_ value: Double) -> String { EvaluationReport.number(value) }
        func range(_ interval: Interval) -> String { EvaluationReport.range(interval) }
        func size(_ evaluation: OffPolicyEvaluation) -> String {
            "\(Int(saturating: evaluation.diagnostics.effectiveSampleSize.rounded()))"
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
        lines += comparison.candidates.map { "\($0.name): \(verdict($0).text)." }
        lines += comparison.candidates.flatMap { candidate in
            candidate.evaluation.diagnostics.warnings.map { "Warning, \(candidate.name): \($0)." }
        }
        lines += comparison.notes.map { "Note: \($0)." }
        return lines
    }
}
