public import WeirDomain
import WeirJSON

/// What a person's profile remembers of one order, so that an order told again is the same order and a refund finds its
/// own, whichever comes first.
///
/// What it holds follows from the events, whatever order they came in, but where an order is told in two ways of one moment:
/// there the one that came later counts.
public struct KnownOrder: Sendable, Equatable {
    /// A refund or cancellation of the order.
    struct Refund: Sendable, Equatable {
        /// Of the event's name.
        var name: UInt64
        /// What tells one refund from another of that name: its own id, of which it may be a part, else its moment and amount.
        var id: UInt64
        /// In millionths of major units; nil for one that names no amount, which takes back all.
        var amount: Int64?
    }

    /// What the order counts for in a count or sum of the features.
    struct Contribution: Sendable, Equatable {
        /// Of the cell, without its day.
        var order: UInt64
        /// 1, or millionths.
        var amount: Int64
    }

    /// Stable hash of the order's id.
    let key: UInt64
    /// When its earliest telling happened; nil before one came.
    public internal(set) var time: Timestamp?
    /// When its newest telling that says what it is worth happened, which says what is true of it; where none does, the newest.
    var newest: Timestamp?
    /// What its newest telling says that it is worth, in millionths of major units; nil where it says nothing.
    var value: Int64?
    var contributions: [Contribution] = []
    var refunds: [Refund] = []
    /// Not of a profile.
    private var isWhollyRefunded = false

    init(key: UInt64) { self.key = key }

    static func key(of id: String) -> UInt64 { StableHash.of(id) }

    /// Which share of the order has been taken back, in 0 … 1.
    ///
    /// - Parameter name: Of the events that take it back; nil means any.
    public func refundedShare(by name: String?) -> Double {
        if isWhollyRefunded { return 1 }
        let hash = name.map { StableHash.of($0) }
        let cancelled = StableHash.of(Orders.cancellation)
        let counted = refunds.filter { hash == nil || $0.name == hash || $0.name == cancelled }
        guard !counted.isEmpty else { return 0 }
        guard let value, value > 0, counted.allSatisfy({ $0.amount != nil }) else { return 1 }
        var sum = 0.0
        // In the order of their ids, so that the shares of one refund stand together.
        var rest = counted[...]
        while let first = rest.first {
            let parts = rest.prefix { $0.name == first.name && $0.refund == first.refund }
            // A refund that one source tells by its lines and another as a whole is one.
            let lines = parts.lazy.filter(\.isOfLines).reduce(0) { $0 + Double($1.amount ?? 0) }
            let whole = Set(parts.filter { !$0.isOfLines }.compactMap(\.amount)).sorted().reduce(0) { $0 + Double($1) }
            sum += max(lines, whole) / Double(value)
            rest = rest.dropFirst(parts.count)
        }
        // A cent of rounding is no rest.
        return sum > 0.9995 ? 1 : max(0, sum)
    }

    /// Of which nothing else is known.
    package init(whollyRefunded: Bool) {
        key = 0
        isWhollyRefunded = whollyRefunded
    }

    /// With what another person's profile knows of the refunds of the same order.
    package func joined(with other: KnownOrder?) -> KnownOrder {
        var joined = self
        if joined.value == nil { joined.value = other?.value }
        for refund in other?.refunds ?? [] { joined.recordRefund(refund) }
        return joined
    }

    // MARK: Tellings

    mutating func recordRefund(_ refund: Refund) {
        guard let known = refunds.firstIndex(where: { $0.name == refund.name && $0.id == refund.id }) else {
            let place = refunds.firstIndex { ($0.name, $0.id) > (refund.name, refund.id) } ?? refunds.endIndex
            return refunds.insert(refund, at: place)
        }
        // The same refund told with another amount: the greater, whichever came first.
        guard let old = refunds[known].amount, let new = refund.amount else { return refunds[known].amount = nil }
        refunds[known].amount = max(old, new)
    }

    /// Whether a telling is newer than the one that counts, or the first that says what the order is worth: one that does
    /// not, such as a further line in an export or a status, never stands for one that does.
    func isOutdated(by time: Timestamp, value: Int64?) -> Bool {
        guard let newest else { return true }
        guard (value == nil) == (self.value == nil) else { return value != nil }
        // Of two of one moment, as a rolling export tells a corrected order, the one that came later is the newer.
        return time >= newest
    }

    /// Whether a telling that has been taken in is the one that counts.
    package func isNewest(_ event: Event, orders: Orders) -> Bool {
        guard let newest else { return true }
        return min(event.eventTime, event.receivedTime) >= newest && (value == nil || orders.value(of: event) != nil)
    }

    /// What its newest telling says that it is worth, in minor units; nil where it says nothing.
    package func worth(in currency: Currency) -> Int64? {
        var scale: Int64 = 1_000_000
        for _ in 0..<currency.minorDigits { scale /= 10 }
        return value.flatMap { $0 < 0 ? nil : $0 / scale + ($0 % scale >= scale - scale / 2 ? 1 : 0) }
    }

    /// The moment that matters for how long it is remembered.
    var lastMoment: Timestamp { newest ?? Timestamp(microseconds: .max) }
}

extension KnownOrder.Refund {
    /// - Parameter isWhole: Whether it takes back all, whatever amount stands in it: a cancellation repeats what the order said.
    init(of event: Event, orders: Orders, isWhole: Bool = false) {
        name = StableHash.of(event.name)
        amount = isWhole ? nil : orders.refund(by: event).map { JSON.number($0).millionths ?? 0 }
        let told = event.properties.present("refund_id") ?? event.properties.present("refundId")
        if let own = told.flatMap({ $0.string ?? $0.integer.map { String($0) } }).flatMap({ Orders.id($0) }) {
            id = Self.id(own, of: event, orders, amount: amount)
        } else if amount == nil {
            id = 0  // Twice all is all.
        } else {
            id = StableHash.mixed(UInt64(bitPattern: event.eventTime.microseconds) ^ UInt64(bitPattern: amount ?? 0))
        }
    }

    /// Of the refund in the upper half, in the lower of the part of it: its lines, else its amount, since a sender that tells
    /// the lines of a refund one by one tells another amount each time, and one that repeats itself the same.
    ///
    /// Where a refund goes by its order's number, its amount is what was given back so far, and all tellings are one.
    private static func id(_ own: String, of event: Event, _ orders: Orders, amount: Int64?) -> UInt64 {
        let refund = StableHash.of(own) & ~UInt64(UInt32.max)
        guard own != orders.id(of: event), let amount else { return refund }
        let lines = lines(of: event, orders)
        let part = lines.isEmpty ? StableHash.mixed(UInt64(bitPattern: amount)) : StableHash.of(lines)
        return refund | part & UInt64(UInt32.max >> 1) | (lines.isEmpty ? 0 : UInt64(1) << 31)
    }

    /// What a refund says of which lines it gives back; empty where it says nothing.
    private static func lines(of event: Event, _ orders: Orders) -> String {
        let members = ["line_id", "line_item_id", "lineItemId", "line", "product_id", "productId", "sku", "variant"]
        func names(of line: JSON) -> [String] {
            members.compactMap { name in line.present(name).map { "\(name)=\($0.string ?? $0.text)" } }
        }
        var told = names(of: event.properties)
        for line in event.properties.values(at: orders.lines).flatMap({ $0.array ?? [$0] }) { told += names(of: line) }
        return told.sorted().joined(separator: "\n")
    }

    /// Of which refund it is a part.
    fileprivate var refund: UInt64 { id >> 32 }

    /// Whether it names the lines that it gives back.
    fileprivate var isOfLines: Bool { id & (UInt64(1) << 31) != 0 }
}
