import WeirDomain
import WeirLearning

/// Learns who will redeem a coupon of a campaign, from what is known when it starts.
///
/// One row is a household that was sent a campaign; it is positive if the household redeems any of the campaign's coupons.
/// Methods and settings are chosen by log loss after learning from the first 45, 60 and 75 % of the starts before the cut,
/// on all later campaigns before it: as a model must last until the next one, its choice looks as far ahead.
package struct RedemptionRecipe: Sendable {
    /// In days since 1970: campaigns that start before it are learned from, the others judged.
    package var cut: Double
    /// Campaigns that start at or after it are left out.
    package var until: Double
    package var seed: UInt64

    package init(cut: Double, until: Double = .infinity, seed: UInt64 = 1) {
        self.cut = cut
        self.until = until
        self.seed = seed
    }

    static let penalties = [2.5, 5, 10, 20]

    /// - Throws: `RecipeError` where there is too little to learn from or to judge by, or `TrainingError`.
    package func run(_ log: RedemptionLog) throws -> RecipeReport {
        let rows = table(of: log)
        let train = rows.labels.indices.filter { rows.times[$0] < cut }
        let test = rows.labels.indices.filter { rows.times[$0] >= cut }
        let date = Timestamp(seconds: cut * 86_400).isoDate
        guard !test.isEmpty else {
            throw RecipeError.tooLittle(
                "No campaign starts on or after \(date), so nothing can be judged. Give an earlier --cut.")
        }
        let folds = folds(rows, train)
        guard !folds.isEmpty else {
            throw RecipeError.tooLittle(
                "Before \(date) there are \(train.count) recipients, of whom \(rows.positives(train)) redeemed: too few to "
                    + "try methods on later campaigns. Give a later --cut or more campaigns.")
        }
        return try judged(
            rows, trials: RecipeTrial.all(penalties: Self.penalties), folds: folds, train: train, test: test, seed: seed
        )
    }

    /// All rows that are learned from or judged, by campaign.
    private func table(of log: RedemptionLog) -> RecipeRows {
        var labels: [Bool] = []
        var times: [Double] = []
        var values = ContiguousArray<Float>()
        for campaign in log.campaigns.indices where log.campaigns[campaign].start < until {
            for row in RedemptionFeatures.rows(of: campaign, in: log) { values += row.map { Float($0) } }
            labels += log.labels(of: campaign)
            times += log.campaigns[campaign].households.map { _ in log.campaigns[campaign].start }
        }
        let columns = RedemptionFeatures.names.map { BatchModel.Column(name: $0) }
        return RecipeRows(features: FeatureMatrix(columns: columns, values: values), labels: labels, times: times)
    }

    private func folds(_ rows: RecipeRows, _ train: [Int]) -> [(train: [Int], validation: [Int])] {
        let starts = Set(train.map { rows.times[$0] }).sorted()
        return [0.45, 0.6, 0.75].compactMap { share in
            guard !starts.isEmpty else { return nil }
            let origin = starts[Int(Double(starts.count) * share)]
            let earlier = train.filter { rows.times[$0] < origin }
            let positives = rows.positives(earlier)
            guard positives >= 10, earlier.count - positives >= 10 else { return nil }
            return (earlier, train.filter { rows.times[$0] >= origin })
        }
    }
}
