package import WeirDomain
import WeirJSON
package import WeirStorage

/// Which customer an event or a request belongs to.
///
/// A user id is a customer. An anonymous id is one too, under a name of its own, until an identify or alias event ties
/// it to a user id. Customers only ever become one, so whoever reads the log later sees everything of a person together,
/// whichever identifier it came with.
package struct IdentityMap: Sendable {
    /// Whom a customer has become; may have become someone else since, so it is followed to its end.
    private var successors: [CustomerID: CustomerID] = [:]

    /// Two customers that turned out to be one.
    package struct Merge: Sendable, Equatable {
        package var link: IdentifierLink
        package var old: CustomerID
    }

    package init() {}

    package init(restoring links: [IdentifierLink]) {
        for link in links { restore(link) }
    }

    package static func anonymous(_ id: String) -> CustomerID { CustomerID(CustomerID.anonymousPrefix + id) }

    package mutating func restore(_ link: IdentifierLink) {
        let old = link.kind == "anonymous_id" ? Self.anonymous(link.value) : CustomerID(link.value)
        successors[old] = link.customer
    }

    package func customer(userID: String?, anonymousID: String?) -> CustomerID? {
        if let userID { return current(CustomerID(userID)) }
        return anonymousID.map { current(Self.anonymous($0)) }
    }

    /// Whom a customer of an earlier time has become.
    package func current(_ customer: CustomerID) -> CustomerID {
        var customer = customer
        while let successor = successors[customer] { customer = successor }
        return customer
    }

    /// Ties the identifiers that an event says belong together.
    ///
    /// - Returns: The merges that follow, where a customer turned out to be another one.
    package mutating func tieIdentifiers(of event: Event) -> [Merge] {
        guard let userID = event.userID else { return [] }
        switch event.kind {
        case .identify:
            guard let anonymousID = event.anonymousID else { return [] }
            return [tie(Self.anonymous(anonymousID), to: CustomerID(userID))].compactMap(\.self)
        case .alias:
            // The previous id may have been an anonymous or a user id: both readings of it now mean this customer.
            guard let previous = event.context["previousId"]?.string else { return [] }
            return [
                tie(Self.anonymous(previous), to: CustomerID(userID)),
                merge(current(CustomerID(previous)), into: current(CustomerID(userID))),
            ].compactMap(\.self)
        default: return []
        }
    }

    /// Ties an anonymous id to a user, unless it belongs to one already: two people who log in on one device are two
    /// people, and the second must not inherit what is known of the first.
    private mutating func tie(_ anonymous: CustomerID, to user: CustomerID) -> Merge? {
        let old = current(anonymous)
        guard old.rawValue.hasPrefix(CustomerID.anonymousPrefix) else { return nil }
        return merge(old, into: current(user))
    }

    private mutating func merge(_ old: CustomerID, into new: CustomerID) -> Merge? {
        guard old != new else { return nil }
        successors[old] = new
        let isAnonymous = old.rawValue.hasPrefix(CustomerID.anonymousPrefix)
        let value = isAnonymous ? String(old.rawValue.dropFirst(CustomerID.anonymousPrefix.count)) : old.rawValue
        return Merge(
            link: IdentifierLink(kind: isAnonymous ? "anonymous_id" : "user_id", value: value, customer: new), old: old)
    }
}
