package import WeirDomain

/// What a shop asks at the moment of use.
package struct CouponRequest: Sendable, Equatable {
    package enum Action: String, Sendable, CaseIterable {
        /// Whether the code would be taken, and what it would take off; changes nothing.
        case validate
        /// An order uses the code.
        case redeem
        /// The order fell through: the code can be used again.
        case release
        /// The order was taken back: the money returns, and the code can be used again.
        case rollback
    }

    package var action: Action
    /// In any case, with or without blanks.
    package var code: String
    /// Who uses it; nil where the shop does not know.
    package var customer: CustomerID?
    /// The order that uses it; what is told again of an order is answered alike. Nil only for `validate`.
    package var order: String?
    package var basket: Basket?
    /// By the engine's clock.
    package var time: Timestamp

    package init(
        _ action: Action, code: String, customer: CustomerID? = nil, order: String? = nil, basket: Basket? = nil,
        time: Timestamp
    ) {
        self.action = action
        self.code = code
        self.customer = customer
        self.order = order
        self.basket = basket
        self.time = time
    }

    package var key: CouponKey { CouponKey(code) }
}
