import Foundation
import WeirDomain
import WeirStatistics

/// A small seeded folder in the layout that the redemption recipe reads.
struct SampleCampaigns {
    /// Rows by file, the header first; the moment of each in days since 1970, nil where it is about no moment.
    private var files: [(name: String, header: String, rows: [(time: Double?, text: String)])] = []
    private(set) var starts: [Double] = []
    static let firstDay = 17_167.0  // 2017-01-01

    init(seed: UInt64, households: Int = 60, campaigns: Int = 12) {
        var random = Xoshiro256StarStar(seed: seed)
        func date(_ day: Double) -> String { Timestamp(microseconds: Int64(day * 86_400e6)).isoDate }
        func moment(_ day: Double) -> String {
            String(Timestamp(microseconds: Int64(day * 86_400e6)).iso8601.prefix(19))
        }
        var about: [(Double?, String)] = [], sent: [(Double?, String)] = [], coupons: [(Double?, String)] = []
        var covers: [(Double?, String)] = [], redeemed: [(Double?, String)] = [], baskets: [(Double?, String)] = []
        var byCategory: [(Double?, String)] = [], byCampaign: [(Double?, String)] = []
        starts = (0..<campaigns).map { Self.firstDay + 10 + Double(20 * $0) }
        let isKeen = (0..<households).map { _ in Double.random(in: 0..<1, using: &random) < 0.4 }
        for household in 0..<households {
            for trip in 0..<60 {
                let time =
                    Self.firstDay + Double.random(in: 0..<Double(20 * campaigns + 20), using: &random).rounded(.down)
                    + Double(Int.random(in: 0..<86_400, using: &random)) / 86_400
                let id = "b\(household)-\(trip)"
                let coupon = Double.random(in: 0..<1, using: &random) < (isKeen[household] ? 0.5 : 0.05) ? "0.50" : "0"
                baskets.append((time, "\(id),\(household),\(moment(time)),\(trip % 7 + 3).25,\(coupon),\(coupon)"))
                byCategory.append((time, "\(id),\(trip % 5),\(trip % 3 + 1).5"))
                byCampaign.append((time, "\(id),\(trip % campaigns),2.75"))
            }
        }
        for (campaign, start) in starts.enumerated() {
            about.append((nil, "\(campaign),Type \(["A", "B", "C"][campaign % 3]),\(date(start)),\(date(start + 29))"))
            for coupon in 0..<4 {
                coupons.append((start - 0.5, "\(campaign),u\((campaign + coupon) % 9)"))
                covers.append((start - 0.5, "\(campaign),\(coupon)"))
            }
            for household in 0..<households where Int.random(in: 0..<3, using: &random) > 0 {
                sent.append((start - 0.5, "\(campaign),\(household)"))
                guard Double.random(in: 0..<1, using: &random) < (isKeen[household] ? 0.5 : 0.05) else { continue }
                for _ in 0..<2 {
                    let day = start + Double(Int.random(in: 0..<30, using: &random))
                    redeemed.append((day, "\(household),u\((campaign + 1) % 9),\(campaign),\(date(day))"))
                }
            }
        }
        files = [
            ("campaign_descriptions", "campaign_id,campaign_type,start_date,end_date", about),
            ("campaigns", "campaign_id,household_id", sent), ("coupons", "campaign_id,coupon_upc", coupons),
            ("coupon_categories", "campaign_id,category_id", covers),
            ("coupon_redemptions", "household_id,coupon_upc,campaign_id,redemption_date", redeemed),
            ("baskets", "basket_id,household_id,timestamp,sales_value,coupon_disc,coupon_match_disc", baskets),
            ("basket_categories", "basket_id,category_id,sales_value", byCategory),
            ("basket_campaigns", "basket_id,campaign_id,sales_value", byCampaign),
        ]
    }

    /// Writes the files with what was known before `time` into a new folder, hands it over, and removes it.
    ///
    /// - Parameter name: Its own for each test, since tests run at the same time.
    func inFolder<Result>(_ name: String, before time: Double = .infinity, _ body: (String) throws -> Result) throws
        -> Result
    {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "weir-recipe-\(ProcessInfo.processInfo.processIdentifier)-\(name)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for file in files {
            let rows = file.rows.filter { ($0.time ?? -.infinity) < time }.map(\.text)
            let text = ([file.header] + rows).joined(separator: "\n") + "\n"
            try Data(text.utf8).write(to: folder.appendingPathComponent(file.name + ".csv"))
        }
        return try body(folder.path)
    }

}
