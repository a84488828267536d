import WeirDomain
import WeirStorage

/// A small catalog with a goal for each way of learning that it did not happen, each policy, and money that runs out.
struct SampleCatalog {
    /// In cents.
    var promotions = 6_000
    var mailings = 2_500
    var stock = 6
    var isGrantedByDefault = true
    /// Days that the counts of the features look back on.
    var window = 30
    var hasClicks = true
    /// More of the goal `purchase`.
    var purchase = ""
    var holdout = 10
    var caps = "caps: [{overall: 4 per 1d}, {offer: 2 per 2d}]"

    var files: [StoredCatalog.File] { [StoredCatalog.File(name: "weir.yaml", text: text)] }

    private func dollars(_ cents: Int) -> String { Money(minorUnits: Int64(cents), currency: .usd).description }

    var text: String {
        """
        currency: USD
        salt: sample
        holdout: \(holdout) %
        consent: {default: {marketing: \(isGrantedByDefault ? "granted" : "denied")}}
        identity: {merge_users: allowed}
        features:
          - {name: orders, aggregate: count, event: Order Completed, window: \(window)d}
          - {name: spend, aggregate: sum, event: Order Completed, value: revenue, window: \(window)d}
          - {name: days_since_order, aggregate: recency, event: Order Completed}
          - {name: views, aggregate: count, event: Product Viewed, by: category, half_life: 7d}
        goals:
          - {id: purchase, event: Order Completed, window: 2d, baseline: learned\(purchase), reversal: {event: Order Refunded}}
          - {id: redemption, event: Order Completed, coupon: coupon, window: 1d, negatives: immediate}
          - {id: visit, event: Product Viewed, window: 1d, negatives: settle, settle_after: 6h}
        \(hasClicks ? "  - {id: click, window: 3h, negatives: reported}" : "")
        placements:
          - {id: home, policy: {squarecb: {gamma: 5}}}
          - {id: till, policy: {thompson: {draws: 64}}}
          - {id: mail, policy: {softmax: {temperature: 2}}}
          - {id: cart, policy: {epsilon_greedy: {epsilon: 0.5}}}
        budgets:
          - {id: promotions, limit: \(dollars(promotions)), from: 2026-01-01, to: 2026-12-31, return_floor: 0.1}
          - {id: mailings, limit: \(dollars(mailings)), from: 2026-01-01, to: 2026-12-31, return_floor: 0.1}
        \(caps)
        metric: {name: sales, event: Order Completed, value: revenue}
        campaigns:
          - id: welcome
            placements: [home, cart]
            eligible: "orders <= 3"
            goal: purchase
            channel: web
            budgets: promotions
            offers:
              - {id: shipping, cost: 4.90 USD, value: 30 USD, message: "Hello {{trait.firstName|there}}"}
              - {id: sample, cost: 1.20 USD, value: 20 USD, stock: \(stock), about: {views: [tea, coffee]}}
          - id: coupons
            kind: coupon
            placements: [till, cart, home]
            goal: redemption
            channel: till
            budgets: promotions
            holdout: 5 %
            offers:
              - {id: five-off, cost: 5 USD, value: 40 USD, coupon: FIVE}
              - {id: ten-off, cost: 10 USD, value: 70 USD, coupon: TEN}
          - id: letters
            placements: [mail]
            goal: visit
            channel: email
            budgets: [mailings, promotions]
            offers:
              - {id: letter, cost: 1 USD, value: 8 USD}
        \(hasClicks ? clicks : "")
        """
    }

    private var clicks: String {
        """
          - id: banners
            placements: [home, mail]
            goal: click
            channel: web
            budgets: mailings
            offers:
              - {id: banner, cost: 0.20 USD, value: 3 USD}
        """
    }
}
