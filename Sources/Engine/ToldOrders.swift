package import WeirDomain
import WeirJSON

/// What orders have added to figures so far, so that an order told again adds only the difference.
///
/// Remembers some hundred thousand orders; one that is told again after as many others adds up once more.
package struct ToldOrders: Sendable {
    private struct Telling: Sendable {
        /// When its earliest telling happened.
        var first: Timestamp
        var newest: Timestamp
        /// Whether it says what the order is worth; one that does not never stands for one that does.
        var isValued: Bool
        /// What it added to each figure, and whether it was counted at all.
        var amounts: [Double]
        var isCounted: Bool
    }

    /// What a telling changes.
    package struct Change {
        /// When the order happened.
        package var time: Timestamp
        /// By figure; 0 where nothing changes.
        package var amounts: [Double]
    }

    private static let generation = 100_000

    /// By the stable hash of the order's id: those of late, and those before them.
    private var recent: [UInt64: Telling] = [:]
    private var before: [UInt64: Telling] = [:]

    package init() {}

    /// Whether the order has been told.
    package func knows(_ id: String) -> Bool {
        let key = StableHash.of(id)
        return recent[key] != nil || before[key] != nil
    }

    /// Takes a telling of an order.
    ///
    /// - Parameters:
    ///   - isValued: Whether it says what the order is worth.
    ///   - amounts: What it would add if it were the first.
    ///   - isCounted: Whether it would count then.
    /// - Returns: What to add; nil where nothing changes.
    package mutating func tell(
        _ id: String, by event: Event, isValued: Bool, amounts: [Double], isCounted: Bool
    ) -> Change? {
        let key = StableHash.of(id)
        guard var known = recent[key] ?? before[key] else {
            keep(
                Telling(
                    first: event.eventTime, newest: event.eventTime, isValued: isValued,
                    amounts: amounts, isCounted: isCounted), key)
            return isCounted ? Change(time: event.eventTime, amounts: amounts) : nil
        }
        known.first = min(known.first, event.eventTime)
        defer { keep(known, key) }
        // Of two of one moment the one that came later is the newer.
        guard isValued != known.isValued ? isValued : event.eventTime >= known.newest else { return nil }
        let change = zip(amounts, known.amounts).map { $0 - $1 }
        (known.newest, known.isValued, known.amounts) = (event.eventTime, isValued, amounts)
        return known.isCounted && change.contains { $0 != 0 } ? Change(time: known.first, amounts: change) : nil
    }

    private mutating func keep(_ telling: Telling, _ key: UInt64) {
        if recent.count >= Self.generation, recent[key] == nil {
            before = recent
            recent = [:]
        }
        recent[key] = telling
    }
}
