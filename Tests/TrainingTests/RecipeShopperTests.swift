import Foundation
import Testing
import WeirStatistics
import WeirTraining

@Suite("Churn and purchase recipes")
struct RecipeShopperTests {
    /// Customers who buy at their own pace until they leave for good, each day with the same chance.
    private func shoppers(seed: UInt64, count: Int, days: Double, leaving: Double) -> [[ShopperLog.Purchase]] {
        var random = Xoshiro256StarStar(seed: seed)
        func exponential(_ mean: Double) -> Double {
            var chance = 0.0
            while chance == 0 { chance = Double.random(in: 0..<1, using: &random) }
            return -mean * log(chance)
        }
        return (0..<count).map { _ in
            let pace = Double.random(in: 1...12, using: &random)
            let end = min(leaving > 0 ? exponential(1 / leaving) : days, days)
            var purchases: [ShopperLog.Purchase] = []
            var time = exponential(pace)
            while time < end {
                purchases.append(.init(time: time, value: Double.random(in: 5...50, using: &random)))
                time += exponential(pace)
            }
            return purchases
        }
    }

    @Test("Who has left is told from who comes seldom", arguments: UInt64(1)...2)
    func churn(seed: UInt64) throws {
        let log = ShopperLog(purchases: shoppers(seed: seed, count: 1_200, days: 300, leaving: 0.004), end: 300)
        let report = try ShopperRecipe(goal: .churn, horizon: 30).run(log)
        // A model that knew who has left would miss only those who leave within the horizon.
        #expect(report.best.test.auc! > 0.85)
        #expect(report.best.test.calibrationError < 0.06)
        #expect(report.warnings.isEmpty)
        let purchase = try ShopperRecipe(goal: .purchase, horizon: 30).run(log)
        #expect(purchase.best.test.auc! > 0.95)
    }

    @Test("What happens after the judged origin changes no model, only the figures")
    func noLeak() throws {
        let purchases = shoppers(seed: 3, count: 600, days: 200, leaving: 0.004)
        let recipe = ShopperRecipe(goal: .churn, horizon: 20)
        let report = try recipe.run(ShopperLog(purchases: purchases, end: 200))
        // Half of the customers buy nothing in the judged stretch of 20 days.
        let other = purchases.enumerated().map { index, past in
            index.isMultiple(of: 2) ? past : past.filter { $0.time < 180 }
        }
        let changed = try recipe.run(ShopperLog(purchases: other, end: 200))
        #expect(changed.model == report.model)
        #expect(changed.testLabels != report.testLabels)
        let earlier = purchases.map { $0.filter { $0.time < 150 || $0.time >= 160 } }
        #expect(try recipe.run(ShopperLog(purchases: earlier, end: 200)).model != report.model)
    }

    @Test("Too little data is said in words, and figures no better than chance are called so")
    func tooLittle() throws {
        let few = shoppers(seed: 4, count: 300, days: 120, leaving: 0.01)
        let recipe = ShopperRecipe(goal: .churn, horizon: 30)
        // Four origins need five horizons.
        #expect(throws: RecipeError.self) { try recipe.run(ShopperLog(purchases: few, end: 120)) }
        #expect(throws: RecipeError.self) { try recipe.run(ShopperLog(purchases: [])) }
        let rare = shoppers(seed: 5, count: 130, days: 200, leaving: 0.006)
        let report = try ShopperRecipe(goal: .churn, horizon: 30).run(ShopperLog(purchases: rare, end: 200))
        #expect(report.warnings.contains { $0.contains("rarer outcome") })
    }
}
