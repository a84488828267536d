package import WeirDomain
package import WeirStorage

extension IdentityMap {
    /// Whom an event or a decision is about; nil for other records and for events about nobody.
    package func customer(of record: Record) -> CustomerID? {
        switch record {
        case .event(let event): customer(userID: event.userID, anonymousID: event.anonymousID)
        case .decision(let decision): current(decision.customer)
        default: nil
        }
    }
}

extension Event {
    /// Whom it came in for; who that has become is for the identities to say.
    package var customer: CustomerID? {
        userID.map { CustomerID($0) } ?? anonymousID.map { IdentityMap.anonymous($0) }
    }
}
