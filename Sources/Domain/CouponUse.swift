/// Something that happened to a code.
public struct CouponUse: Sendable, Hashable {
    public enum Kind: UInt8, Sendable, CaseIterable {
        /// A decision gave a code of a pool to a person.
        case given = 1
        /// An order used it.
        case redeemed = 2
        /// The order fell through.
        case released = 3
        /// The order was taken back.
        case rolledBack = 4

        public var name: String {
            switch self {
            case .given: "given"
            case .redeemed: "redeemed"
            case .released: "released"
            case .rolledBack: "rolled_back"
            }
        }
    }

    public var kind: Kind
    /// As it was given.
    public var code: String
    /// Nil for a code that an offer gives to everyone.
    public var pool: CouponPoolID?
    /// Whose offer it belongs to; nil where nobody was given it.
    public var decision: DecisionID?
    /// What it is for; nil where that is not known.
    public var given: GivenOffer?
    /// Who was given it, or who uses it.
    public var customer: CustomerID?
    /// Nil for `given`.
    public var order: String?
    /// Of `given` the most that a use may cost, of `redeemed` the discount, else what came back.
    public var amount: Money?
    /// Of `given`: the first moment at which it is no longer taken.
    public var until: Timestamp?
    /// Whether somebody used it who was not given it.
    public var isLeaked: Bool
    public var time: Timestamp

    public init(
        kind: Kind, code: String, pool: CouponPoolID? = nil, decision: DecisionID? = nil, given: GivenOffer? = nil,
        customer: CustomerID? = nil, order: String? = nil, amount: Money? = nil, until: Timestamp? = nil,
        isLeaked: Bool = false, time: Timestamp
    ) {
        self.kind = kind
        self.code = code
        self.pool = pool
        self.decision = decision
        self.given = given
        self.customer = customer
        self.order = order
        self.amount = amount
        self.until = until
        self.isLeaked = isLeaked
        self.time = time
    }
}
