import WeirDomain
import WeirJSON

/// Orders that were told lately and joined nothing, by who made them: when two customers turn out to be one, an order of the
/// one may belong to a decision of the other.
///
/// Remembers some ten thousand; a shop's people log in soon after they buy, or never.
struct RecentOrders: Sendable {
    private static let generation = 8_192
    /// An order is remembered whole, so that long ones are not.
    private static let longest = 4_096

    /// Those of late, and those before them.
    private var recent: [CustomerID: [Event]] = [:]
    private var before: [CustomerID: [Event]] = [:]
    private var count = 0

    /// Takes an order that joined nothing.
    mutating func append(_ event: Event, of customer: CustomerID) {
        guard event.properties.bytes.count <= Self.longest else { return }
        if count >= Self.generation {
            before = recent
            recent = [:]
            count = 0
        }
        count += 1
        recent[customer, default: []].append(event)
    }

    /// The orders of a customer, in the order in which they were told.
    func orders(of customer: CustomerID) -> [Event] { (before[customer] ?? []) + (recent[customer] ?? []) }

    /// Two customers turned out to be one.
    mutating func move(_ old: CustomerID, to new: CustomerID) {
        if let orders = recent.removeValue(forKey: old) { recent[new, default: []] += orders }
        if let orders = before.removeValue(forKey: old) { before[new, default: []] += orders }
    }

    /// Forgets the orders of a customer, which have been looked at.
    mutating func forget(_ customer: CustomerID, where isJoined: (Event) -> Bool) {
        recent[customer]?.removeAll(where: isJoined)
        before[customer]?.removeAll(where: isJoined)
    }
}
