import ArgumentParser
import Foundation
import WeirDomain
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

    @OptionGroup var result: ResultOptions

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
        try result.give(RecipeResult(report, recipe: recipe.rawValue, seconds: seconds))
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

    private func write(_ report: RecipeReport, to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let trained = RecipeResult(report, recipe: recipe.rawValue, seconds: 0).trained(
            from: URL(fileURLWithPath: data).lastPathComponent)
        try ResultFile.write(encoder.encode(trained), to: path)
    }
}
