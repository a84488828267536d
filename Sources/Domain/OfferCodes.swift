/// A pool of single-use codes.
public struct CouponPoolID: StringIdentifier {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// Where an offer's codes come from: each person who is given it gets one that nobody else gets.
public struct OfferCodes: Sendable, Hashable, Codable {
    public var pool: CouponPoolID

    public init(pool: CouponPoolID) { self.pool = pool }
}

/// What becomes of a code that somebody uses who was not given it.
public enum LeakedCodes: String, Sendable, Hashable, Codable {
    /// It is refused.
    case refuse
    /// It is taken, and what it costs stands on an account of its own, apart from the campaign's budgets.
    case book
}
