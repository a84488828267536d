/// The catalog that `weir init` writes.
enum StarterCatalog {
    /// - Parameters:
    ///   - salt: Decides who is held out.
    ///   - year: In which the budget begins; it runs to the end of the next.
    static func root(salt: String, year: Int) -> String {
        rootText
            .replacing("change me once, then never", with: salt)
            .replacing("2026-01-01", with: "\(year)-01-01")
            .replacing("2027-12-31", with: "\(year + 1)-12-31")
    }

    private static let rootText = #"""
        # A web shop's first catalog. `docs/catalog.md` explains every key.
        currency: USD
        salt: change me once, then never
        holdout: 10 %

        consent:
          default:
            marketing: granted          # to try it out; what holds before a person answers is your privacy officer's choice

        features:                       # center and scale: about the mean and the spread of log(1 + x)
          - name: orders_60d
            aggregate: count
            event: Order Completed
            window: 60d
            center: 0.3
            scale: 0.5

          - name: spend_60d
            aggregate: sum
            event: Order Completed
            value: revenue
            window: 60d
            center: 1.5
            scale: 2

          - name: days_since_order
            aggregate: recency
            event: Order Completed
            center: 6                   # "never" counts as ten years
            scale: 2.5

          - name: views_by_category
            aggregate: count
            event: Product Viewed
            by: category
            half_life: 14d
            center: 0.3
            scale: 0.5

        goals:
          - id: purchase
            event: Order Completed
            window: 7d
            baseline: learned
            negatives: delayed        # learns from the first minute on, although the window is a week
            prior: {rate: 10 %, lift: 10 %, spread: 30 %}   # your guess, until outcomes say otherwise
            reversal: {event: Order Refunded}

        placements:
          - id: home
            name: Home page banner
            policy: thompson          # tries what may be the best, less as it gets known
          - id: cart
            name: Cart
            policy: thompson          # tries what may be the best, less as it gets known

        budgets:
          - id: promotions
            name: Promotions
            limit: 5000 USD
            from: 2026-01-01
            to: 2027-12-31

        caps:
          - overall: 3 per 7d
          - offer: 1 per 30d

        """#

    static let campaign = #"""
        id: welcome
        name: Welcome to the shop
        kind: discount
        placements: [home, cart]
        eligible: "orders_60d <= 1 or days_since_order > 45"
        goal: purchase
        purpose: marketing
        channel: web
        budgets: promotions
        offers:
          - id: free-shipping
            name: Free shipping
            cost: 4.90 USD
            value: 18 USD
            coupon: SHIPFREE
            message: "Hello {{trait.firstName|there}}, we ship your next order free: {{offer.coupon}}."

          - id: five-off
            name: 5 dollars off
            cost: 5 USD
            value: 18 USD
            stock: 500
            coupon: FIVE
            message: "{{offer.name}} your next order with {{offer.coupon}}."

          - id: free-sample
            name: A free sample
            cost: 1.20 USD
            value: 18 USD
            about:
              views_by_category: [coffee, tea]
            message: A free sample waits in your cart.

        """#
}
