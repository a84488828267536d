import WeirDomain
import WeirJSON
import WeirStorage

/// Which customer an event or a request belongs to.
///
/// A user id is a customer. An anonymous id is one too, under a name of its own, until an identify or alias event ties
/// it to a user id.
struct IdentityMap: Sendable {
    private var customers: [String: CustomerID] = [:]

    /// Two customers that turned out to be one.
    struct Merge: Sendable, Equatable {
        var link: IdentifierLink
        var old: CustomerID
    }

    mutating func restore(_ link: IdentifierLink) { customers["\(link.kind)/\(link.value)"] = link.customer }

    func customer(userID: String?, anonymousID: String?) -> CustomerID? {
        if let userID {
            return customers.isEmpty ? CustomerID(userID) : customers["user_id/\(userID)"] ?? CustomerID(userID)
        }
        guard let anonymousID else { return nil }
        return customers["anonymous_id/\(anonymousID)"] ?? Self.anonymous(anonymousID)
    }

    static func anonymous(_ id: String) -> CustomerID { CustomerID("anonymous:\(id)") }

    /// Notes what an event says about identifiers.
    ///
    /// - Returns: The merges that follow, where an identifier now means another customer than before.
    mutating func note(_ event: Event) -> [Merge] {
        guard let userID = event.userID, let new = customer(userID: userID, anonymousID: nil) else { return [] }
        switch event.kind {
        case .identify:
            return event.anonymousID.flatMap { tie("anonymous_id", $0, to: new) }.map { [$0] } ?? []
        case .alias:
            // The previous id may have been an anonymous or a user id: both readings of it now mean this customer.
            guard let previous = event.context["previousId"]?.string else { return [] }
            return ["anonymous_id", "user_id"].compactMap { tie($0, previous, to: new) }
        default: return []
        }
    }

    private mutating func tie(_ kind: String, _ value: String, to new: CustomerID) -> Merge? {
        let key = "\(kind)/\(value)"
        let old = customers[key] ?? (kind == "user_id" ? CustomerID(value) : Self.anonymous(value))
        guard old != new else { return nil }
        customers[key] = new
        return Merge(link: IdentifierLink(kind: kind, value: value, customer: new), old: old)
    }
}

extension IdentityMap {
    /// Whom a customer of an earlier time has become.
    func current(_ customer: CustomerID) -> CustomerID {
        if customer.rawValue.hasPrefix("anonymous:") {
            return self.customer(userID: nil, anonymousID: String(customer.rawValue.dropFirst(10))) ?? customer
        }
        return self.customer(userID: customer.rawValue, anonymousID: nil) ?? customer
    }
}
