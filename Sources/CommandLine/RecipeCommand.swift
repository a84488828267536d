import ArgumentParser
import Foundation
import WeirDomain
import WeirJSON
import WeirLearning
import WeirStatistics
import WeirTraining

struct RecipeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recipe",
        abstract: "Learns a ready-made model from a folder of CSV files: redemption, churn or purchase.",
        discussion: """
            redemption: who will redeem a coupon of a campaign. The folder has the files campaign_descriptions, campaigns,
            coupons, coupon_categories, coupon_redemptions, baskets, basket_categories and basket_campaigns, as in
            Examples/complete-journey/data. Learns from campaigns that start before --cut, judges on the others.

            churn: which active customers will buy nothing within --horizon; purchase: which customers will buy.
            Both read baskets (household_id, timestamp, sales_value), learn from earlier windows, judge on the latest.

            Files may be packed as .csv.gz. Method and settings are chosen before what is judged.

            Examples:
              weir recipe redemption --data Examples/complete-journey/data --cut 2017-08-01
              weir recipe churn --data shop --horizon 30d --output churn.json
              weir recipe purchase --data shop --horizon 7d --json
            """)

    enum Recipe: String, ExpressibleByArgument, CaseIterable { case redemption, churn, purchase }

    @Argument(help: "redemption, churn or purchase.")
    var recipe: Recipe

    @Option(help: "The folder with the CSV files.")
    var data: String

    @Option(help: "Redemption: learn from campaigns that start before this date.")
    var cut = "2017-08-01"

    @Option(help: "Redemption: leave out campaigns that start on or after this date. Others: the end of the log.")
    var until: String?

    @Option(help: "Churn and purchase: days looked ahead, as 30d.")
    var horizon = "30d"

    @Option(help: "Write the model to this JSON file.")
    var output: String?

    @Flag(help: "Print one JSON line.")
    var json = false

    func run() throws {
        let clock = ContinuousClock()
        let begun = clock.now
        let until = try self.until.map { try Self.day($0, option: "--until") }
        let report: RecipeReport
        switch recipe {
        case .redemption:
            let cut = try Self.day(self.cut, option: "--cut")
            report = try RedemptionRecipe(cut: cut, until: until ?? .infinity).run(RedemptionLog(folder: data))
        case .churn, .purchase:
            let goal: ShopperRecipe.Goal = recipe == .churn ? .churn : .purchase
            report = try ShopperRecipe(goal: goal, horizon: days(horizon)).run(ShopperLog(folder: data, until: until))
        }
        if let output { try write(report, to: output) }
        let seconds = (clock.now - begun) / .seconds(1)
        if json { printJSON(report, seconds) } else { printText(report, seconds) }
    }

    private static func day(_ text: String, option: String) throws -> Double {
        guard let time = Timestamp(iso8601: text) else {
            throw ValidationError("\(option) “\(text)” is no date. Give such as 2017-08-01.")
        }
        return Double(time.microseconds) / 86_400e6
    }

    private func days(_ text: String) throws -> Double {
        guard text.last == "d", let days = Double(text.dropLast()), days >= 1, days <= 3650 else {
            throw ValidationError("--horizon “\(text)” is no number of days from 1d to 3650d. Give such as 30d.")
        }
        return days
    }

    private func figures(_ metrics: RankingMetrics) -> [(String, Double)] {
        [
            ("auc", metrics.auc ?? .nan), ("log_loss", metrics.logLoss),
            ("calibration_error", metrics.calibrationError),
            ("top_5pct_rate", metrics.top5), ("top_10pct_rate", metrics.top10), ("top_20pct_rate", metrics.top20),
        ]
    }

    private func rate(_ labels: [Bool]) -> Double { Double(labels.count { $0 }) / Double(labels.count) }

    private func printJSON(_ report: RecipeReport, _ seconds: Double) {
        func number(_ value: Double) -> JSON { value.isFinite ? .number(value) : .null }
        func members(_ metrics: RankingMetrics) -> [(String, JSON)] { figures(metrics).map { ($0, number($1)) } }
        let models = report.candidates.map { candidate in
            let settings = candidate.settings.sorted { $0.key < $1.key }.map { ($0.key, JSON.string($0.value)) }
            let more = [
                ("settings", Self.object(settings)), ("validation", Self.object(members(candidate.validation))),
            ]
            return (candidate.name, Self.object(members(candidate.test) + more))
        }
        var line: [(String, JSON)] = [("recipe", .string(recipe.rawValue)), ("chosen", .string(report.best.name))]
        line += members(report.best.test)
        line += [
            ("train_rows", .number(Double(report.trainLabels.count))),
            ("test_rows", .number(Double(report.testLabels.count))), ("train_rate", .number(rate(report.trainLabels))),
            ("test_rate", .number(rate(report.testLabels))), ("models", Self.object(models)),
            ("warnings", .array(report.warnings.map { .string($0) })), ("seconds", .number(seconds)),
        ]
        print(Self.object(line).text)
    }

    private static func object(_ members: [(String, JSON)]) -> JSON {
        .object(members.map { JSON.Member($0.0, $0.1) })
    }

    private func printText(_ report: RecipeReport, _ seconds: Double) {
        func percent(_ value: Double) -> String { String(format: "%.1f %%", 100 * value) }
        print("Learned from \(report.trainLabels.count) rows, \(percent(rate(report.trainLabels))) positive.")
        print("Judged on \(report.testLabels.count) later rows, \(percent(rate(report.testLabels))) positive.")
        func row(_ cells: [String]) {
            print(
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
        print("* chosen on earlier rows: \(settings.joined(separator: ", ")).")
        for warning in report.warnings { print("Warning: \(warning)") }
        print(String(format: "%.1f s.", seconds))
    }

    private func write(_ report: RecipeReport, to path: String) throws {
        func date(_ day: Double) -> String { Timestamp(microseconds: Int64(day * 86_400e6)).isoDate }
        let metrics = report.best.test
        let judged = "judged, \(metrics.count) later rows"
        let card = ModelCard(
            data: URL(fileURLWithPath: data).lastPathComponent,
            period: [date(report.period.first), date(report.period.last)],
            rows: report.trainLabels.count, positives: report.trainLabels.count { $0 }, target: recipe.rawValue,
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
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let trained = TrainedModel(name: "recipe-\(recipe.rawValue)", model: report.model, card: card)
        do {
            try encoder.encode(trained).write(to: URL(fileURLWithPath: path))
        } catch {
            throw ValidationError("“\(path)” cannot be written: \(error.localizedDescription)")
        }
    }
}
