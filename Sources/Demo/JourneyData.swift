package import Foundation
package import WeirDomain

/// A year of a grocer's shopping: Complete Journey, as the compact files of `Examples/complete-journey/data` hold it.
package struct JourneyData: Sendable {
    package struct Campaign: Sendable {
        package var id: String
        package var kind: String
        /// First moment of its first day.
        package var start: Timestamp
        /// First moment after its last day.
        package var end: Timestamp
        /// Those who really received it, in the file's order.
        package var households: [String]
    }

    package struct Basket: Sendable {
        var id: String
        package var household: String
        var store: String
        package var time: Timestamp
        var lines: Double
        package var sales: Double
        var retailDiscount: Double
        var couponDiscount: Double
        var couponMatch: Double
        /// Places in `basketCategories` and `basketCoverage`.
        var categories = 0..<0
        var coverage = 0..<0
    }

    package struct Redemption: Sendable {
        /// Its row in the file, from 0.
        var row: Int
        package var household: String
        package var campaign: String
        var coupon: String
        /// First moment of the day.
        package var day: Timestamp
    }

    /// Sorted by start, then by id.
    package var campaigns: [Campaign] = []
    /// Sorted by time.
    package var baskets: [Basket] = []
    /// Sorted by day.
    package var redemptions: [Redemption] = []
    var basketCategories: [(category: String, sales: Double)] = []
    var basketCoverage: [(campaign: String, sales: Double)] = []
    /// Categories that a campaign's coupon covers, by campaign and coupon.
    var couponCategories: [String: [String]] = [:]

    /// Reads the files.
    ///
    /// - Parameter only: Leaves out everyone else; nil reads all.
    /// - Throws: `DemoError` that names the file and the line.
    package init(folder: URL, only households: Set<String>? = nil) throws {
        func table(_ name: String) throws -> JourneyTable {
            try JourneyTable(folder.appendingPathComponent("\(name).csv.gz"))
        }
        func isWanted(_ household: String) -> Bool { households?.contains(household) ?? true }

        var received: [String: [String]] = [:]
        try table("campaigns").forEachRow { row in
            let household = try row.text("household_id")
            if isWanted(household) { received[try row.text("campaign_id"), default: []].append(household) }
        }
        try table("campaign_descriptions").forEachRow { row in
            let id = try row.text("campaign_id")
            campaigns.append(
                Campaign(
                    id: id, kind: try row.text("campaign_type"), start: try row.time("start_date"),
                    end: try row.time("end_date") + .day, households: received[id] ?? []))
        }
        campaigns.sort { ($0.start, Int($0.id) ?? 0) < ($1.start, Int($1.id) ?? 0) }

        var places: [String: Int] = [:]
        try table("baskets").forEachRow { row in
            let household = try row.text("household_id")
            guard isWanted(household) else { return }
            let id = try row.text("basket_id")
            places[id] = baskets.count
            baskets.append(
                Basket(
                    id: id, household: household, store: try row.text("store_id"), time: try row.time("timestamp"),
                    lines: try row.number("lines"), sales: try row.number("sales_value"),
                    retailDiscount: try row.number("retail_disc"), couponDiscount: try row.number("coupon_disc"),
                    couponMatch: try row.number("coupon_match_disc")))
        }
        basketCategories = try Self.grouped(table("basket_categories"), "category_id", places, count: baskets.count) {
            baskets[$0].categories = $1
        }
        basketCoverage = try Self.grouped(table("basket_campaigns"), "campaign_id", places, count: baskets.count) {
            baskets[$0].coverage = $1
        }.map { (campaign: $0.category, sales: $0.sales) }
        baskets.sort { $0.time < $1.time }

        try table("coupon_categories").forEachRow { row in
            let key = try row.text("campaign_id") + "/" + row.text("coupon_upc")
            couponCategories[key, default: []].append(try row.text("category_id"))
        }
        var row = 0
        try table("coupon_redemptions").forEachRow { line in
            let household = try line.text("household_id")
            if isWanted(household) {
                redemptions.append(
                    Redemption(
                        row: row, household: household, campaign: try line.text("campaign_id"),
                        coupon: try line.text("coupon_upc"), day: try line.time("redemption_date")))
            }
            row += 1
        }
        redemptions.sort { ($0.day, $0.row) < ($1.day, $1.row) }
    }

    /// Puts the rows of each basket side by side.
    private static func grouped(
        _ table: JourneyTable, _ column: String, _ places: [String: Int], count: Int,
        _ assign: (Int, Range<Int>) -> Void
    ) throws -> [(category: String, sales: Double)] {
        var rows: [(basket: Int, category: String, sales: Double)] = []
        try table.forEachRow { row in
            guard let basket = places[try row.text("basket_id")] else { return }
            rows.append((basket, try row.text(column), try row.number("sales_value")))
        }
        var ends = [Int](repeating: 0, count: count + 1)
        for row in rows { ends[row.basket + 1] += 1 }
        for basket in 0..<count { ends[basket + 1] += ends[basket] }
        var next = ends
        var grouped = [(category: String, sales: Double)](repeating: ("", 0), count: rows.count)
        for row in rows {
            grouped[next[row.basket]] = (row.category, row.sales)
            next[row.basket] += 1
        }
        for basket in 0..<count where ends[basket] < ends[basket + 1] {
            assign(basket, ends[basket]..<ends[basket + 1])
        }
        return grouped
    }

    /// The day of the first redemption of a campaign by a household; nil where there is none.
    func firstRedemptions() -> [String: Timestamp] {
        var first: [String: Timestamp] = [:]
        for redemption in redemptions {
            let key = "\(redemption.campaign)/\(redemption.household)"
            if first[key] == nil { first[key] = redemption.day }
        }
        return first
    }
}

/// Why the demo cannot run; says what to do.
package enum DemoError: Error, CustomStringConvertible {
    case missingFile(String)
    case badValue(file: String, line: Int, column: String, value: String)
    case unreadableLine(file: String, fault: String)
    case badHousehold(file: String, line: Int, value: String)
    case noHouseholds(file: String)
    case refused(path: String, status: Int, body: String)

    package var description: String {
        switch self {
        case .missingFile(let path):
            "\(path) cannot be read. Run the demo from the project's folder, or say where the data are with --data."
        case .badValue(let file, let line, let column, let value):
            "\(file), line \(line): \(column) is “\(value)”, which is not what stands there. Fetch the file anew."
        case .unreadableLine(let file, let fault):
            "\(file): \(fault) Fetch the file anew."
        case .badHousehold(let file, let line, let value):
            "\(file), line \(line): “\(value)” is no household's number. Write one number a line, such as 917."
        case .noHouseholds(let file): "\(file) names no household of the data. Write one number a line, such as 917."
        case .refused(let path, let status, let body): "The server answered \(path) with \(status): \(body)"
        }
    }
}
