public import WeirJSON

/// What discounts go by of an order, or of a basket that may become one; in minor units of the catalog's currency.
public struct Purchase: Sendable, Equatable {
    /// Pieces of one price.
    public struct Piece: Sendable, Equatable {
        /// ≥ 0.
        public var price: Int64
        /// > 0.
        public var count: Int64

        public init(price: Int64, count: Int64 = 1) {
            self.price = price
            self.count = count
        }
    }

    /// What the basket is worth before the discount; nil where it does not say.
    public var basket: Int64?
    public var shipping: Int64?
    /// Its lines; nil where it has none with a price.
    public var pieces: [Piece]?

    public init(basket: Int64? = nil, shipping: Int64? = nil, pieces: [Piece]? = nil) {
        self.basket = basket
        self.shipping = shipping
        self.pieces = pieces
    }
}

extension Orders {
    /// What an event tells of its order that discounts go by; nothing where it is in another currency, since Weir converts
    /// nothing.
    public func purchase(of event: Event, in currency: Currency) -> Purchase {
        guard isTold(in: currency, event.properties) else { return Purchase() }
        var purchase = parts(of: event.properties, currency)
        let worth =
            basket.map { paths in paths.lazy.compactMap { event.properties[$0]?.amount }.first } ?? value(of: event)
        purchase.basket = worth.flatMap { minorUnits($0, currency) } ?? purchase.pieces?.worth
        return purchase
    }

    /// What a request's context tells of the basket: `basket` (or `cart_value`) and `shipping` in major units, and lines as an
    /// order has them.
    public func purchase(inContext context: JSON, in currency: Currency) -> Purchase {
        guard context.members?.isEmpty == false, isTold(in: currency, context) else { return Purchase() }
        var purchase = parts(of: context, currency)
        let worth = Self.basketsOfContexts.lazy.compactMap { context.present($0)?.amount }.first
        purchase.basket = worth.flatMap { minorUnits($0, currency) } ?? purchase.pieces?.worth
        return purchase
    }

    private static let basketsOfContexts = ["basket", "cart_value"]

    private func isTold(in currency: Currency, _ properties: JSON) -> Bool {
        guard let told = properties[self.currency]?.string, !told.isEmpty else { return true }
        return Currency(told) == currency
    }

    private func parts(of properties: JSON, _ currency: Currency) -> Purchase {
        let shipping = (self.shipping ?? [JSONPath("shipping")]).lazy.compactMap { properties[$0]?.amount }.first
        var pieces: [Purchase.Piece] = []
        for line in properties.values(at: lines).flatMap({ $0.array ?? [$0] }) {
            guard let price = line.present("price")?.amount.flatMap({ minorUnits($0, currency) }) else { continue }
            let count = line.present("quantity")?.amount ?? 1
            if count >= 1 {
                pieces.append(Purchase.Piece(price: price, count: Int64(saturating: count.rounded(.down))))
            }
        }
        return Purchase(
            shipping: shipping.flatMap { minorUnits($0, currency) }, pieces: pieces.isEmpty ? nil : pieces)
    }

    /// Nil for what is negative.
    private func minorUnits(_ amount: Double, _ currency: Currency) -> Int64? {
        guard amount >= 0 else { return nil }
        var scale = 1.0
        for _ in 0..<currency.minorDigits { scale *= 10 }
        return Int64(saturating: (amount * scale).rounded())
    }
}

extension [Purchase.Piece] {
    /// Price times count of all; at most `Int64.max`.
    fileprivate var worth: Int64 {
        reduce(0) { sum, piece in
            let (worth, isTooMuch) = piece.price.multipliedReportingOverflow(by: piece.count)
            let (next, overflow) = sum.addingReportingOverflow(worth)
            return isTooMuch || overflow ? .max : next
        }
    }
}
