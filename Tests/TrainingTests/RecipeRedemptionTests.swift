import Foundation
import Testing
import WeirStatistics
import WeirTraining

@Suite("Redemption recipe")
struct RecipeRedemptionTests {
    @Test(
        "Features of a campaign are the same, bit for bit, from files that end at its start", arguments: UInt64(1)...3)
    func noLeak(seed: UInt64) throws {
        let sample = SampleCampaigns(seed: seed)
        let whole = try sample.inFolder("whole-\(seed)") { try RedemptionLog(folder: $0) }
        for (campaign, start) in sample.starts.enumerated() {
            let cut = try sample.inFolder("cut-\(seed)-\(campaign)", before: start) { try RedemptionLog(folder: $0) }
            let expected = RedemptionFeatures.rows(of: campaign, in: whole)
            try #require(!expected.isEmpty)
            let isSame = RedemptionFeatures.rows(of: campaign, in: cut) == expected
            #expect(isSame, "campaign \(campaign)")
        }
    }

    @Test("The comparison notices events: without the last days before the start, features differ")
    func leakWouldShow() throws {
        let sample = SampleCampaigns(seed: 1)
        let whole = try sample.inFolder("notices") { try RedemptionLog(folder: $0) }
        for (campaign, start) in sample.starts.enumerated() {
            let rows = RedemptionFeatures.rows(of: campaign, in: whole)
            var early = whole.before(start - 5)
            early.campaigns[campaign] = whole.campaigns[campaign]
            #expect(RedemptionFeatures.rows(of: campaign, in: early) != rows)
            // As a leak would do: the start seems to lie later than it does, so later events are read.
            var late = whole
            late.campaigns[campaign].start += 1
            var truncated = late.before(start)
            truncated.campaigns[campaign] = late.campaigns[campaign]
            #expect(
                RedemptionFeatures.rows(of: campaign, in: late) != RedemptionFeatures.rows(of: campaign, in: truncated))
        }
    }

    @Test("The same holds for every campaign of the Complete Journey data")
    func noLeakInJourney() throws {
        let root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let folder = root.appendingPathComponent("../shared/data/complete-journey").path
        guard FileManager.default.fileExists(atPath: folder + "/campaigns.csv.gz") else {
            print("Skipped: there is no ../shared/data/complete-journey.")
            return
        }
        let log = try RedemptionLog(folder: folder)
        // From late to early, so that each truncation starts from the one before.
        var known = log
        for campaign in log.campaigns.indices.reversed() {
            known = known.before(log.campaigns[campaign].start)
            // Thousands of numbers would be printed if the expectation held the rows themselves.
            let isSame =
                RedemptionFeatures.rows(of: campaign, in: known) == RedemptionFeatures.rows(of: campaign, in: log)
            #expect(isSame, "campaign \(log.campaigns[campaign].name)")
        }
        let report = try RedemptionRecipe(cut: 17_379).run(log)  // 2017-08-01
        #expect((report.trainLabels.count, report.testLabels.count) == (2_850, 3_739))
        // The best figures of Benchmarks/peers/redemption_models.py.
        let figures = report.best.test
        #expect(figures.auc! > 0.8212 && figures.logLoss < 0.3123)
        #expect(figures.calibrationError < 0.0241 && figures.top5 > 0.6505)
    }

    @Test("Households that like coupons are found in campaigns to come, the same in every run")
    func learns() throws {
        let sample = SampleCampaigns(seed: 4, households: 150)
        let log = try sample.inFolder("learns") { try RedemptionLog(folder: $0) }
        let recipe = RedemptionRecipe(cut: sample.starts[8])
        let report = try recipe.run(log)
        #expect(report.best.test.auc! > 0.75)
        #expect(report.candidates.allSatisfy { $0.validation.logLoss >= report.best.validation.logLoss })
        #expect(try recipe.run(log).model == report.model)
    }

    @Test("Nothing at or after the cut reaches the model")
    func modelOfThePast() throws {
        let sample = SampleCampaigns(seed: 5, households: 150)
        let log = try sample.inFolder("past") { try RedemptionLog(folder: $0) }
        let cut = sample.starts[8]
        let recipe = RedemptionRecipe(cut: cut)
        var other = log
        // Other people in the campaigns judged: another test, the same model.
        for campaign in 8..<12 { other.campaigns[campaign].households.removeFirst(10) }
        #expect(try recipe.run(log).model == recipe.run(other).model)
        #expect(try RedemptionRecipe(cut: sample.starts[7]).run(log).model != recipe.run(log).model)
    }

    @Test("What cannot be judged or read is said")
    func faults() throws {
        let sample = SampleCampaigns(seed: 6)
        let log = try sample.inFolder("late") { try RedemptionLog(folder: $0) }
        #expect(throws: RecipeError.self) { try RedemptionRecipe(cut: sample.starts[11] + 1).run(log) }
        #expect(throws: RecipeError.self) { try RedemptionRecipe(cut: sample.starts[0]).run(log) }
        try sample.inFolder("faults") { folder in
            try FileManager.default.removeItem(atPath: folder + "/coupons.csv")
            #expect(throws: RecipeError.missingFile(folder: folder, name: "coupons")) {
                try RedemptionLog(folder: folder)
            }
            try Data("campaign_id,coupon_upc\n99,u1\n".utf8).write(to: URL(fileURLWithPath: folder + "/coupons.csv"))
            #expect(
                throws: RecipeError.unknownReference(
                    file: folder + "/coupons.csv", line: 2, column: "campaign_id", value: "99",
                    other: folder + "/campaign_descriptions.csv")
            ) { try RedemptionLog(folder: folder) }
        }
    }
}
