import Foundation
import WeirDomain
package import WeirJSON
package import WeirLearning
package import WeirReporting
import WeirStatistics

/// What a recipe's model is worth, ready to be given out or kept.
package struct RecipeResult: Presentable {
    private let report: RecipeReport
    private let recipe: String
    private let seconds: Double

    /// - Parameters:
    ///   - recipe: Its name.
    ///   - seconds: That it took.
    package init(_ report: RecipeReport, recipe: String, seconds: Double) {
        self.report = report
        self.recipe = recipe
        self.seconds = seconds
    }

    private func figures(_ metrics: RankingMetrics) -> [(String, Double)] {
        [
            ("auc", metrics.auc ?? .nan), ("log_loss", metrics.logLoss),
            ("calibration_error", metrics.calibrationError),
            ("top_5pct_rate", metrics.top5), ("top_10pct_rate", metrics.top10), ("top_20pct_rate", metrics.top20),
        ]
    }

    private func rate(_ labels: [Bool]) -> Double { Double(labels.count { $0 }) / Double(labels.count) }

    package var json: JSON {
        func number(_ value: Double) -> JSON { value.isFinite ? .number(value) : .null }
        func members(_ metrics: RankingMetrics) -> [(String, JSON)] { figures(metrics).map { ($0, number($1)) } }
        let models = report.candidates.map { candidate in
            let settings = candidate.settings.sorted { $0.key < $1.key }.map { ($0.key, JSON.string($0.value)) }
            let more = [
                ("settings", Self.object(settings)), ("validation", Self.object(members(candidate.validation))),
            ]
            return (candidate.name, Self.object(members(candidate.test) + more))
        }
        var line: [(String, JSON)] = [("recipe", .string(recipe)), ("chosen", .string(report.best.name))]
        line += members(report.best.test)
        line += [
            ("train_rows", .number(Double(report.trainLabels.count))),
            ("test_rows", .number(Double(report.testLabels.count))), ("train_rate", .number(rate(report.trainLabels))),
            ("test_rate", .number(rate(report.testLabels))), ("models", Self.object(models)),
            ("warnings", .array(report.warnings.map { .string($0) })), ("seconds", .number(seconds)),
        ]
        return Self.object(line)
    }

    private static func object(_ members: [(String, JSON)]) -> JSON {
        .object(members.map { JSON.Member($0.0, $0.1) })
    }

    package var text: String {
        func percent(_ value: Double) -> String { String(format: "%.1f %%", 100 * value) }
        var lines = [
            "Learned from \(report.trainLabels.count) rows, \(percent(rate(report.trainLabels))) positive.",
            "Judged on \(report.testLabels.count) later rows, \(percent(rate(report.testLabels))) positive.",
        ]
        func row(_ cells: [String]) {
            lines.append(
                cells.dropFirst().reduce(cells[0].padding(toLength: 22, withPad: " ", startingAt: 0)) {
                    $0 + String(repeating: " ", count: max(1, 12 - $1.count)) + $1
                })
        }
        row(["method", "AUC", "log loss", "calibration", "top 5 %", "top 10 %", "top 20 %"])
        for (index, candidate) in report.candidates.enumerated() {
            let cells = figures(candidate.test).map { $0.1.isFinite ? String(format: "%.4f", $0.1) : "–" }
            row([(index == report.chosen ? "* " : "  ") + candidate.name] + cells)
        }
        let settings = report.best.settings.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        lines.append("* chosen on earlier rows: \(settings.joined(separator: ", ")).")
        lines += report.warnings.map { "Warning: \($0)" }
        lines.append(String(format: "%.1f s.", seconds))
        return lines.joined(separator: "\n") + "\n"
    }

    package var tables: [ReportTable] {
        let names = figures(report.best.test).map(\.0)
        return [
            ReportTable(
                name: "models", columns: (["method"] + names + ["chosen"]).map { .init($0, $0) },
                rows: report.candidates.enumerated().map { index, candidate -> [ReportTable.Cell] in
                    let cells = figures(candidate.test).map { ReportTable.Cell.number($0.1) }
                    return [.text(candidate.name)] + cells + [.text(index == report.chosen ? "yes" : "")]
                })
        ]
    }

    /// The model with its card.
    ///
    /// - Parameter folder: The data's name.
    package func trained(from folder: String) -> TrainedModel {
        func date(_ day: Double) -> String { Timestamp(seconds: day * 86_400).isoDate }
        let metrics = report.best.test
        let judged = "judged, \(metrics.count) later rows"
        let card = ModelCard(
            data: folder,
            period: [date(report.period.first), date(report.period.last)],
            rows: report.trainLabels.count, positives: report.trainLabels.count { $0 }, target: recipe,
            learner: "\(report.best.name); chosen by log loss on later rows among "
                + report.candidates.map(\.name).joined(separator: ", "),
            settings: report.best.settings, features: report.model.columns.map(\.name),
            figures: figures(metrics).filter { $0.1.isFinite }.map {
                ModelCard.Figure(name: $0.0, value: $0.1, data: judged)
            },
            spreads: report.spreads,
            assumptions: [
                "Who was sent an offer was not drawn at random: the model says who acts, not what the offer causes."
            ],
            limits: report.warnings, seed: 1)
        return TrainedModel(name: "recipe-\(recipe)", model: report.model, card: card)
    }
}
