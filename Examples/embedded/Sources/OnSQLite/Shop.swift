import WeirCatalog

/// The shop's catalog, as the files of a folder; `CatalogFile.files(in:)` reads one.
enum Shop {
    static let files = [
        CatalogFile(name: CatalogFile.rootName, text: root), CatalogFile(name: "come-back.yaml", text: campaign),
    ]

    static let root = """
        currency: USD
        salt: a text of your own

        consent:
          default: {marketing: granted}

        features:
          - {name: orders_60d, aggregate: count, event: Order Completed, window: 60d}

        goals:
          - {id: redemption, event: Order Completed, coupon: coupon, window: 7d}

        placements:
          - {id: home, policy: {squarecb: {gamma: 20}}}

        budgets:
          - {id: spring, limit: 200 USD, from: 2026-03-01, to: 2026-05-31}
        """

    static let campaign = """
        id: come-back
        kind: discount
        placements: [home]
        eligible: orders_60d >= 1
        goal: redemption
        purpose: marketing
        channel: web
        budgets: spring
        offers:
          - {id: five-off, cost: 5 USD, value: 30 USD, coupon: FIVE, message: "5 dollars off with {{offer.coupon}}."}
          - {id: ten-off, cost: 10 USD, value: 40 USD, coupon: TEN, message: "10 dollars off with {{offer.coupon}}."}
        """
}
