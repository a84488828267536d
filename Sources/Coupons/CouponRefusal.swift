package import WeirDomain

/// Why a code is not taken; says what to do.
package enum CouponRefusal: Error, Sendable, Equatable {
    /// Neither a pool nor an offer of the catalog has it.
    case unknown(String)
    /// Another order has used it.
    case used(String, order: String?)
    /// The time in which it is taken is over.
    case expired(String, until: Timestamp)
    /// Nobody was given it, or somebody else was.
    case notGiven(String)
    /// It is everyone's, so it takes the customer to know whether they were given it.
    case customerNeeded(String)
    /// The campaign's budget has no money left for it.
    case noBudget(String)
    /// There is no use of it by that order.
    case notRedeemed(String, order: String)

    /// For programs; stable.
    package var name: String {
        switch self {
        case .unknown: "unknown_code"
        case .used: "code_used"
        case .expired: "code_expired"
        case .notGiven: "code_not_given"
        case .customerNeeded: "customer_needed"
        case .noBudget: "budget_exhausted"
        case .notRedeemed: "not_redeemed"
        }
    }

    /// The member of the request that it is about.
    package var field: String {
        switch self {
        case .unknown, .used, .expired, .noBudget: "code"
        case .notGiven, .customerNeeded: "customer"
        case .notRedeemed: "order_id"
        }
    }

    /// Names field, value and remedy.
    package var detail: String {
        switch self {
        case .unknown(let code):
            "code: “\(code.prefix(60))” is no code of a pool or an offer. Send it as it was given; case and blanks do not matter."
        case .used(let code, let order?):
            "code: “\(code)” was used by order “\(order)”. It is good for one order; release that one if it fell through."
        case .used(let code, nil): "code: “\(code)” was used. It is good for one order."
        case .expired(let code, let until):
            "code: “\(code)” was good until \(until.iso8601). Take the order without it, or ask for a new decision."
        case .notGiven(let code):
            "customer: “\(code)” was not given to who uses it. Send the customer who was given it, or take the order without it."
        case .customerNeeded(let code):
            "customer: missing, and “\(code)” is one code for all: only with the customer it is known whether they were given it."
        case .noBudget(let code):
            "code: the budgets of the campaign of “\(code)” have too little left for it. Raise them, or take the order without it."
        case .notRedeemed(let code, let order):
            "order_id: “\(order.prefix(60))” has not used “\(code)”. Send the order_id with which it was redeemed."
        }
    }
}
