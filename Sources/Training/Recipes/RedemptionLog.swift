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
        campaigns = try Self.campaigns(about)
        let sent = try RecipeTable(folder: folder, name: "campaigns", identifiers: ["campaign_id", "household_id"])
        let bought = try RecipeTable(folder: folder, name: "baskets", identifiers: ["basket_id", "household_id"])
        let recipients = try sent.texts("household_id")
        households = Set(recipients.levels).union(try bought.texts("household_id").levels).sorted()
        redemptions = Array(repeating: [], count: households.count)
        baskets = redemptions.map { _ in [] }
        (categories, covered) = ([], [])
        hasDemographics = Array(repeating: false, count: households.count)

        let names = Names(
            folder: folder,
            campaigns: (Dictionary(campaigns.enumerated().map { ($1.name, $0) }) { first, _ in first }, about.path),
            households: (Dictionary(households.enumerated().map { ($1, $0) }) { first, _ in first }, sent.path))
        for (row, campaign) in try names.campaigns(of: sent).enumerated() {
            campaigns[campaign].households.append(
                names.households.places[recipients.levels[Int(recipients.codes[row])]]!)
        }
        try readRedemptions(names, coupons: try readCoupons(names))
        let owned = try readBaskets(bought, names)
        let byCampaign = try names.table("basket_campaigns", ["basket_id", "campaign_id"])
        covered = try parts(byCampaign, groups: names.campaigns(of: byCampaign), owned)
        let byCategory = try names.table("basket_categories", ["basket_id", "category_id"])
        let categoryCodes = try byCategory.texts("category_id")
        categories = try parts(byCategory, groups: categoryCodes.codes.map(Int.init), owned)
        try readDemographics(names)
        try readWantedCategories(names, known: categoryCodes.levels)
    }

    /// What the files' identifiers stand for.
    private struct Names {
        let folder: String
        /// With the file that has them all.
        let campaigns: (places: [String: Int], path: String)
        let households: (places: [String: Int], path: String)

        func table(_ name: String, _ identifiers: [String]) throws -> RecipeTable {
            try RecipeTable(folder: folder, name: name, identifiers: identifiers)
        }

        func campaigns(of table: RecipeTable) throws -> [Int] {
            try table.references("campaign_id", to: campaigns.places, in: campaigns.path)
        }

        func households(of table: RecipeTable) throws -> [Int] {
            try table.references("household_id", to: households.places, in: households.path)
        }
    }

    /// Whose each basket is, and of when.
    private struct OwnedBaskets {
        /// By row of the file.
        var owners: [Int]
        var times: [Double]
        var rows: [String: Int]
        var path: String
    }

    private static func campaigns(_ about: RecipeTable) throws -> [Campaign] {
        let names = try about.texts("campaign_id")
        let kinds = try about.texts("campaign_type")
        let starts = try about.days("start_date")
        let ends = try about.days("end_date")
        var campaigns = (0..<about.rows).map { row in
            Campaign(
                name: names.levels[Int(names.codes[row])], kind: kinds.levels[Int(kinds.codes[row])],
                start: starts[row], end: ends[row] + 1)
        }
        campaigns.sort { $0.start < $1.start }
        return campaigns
    }

    /// - Returns: The coupons' numbers, with the file that has them all.
    private mutating func readCoupons(_ names: Names) throws -> (places: [String: Int], path: String) {
        let coupons = try names.table("coupons", ["campaign_id", "coupon_upc"])
        let codes = try coupons.texts("coupon_upc")
        for (row, campaign) in try names.campaigns(of: coupons).enumerated() {
            campaigns[campaign].coupons.insert(Int(codes.codes[row]))
        }
        return (Dictionary(codes.levels.enumerated().map { ($1, $0) }) { first, _ in first }, coupons.path)
    }

    private mutating func readRedemptions(_ names: Names, coupons: (places: [String: Int], path: String)) throws {
        let redeemed = try names.table("coupon_redemptions", ["household_id", "campaign_id", "coupon_upc"])
        let redeemers = try names.households(of: redeemed)
        let redeemedCampaigns = try names.campaigns(of: redeemed)
        let redeemedCoupons = try redeemed.references("coupon_upc", to: coupons.places, in: coupons.path)
        for (row, day) in try redeemed.days("redemption_date").enumerated() {
            redemptions[redeemers[row]].append(
                Redemption(time: day, campaign: redeemedCampaigns[row], coupon: redeemedCoupons[row]))
        }
    }

    private mutating func readBaskets(_ bought: RecipeTable, _ names: Names) throws -> OwnedBaskets {
        let ids = try bought.texts("basket_id")
        let times = try bought.days("timestamp")
        let spends = try bought.numbers("sales_value")
        let coupon = try bought.numbers("coupon_disc")
        let match = try bought.numbers("coupon_match_disc")
        let owners = try names.households(of: bought)
        var rows = [String: Int](minimumCapacity: bought.rows)
        for row in 0..<bought.rows {
            rows[ids.levels[Int(ids.codes[row])]] = row
            baskets[owners[row]].append(
                Basket(
                    time: times[row], spend: spends[row], couponDiscount: abs(coupon[row]),
                    matchDiscount: abs(match[row])
                ))
        }
        return OwnedBaskets(owners: owners, times: Array(times), rows: rows, path: bought.path)
    }

    /// What baskets hold of each group, by household.
    private func parts(_ table: RecipeTable, groups: [Int], _ owned: OwnedBaskets) throws -> [[Part]] {
        let spends = try table.numbers("sales_value")
        let rows = try table.references("basket_id", to: owned.rows, in: owned.path)
        var parts = [[Part]](repeating: [], count: households.count)
        for (row, basket) in rows.enumerated() {
            parts[owned.owners[basket]].append(
                Part(time: owned.times[basket], group: Int32(groups[row]), spend: spends[row]))
        }
        return parts
    }

    private mutating func readDemographics(_ names: Names) throws {
        guard RecipeTable.exists(folder: names.folder, name: "demographics") else { return }
        let told = try names.table("demographics", ["household_id"])
        for household in try told.texts("household_id").levels {
            if let index = names.households.places[household] { hasDemographics[index] = true }
        }
    }

    /// - Parameter known: The categories of the baskets, by code.
    private mutating func readWantedCategories(_ names: Names, known: [String]) throws {
        let wanted = try names.table("coupon_categories", ["campaign_id", "category_id"])
        let places = Dictionary(known.enumerated().map { ($1, $0) }) { first, _ in first }
        let categories = try wanted.texts("category_id")
        for (row, campaign) in try names.campaigns(of: wanted).enumerated() {
            // Nobody has bought a category that no basket holds.
            guard let category = places[categories.levels[Int(categories.codes[row])]] else { continue }
            campaigns[campaign].categories.insert(category)
        }
    }
}
