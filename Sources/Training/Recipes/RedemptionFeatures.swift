import Foundation

/// What is known of a household just before a campaign starts; nothing at or after the start is read.
///
/// Sums over all history are divided by its length, so that they mean the same in December as in March; recent behaviour
/// fades by half-lives.
package enum RedemptionFeatures {
    /// Columns of `rows`.
    package static let names = [
        "type_a", "type_b", "covered_sales", "covered_sales_type_a", "redemption_days_rate", "same_coupon_rate",
        "has_redeemed", "sales_rate", "coupon_discount_rate", "coupon_match_rate", "recent_coupon_discount",
        "coupon_basket_share", "coupon_category_sales", "has_demographics",
    ]

    /// One row for each household of the campaign, in its order.
    package static func rows(of campaign: Int, in log: RedemptionLog) -> [[Double]] {
        log.campaigns[campaign].households.map { row(of: $0, campaign, log) }
    }

    private static func row(of household: Int, _ campaign: Int, _ log: RedemptionLog) -> [Double] {
        let about = log.campaigns[campaign]
        var sums = Sums()
        for basket in log.baskets[household] where basket.time < about.start {
            sums.count(basket, age: about.start - basket.time)
        }
        var covered = 0.0
        for part in log.covered[household] where part.group == campaign && part.time < about.start {
            covered += exp2((part.time - about.start) / 30) * part.spend
        }
        var wanted = 0.0
        for part in log.categories[household]
        where part.time < about.start && part.time >= about.start - 60 && about.categories.contains(Int(part.group)) {
            wanted += part.spend
        }
        let past = log.redemptions[household].filter { $0.time < about.start }
        let days = sums.first.isFinite ? (about.start - sums.first).rounded(.down) : 0
        let months = days / 30 + 1
        let isTypeA = about.kind == "Type A"
        // Refunds may make a sum of sales negative.
        let affinity = log1p(max(covered, 0))
        return [
            isTypeA ? 1 : 0, about.kind == "Type B" ? 1 : 0, affinity, isTypeA ? affinity : 0,
            Foundation.log((Double(Set(past.map(\.time)).count) + 0.3) / months),
            log1p(Double(past.count { about.coupons.contains($0.coupon) }) / months), past.isEmpty ? 0 : 1,
            Foundation.log((max(sums.sales, 0) + 10) / (days + 10)),
            Foundation.log((sums.couponDiscount + 0.3) / (days + 10)),
            Foundation.log((sums.matchDiscount + 0.1) / (days + 10)), log1p(sums.recentDiscount),
            Foundation.log(sums.couponBaskets / (sums.baskets + 5) + 0.02), log1p(max(wanted, 0)),
            log.hasDemographics[household] ? 1 : 0,
        ]
    }

    private struct Sums {
        var first = Double.infinity
        var baskets = 0.0
        var couponBaskets = 0.0
        var sales = 0.0
        var couponDiscount = 0.0
        var matchDiscount = 0.0
        /// Halved every 90 days.
        var recentDiscount = 0.0

        mutating func count(_ basket: RedemptionLog.Basket, age: Double) {
            first = min(first, basket.time)
            baskets += 1
            if basket.couponDiscount > 0 { couponBaskets += 1 }
            sales += basket.spend
            couponDiscount += basket.couponDiscount
            matchDiscount += basket.matchDiscount
            recentDiscount += exp2(-age / 90) * basket.couponDiscount
        }
    }
}
