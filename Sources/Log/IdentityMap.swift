package import WeirDomain
import WeirJSON
package import WeirStorage

/// Which customer an event or a request belongs to.
///
/// A user id is a customer. An anonymous id is one too, under a name of its own, until an identify or alias event ties
/// it to a user id. Customers only ever become one, so whoever reads the log later sees everything of a person together,
/// whichever identifier it came with.
///
/// Complexity: whom a customer has become takes one look-up, whatever was tied to what before. A merge renames the smaller of
/// the two groups, so that nobody is renamed more often than the logarithm of the size of the group.
package struct IdentityMap: Sendable {
    /// Customers who are one person.
    private struct Group: Sendable {
        /// The one whose name they all bear now.
        var customer: CustomerID
        var members: [CustomerID]
    }

    /// Empty where its members have gone over to another one.
    private var groups: [Group] = []
    /// Where the group of a customer stands; nothing of somebody who was never tied to anybody. In parts, so that none of
    /// them takes long to grow.
    private var places: [[CustomerID: Int32]] = Array(repeating: [:], count: parts)
    private static let parts = 256

    /// Two customers that turned out to be one.
    package struct Merge: Sendable, Equatable {
        package var link: IdentifierLink
        package var old: CustomerID
    }

    /// What an event says: that two customers are one.
    package struct Proposal: Sendable {
        /// Who would become `new`, as they are named now.
        package var old: CustomerID
        package var new: CustomerID
        /// How many customers would be one then.
        package var identifiers: Int

        /// Whether somebody with a user id would become another one.
        package var joinsUsers: Bool { !old.rawValue.hasPrefix(CustomerID.anonymousPrefix) }
    }

    package init() {}

    package init(restoring links: [IdentifierLink]) {
        for link in links { restore(link) }
    }

    package static func anonymous(_ id: String) -> CustomerID { CustomerID(CustomerID.anonymousPrefix + id) }

    package mutating func restore(_ link: IdentifierLink) {
        let old = link.kind == "anonymous_id" ? Self.anonymous(link.value) : CustomerID(link.value)
        join(current(old), into: current(link.customer))
    }

    package func customer(userID: String?, anonymousID: String?) -> CustomerID? {
        if let userID { return current(CustomerID(userID)) }
        return anonymousID.map { current(Self.anonymous($0)) }
    }

    /// Whom a customer of an earlier time has become.
    package func current(_ customer: CustomerID) -> CustomerID {
        place(of: customer).map { groups[$0].customer } ?? customer
    }

    /// Ties the identifiers that an event says belong together.
    ///
    /// - Parameter isAllowed: Says of each merge that would follow whether it may.
    /// - Returns: The merges that follow, where a customer turned out to be another one.
    package mutating func tieIdentifiers(
        of event: Event, where isAllowed: (Proposal) -> Bool = { _ in true }
    ) -> [Merge] {
        guard let userID = event.userID else { return [] }
        switch event.kind {
        case .identify:
            guard let anonymousID = event.anonymousID else { return [] }
            return [tie(Self.anonymous(anonymousID), to: CustomerID(userID), isAllowed)].compactMap(\.self)
        case .alias:
            // The previous id may have been an anonymous or a user id: both readings of it now mean this customer.
            guard let previous = event.context["previousId"]?.string else { return [] }
            return [
                tie(Self.anonymous(previous), to: CustomerID(userID), isAllowed),
                merge(current(CustomerID(previous)), into: current(CustomerID(userID)), isAllowed),
            ].compactMap(\.self)
        default: return []
        }
    }

    /// Ties an anonymous id to a user, unless it belongs to one already: two people who log in on one device are two
    /// people, and the second must not inherit what is known of the first.
    private mutating func tie(
        _ anonymous: CustomerID, to user: CustomerID, _ isAllowed: (Proposal) -> Bool
    ) -> Merge? {
        let old = current(anonymous)
        guard old.rawValue.hasPrefix(CustomerID.anonymousPrefix) else { return nil }
        return merge(old, into: current(user), isAllowed)
    }

    private mutating func merge(
        _ old: CustomerID, into new: CustomerID, _ isAllowed: (Proposal) -> Bool
    ) -> Merge? {
        guard old != new else { return nil }
        guard isAllowed(Proposal(old: old, new: new, identifiers: size(of: old) + size(of: new))) else { return nil }
        join(old, into: new)
        let isAnonymous = old.rawValue.hasPrefix(CustomerID.anonymousPrefix)
        let value = isAnonymous ? String(old.rawValue.dropFirst(CustomerID.anonymousPrefix.count)) : old.rawValue
        return Merge(
            link: IdentifierLink(kind: isAnonymous ? "anonymous_id" : "user_id", value: value, customer: new), old: old)
    }

    // MARK: Groups

    private static func part(of customer: CustomerID) -> Int { customer.hashValue & (parts - 1) }

    private func place(of customer: CustomerID) -> Int? {
        places[Self.part(of: customer)][customer].map { Int($0) }
    }

    private func size(of customer: CustomerID) -> Int { place(of: customer).map { groups[$0].members.count } ?? 1 }

    /// Makes one group of two customers', under the second's name; nothing where they are one already.
    private mutating func join(_ old: CustomerID, into new: CustomerID) {
        guard old != new else { return }
        var (kept, gone) = (placeOrNew(of: new), placeOrNew(of: old))
        if groups[kept].members.count < groups[gone].members.count { swap(&kept, &gone) }
        for member in groups[gone].members { places[Self.part(of: member)][member] = Int32(kept) }
        groups[kept].members += groups[gone].members
        groups[gone].members = []
        groups[kept].customer = new
    }

    private mutating func placeOrNew(of customer: CustomerID) -> Int {
        if let place = place(of: customer) { return place }
        groups.append(Group(customer: customer, members: [customer]))
        places[Self.part(of: customer)][customer] = Int32(groups.count - 1)
        return groups.count - 1
    }
}
