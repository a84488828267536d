/// Single-use codes as they came into a pool together.
public struct CouponLot: Sendable, Hashable {
    public enum Origin: UInt8, Sendable, CaseIterable {
        /// By Weir, from the system's source of random numbers.
        case made = 1
        /// From a list of the shop's.
        case loaded = 2
    }

    public var pool: CouponPoolID
    public var origin: Origin
    /// Each unlike the others as `CouponKey` sees it; none has a line break.
    public var codes: [String]
    public var time: Timestamp
    /// Who brought them: the name of a key or a person.
    public var actor: String

    public init(pool: CouponPoolID, origin: Origin, codes: [String], time: Timestamp, actor: String) {
        self.pool = pool
        self.origin = origin
        self.codes = codes
        self.time = time
        self.actor = actor
    }
}
