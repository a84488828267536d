import Foundation
package import WeirEvaluation
package import WeirJSON
package import WeirReporting
import WeirStatistics

/// Whom a treatment moves: what the chosen learners' ranking is worth on rows kept back.
package struct UpliftReport: Presentable {
    package var comparison: UpliftComparison?
    package var chosen: [String]
    package var evaluation: UpliftEvaluation
    package var trained: Int
    package var leftOut: Int
    package var outcome: String
    package var isRandomised: Bool
    /// Which column was read as what, in one line; empty where nobody read a file.
    package var understood: String

    /// - Parameters:
    ///   - comparison: Of the learners, where there was a choice.
    ///   - trained: Rows that were learned from.
    ///   - leftOut: Rows of neither group, and lines that could not be read.
    ///   - outcome: The column's name.
    package init(
        comparison: UpliftComparison?, chosen: [String], evaluation: UpliftEvaluation, trained: Int, leftOut: Int,
        outcome: String, isRandomised: Bool, understood: String = ""
    ) {
        self.comparison = comparison
        self.chosen = chosen
        self.evaluation = evaluation
        self.trained = trained
        self.leftOut = leftOut
        self.outcome = outcome
        self.isRandomised = isRandomised
        self.understood = understood
    }

    // MARK: JSON

    private struct Line: Encodable {
        struct Candidate: Encodable {
            var learner: String
            var qini: Double
            var qiniSe: Double
            var behind: Double
            var behindSe: Double
            var chosen: Bool
        }
        struct Policy: Encodable {
            var share: Double
            var value: Double
            var valueInterval: [Double]
            var overRandom: Double
            var overRandomInterval: [Double]
            var gain: Double
        }
        var understood: String
        var chosen: [String]
        var comparison: [Candidate]
        var rows: [String: Int]
        var qini: Double
        var qiniSe: Double
        var qiniInterval: [Double]
        var auuc: Double
        var auucInterval: [Double]
        var averageEffect: Double
        var averageEffectInterval: [Double]
        var topShare: Double
        var topUplift: Double?
        var topUpliftInterval: [Double]?
        var policies: [Policy]
    }

    package var json: JSON {
        let result = evaluation
        return JSON(
            snakeCase: Line(
                understood: understood, chosen: chosen,
                comparison: comparison?.candidates.map {
                    .init(
                        learner: $0.name, qini: $0.qini, qiniSe: $0.standardError, behind: $0.behind,
                        behindSe: $0.behindStandardError, chosen: chosen.contains($0.name))
                } ?? [],
                rows: [
                    "trained": trained, "treated": result.treated, "controls": result.controls, "left_out": leftOut,
                ], qini: result.qini.estimate, qiniSe: result.qiniStandardError, qiniInterval: ends(result.qini),
                auuc: result.auuc.estimate, auucInterval: ends(result.auuc),
                averageEffect: result.averageEffect.estimate, averageEffectInterval: ends(result.averageEffect),
                topShare: result.top.share, topUplift: result.top.uplift?.estimate,
                topUpliftInterval: result.top.uplift.map(ends),
                policies: zip(result.policies, result.curve).map { policy, gain in
                    .init(
                        share: policy.share, value: policy.value.estimate, valueInterval: ends(policy.value),
                        overRandom: policy.overRandom.estimate, overRandomInterval: ends(policy.overRandom),
                        gain: gain)
                }))
    }

    // MARK: Tables

    package var tables: [ReportTable] {
        func cell(_ interval: Interval) -> ReportTable.Cell {
            .quantity(Quantity(interval.estimate, lower: interval.lower, upper: interval.upper))
        }
        let policies = ReportTable(
            name: "policies", columns: ["share", "value", "over_random", "gain"].map { .init($0, $0) },
            rows: zip(evaluation.policies, evaluation.curve).map { policy, gain in
                [.number(policy.share), cell(policy.value), cell(policy.overRandom), .number(gain)]
            })
        guard let comparison else { return [policies] }
        return [
            policies,
            ReportTable(
                name: "comparison",
                columns: ["learner", "qini", "qini_se", "behind", "behind_se", "chosen"].map { .init($0, $0) },
                rows: comparison.candidates.map {
                    [
                        .text($0.name), .number($0.qini), .number($0.standardError), .number($0.behind),
                        .number($0.behindStandardError), .text(chosen.contains($0.name) ? "yes" : ""),
                    ]
                }),
        ]
    }

    private func ends(_ interval: Interval) -> [Double] { [interval.lower, interval.upper] }

    // MARK: Text

    package var text: String {
        var lines = understood.isEmpty ? [] : ["Understood: " + understood]
        if let comparison {
            lines.append("Cross-validated Qini on the \(trained) training rows (± standard error; behind the best):")
            for candidate in comparison.candidates {
                let mark = chosen.contains(candidate.name) ? "*" : " "
                lines.append(
                    "\(mark) \(padded(candidate.name, 16)) \(number(candidate.qini)) ± \(number(candidate.standardError))"
                        + "   behind \(number(candidate.behind)) ± \(number(candidate.behindStandardError))")
            }
        }
        let result = evaluation
        let learners = chosen.count == 1 ? chosen[0] : "the mean of " + chosen.joined(separator: ", ")
        lines += [
            "Chosen: \(learners).", "",
            "On \(result.treated) treated and \(result.controls) control rows kept back, with 95 % intervals:",
            "Qini            \(range(result.qini)), standard error \(number(result.qiniStandardError))",
            "AUUC            \(range(result.auuc))", "Effect on all   \(range(result.averageEffect))",
            "Uplift, top \(percent(result.top.share))  \(result.top.uplift.map(range) ?? "too few rows")", "",
            "Treated   mean \(outcome)                        gained over as many at random",
        ]
        for policy in result.policies where Int((policy.share * 100).rounded()).isMultiple(of: 10) {
            lines.append(
                "\(padded(percent(policy.share), 9)) \(padded(range(policy.value), 32)) \(range(policy.overRandom))")
        }
        lines += ["", verdict]
        if leftOut > 0 {
            lines.append("\(leftOut) rows were left out: other treatments, or lines that cannot be read.")
        }
        if !isRandomised {
            lines.append(
                "The treatment was not decided by chance: Qini, AUUC and the top share compare unlike customers; of the figures "
                    + "only the means by share correct for it, as far as the features show who was treated.")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private var verdict: String {
        let fewest = min(evaluation.treated, evaluation.controls)
        guard fewest >= Self.enough, evaluation.qini.lower < evaluation.qini.upper else {
            return
                "No verdict on the ranking: \(evaluation.treated) treated and \(evaluation.controls) control rows kept back are too "
                + "few for an interval that holds (it takes \(Self.enough) of each). Keep more back, or wait for more."
        }
        if evaluation.qini.lower > 0 {
            return "The ranking finds whom the treatment moves: its Qini interval is above 0."
        }
        if evaluation.qini.upper < 0 { return "The ranking is worse than chance: do not use it." }
        return "The ranking cannot be told from chance on these rows: its Qini interval holds 0."
    }

    /// Rows of a group below which no interval of a ranking holds what it says.
    private static let enough = 30

    private func range(_ interval: Interval) -> String {
        guard interval.lower.isFinite, interval.upper.isFinite else {
            return "\(number(interval.estimate)) (range cannot be told)"
        }
        return "\(number(interval.estimate)) (\(number(interval.lower)) to \(number(interval.upper)))"
    }
    private func number(_ value: Double) -> String { String(format: "%.5f", value) }
    private func percent(_ share: Double) -> String { "\(Int((share * 100).rounded())) %" }
    private func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}
