/// The shop's catalog. A program would read it from its own resources, or build a `Catalog` by hand.
enum Shop {
    static let root = """
        currency: USD
        salt: a text of your own

        features:
          - {name: orders_60d, aggregate: count, event: Order Completed, window: 60d}
          - {name: spend_60d, aggregate: sum, event: Order Completed, value: revenue, window: 60d}

        goals:
          - {id: redemption, event: Order Completed, coupon: coupon, window: 14d}

        placements:
          - {id: home, policy: greedy}

        budgets:
          - {id: spring, limit: 200 USD, from: 2026-03-01, to: 2026-05-31}

        caps:
          - overall: 2 per 7d
        """

    static let campaigns = """
        campaigns:
          - id: come-back
            kind: discount
            placements: [home]
            eligible: orders_60d >= 1
            goal: redemption
            purpose: marketing
            channel: web
            budgets: spring
            offers:
              - {id: ten-off, cost: 10 USD, value: 36 USD, coupon: TEN, message: "{{trait.name|Hello}}, 10 dollars off."}
          - id: shipping
            kind: shipping
            placements: [home]
            goal: redemption
            purpose: marketing
            channel: web
            budgets: spring
            offers:
              - {id: ship-free, cost: 4.90 USD, value: 30 USD, coupon: SHIP, message: "{{trait.name|Hello}}, we ship free."}
        """
}
