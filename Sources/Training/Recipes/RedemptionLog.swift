/// Coupon campaigns, who was sent them, what was redeemed, and what the households bought.
package struct RedemptionLog: Sendable {
    package struct Campaign: Sendable {
        package var name: String
        package var kind: String
        /// In days since 1970, the campaign's first moment.
        package var start: Double
        /// The day after the last one.
        package var end: Double
        /// Who was sent it.
        package var households: [Int] = []
        var coupons: Set<Int> = []
        var categories: Set<Int> = []
    }

    struct Redemption: Sendable {
        var time: Double
        var campaign: Int
        var coupon: Int
    }

    struct Basket: Sendable {
        var time: Double
        var spend: Double
        /// Of all coupons, and what the retailer added to them.
        var couponDiscount: Double
        var matchDiscount: Double
    }

    /// What a basket holds of a category, or of the products that a campaign's coupons cover.
    struct Part: Sendable {
        var time: Double
        /// The category or the campaign.
        var group: Int32
        var spend: Double
    }

    package var households: [String]
    /// By start, then as in the file.
    package var campaigns: [Campaign]
    /// By household, as all below, in the order of the files.
    var redemptions: [[Redemption]]
    var baskets: [[Basket]]
    var categories: [[Part]]
    var covered: [[Part]]
    /// By household: whether it gave its demographics, of which it is not known when.
    var hasDemographics: [Bool]

    /// What was known at a moment: campaigns that had started by then, and events before it.
    package func before(_ time: Double) -> RedemptionLog {
        var known = self
        for index in known.campaigns.indices where known.campaigns[index].start > time {
            known.campaigns[index].households = []
            known.campaigns[index].coupons = []
            known.campaigns[index].categories = []
        }
        for household in households.indices {
            known.redemptions[household].removeAll { $0.time >= time }
            known.baskets[household].removeAll { $0.time >= time }
            known.categories[household].removeAll { $0.time >= time }
            known.covered[household].removeAll { $0.time >= time }
        }
        return known
    }

    /// Whether each of the campaign's households redeemed any of its coupons.
    package func labels(of campaign: Int) -> [Bool] {
        campaigns[campaign].households.map { redemptions[$0].contains { $0.campaign == campaign } }
    }
}

extension RedemptionLog {
    /// Reads a folder with the files `campaign_descriptions`, `campaigns`, `coupons`, `coupon_categories`,
    /// `coupon_redemptions`, `baskets`, `basket_categories`, `basket_campaigns` and, where there is one, `demographics`, as
    /// `.csv.gz` or `.csv`.
    ///
    /// - Throws: `RecipeError` or `TableError` for a file or column that is missing or cannot be read.
    package init(folder: String) throws {
        let about = try RecipeTable(folder: folder, name: "campaign_descriptions", identifiers: ["campaign_id"])
        let names = try about.texts("campaign_id")
        let kinds = try about.texts("campaign_type")
        let starts = try about.days("start_date")
        let ends = try about.days("end_date")
        campaigns = (0..<about.rows).map { row in
            Campaign(
                name: names.levels[Int(names.codes[row])], kind: kinds.levels[Int(kinds.codes[row])],
                start: starts[row], end: ends[row] + 1)
        }
        campaigns.sort { $0.start < $1.start }
        let campaignIndex = Dictionary(campaigns.enumerated().map { ($1.name, $0) }) { first, _ in first }

        let sent = try RecipeTable(folder: folder, name: "campaigns", identifiers: ["campaign_id", "household_id"])
        let bought = try RecipeTable(folder: folder, name: "baskets", identifiers: ["basket_id", "household_id"])
        let recipients = try sent.texts("household_id")
        let buyers = try bought.texts("household_id")
        households = Set(recipients.levels).union(buyers.levels).sorted()
        let householdIndex = Dictionary(households.enumerated().map { ($1, $0) }) { first, _ in first }
        let sentCampaigns = try sent.references("campaign_id", to: campaignIndex, in: about.path)
        for (row, campaign) in sentCampaigns.enumerated() {
            campaigns[campaign].households.append(householdIndex[recipients.levels[Int(recipients.codes[row])]]!)
        }

        let coupons = try RecipeTable(folder: folder, name: "coupons", identifiers: ["campaign_id", "coupon_upc"])
        let codes = try coupons.texts("coupon_upc")
        let couponIndex = Dictionary(codes.levels.enumerated().map { ($1, $0) }) { first, _ in first }
        for (row, campaign) in try coupons.references("campaign_id", to: campaignIndex, in: about.path).enumerated() {
            campaigns[campaign].coupons.insert(Int(codes.codes[row]))
        }

        let redeemed = try RecipeTable(
            folder: folder, name: "coupon_redemptions", identifiers: ["household_id", "campaign_id", "coupon_upc"])
        redemptions = Array(repeating: [], count: households.count)
        let redeemers = try redeemed.references("household_id", to: householdIndex, in: sent.path)
        let redeemedCampaigns = try redeemed.references("campaign_id", to: campaignIndex, in: about.path)
        let redeemedCoupons = try redeemed.references("coupon_upc", to: couponIndex, in: coupons.path)
        for (row, day) in try redeemed.days("redemption_date").enumerated() {
            redemptions[redeemers[row]].append(
                Redemption(time: day, campaign: redeemedCampaigns[row], coupon: redeemedCoupons[row]))
        }

        let ids = try bought.texts("basket_id")
        let times = try bought.days("timestamp")
        let spends = try bought.numbers("sales_value")
        let coupon = try bought.numbers("coupon_disc")
        let match = try bought.numbers("coupon_match_disc")
        let owners = try bought.references("household_id", to: householdIndex, in: sent.path)
        baskets = Array(repeating: [], count: households.count)
        // Of each basket its household and time.
        var basketIndex = [String: Int](minimumCapacity: bought.rows)
        for row in 0..<bought.rows {
            basketIndex[ids.levels[Int(ids.codes[row])]] = row
            baskets[owners[row]].append(
                Basket(
                    time: times[row], spend: spends[row], couponDiscount: abs(coupon[row]),
                    matchDiscount: abs(match[row])
                ))
        }

        let householdCount = households.count
        func parts(_ table: RecipeTable, groups: [Int]) throws -> [[Part]] {
            let spends = try table.numbers("sales_value")
            let rows = try table.references("basket_id", to: basketIndex, in: bought.path)
            var parts = [[Part]](repeating: [], count: householdCount)
            for (row, basket) in rows.enumerated() {
                parts[owners[basket]].append(
                    Part(time: times[basket], group: Int32(groups[row]), spend: spends[row]))
            }
            return parts
        }
        let byCampaign = try RecipeTable(
            folder: folder, name: "basket_campaigns", identifiers: ["basket_id", "campaign_id"])
        covered = try parts(
            byCampaign, groups: byCampaign.references("campaign_id", to: campaignIndex, in: about.path))
        let byCategory = try RecipeTable(
            folder: folder, name: "basket_categories", identifiers: ["basket_id", "category_id"])
        let categoryCodes = try byCategory.texts("category_id")
        categories = try parts(byCategory, groups: categoryCodes.codes.map(Int.init))

        hasDemographics = Array(repeating: false, count: householdCount)
        if RecipeTable.exists(folder: folder, name: "demographics") {
            let told = try RecipeTable(folder: folder, name: "demographics", identifiers: ["household_id"])
            for household in try told.texts("household_id").levels {
                if let index = householdIndex[household] { hasDemographics[index] = true }
            }
        }

        let wanted = try RecipeTable(
            folder: folder, name: "coupon_categories", identifiers: ["campaign_id", "category_id"])
        let categoryIndex = Dictionary(categoryCodes.levels.enumerated().map { ($1, $0) }) { first, _ in first }
        let wantedCategories = try wanted.texts("category_id")
        for (row, campaign) in try wanted.references("campaign_id", to: campaignIndex, in: about.path).enumerated() {
            // Nobody has bought a category that no basket holds.
            guard let category = categoryIndex[wantedCategories.levels[Int(wantedCategories.codes[row])]] else {
                continue
            }
            campaigns[campaign].categories.insert(category)
        }
    }
}
