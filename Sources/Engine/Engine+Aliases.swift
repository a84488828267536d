import WeirDecisioning
package import WeirDomain
import WeirJSON
import WeirLog
import WeirStorage

extension Engine {
    /// Why an alias goes to the quarantine: it would make one person of two known users, which neither the catalog nor the
    /// rights of who sent it allow.
    ///
    /// What is committed obeys the catalog in any case; this is for whoever sent it, who should be told.
    ///
    /// - Returns: The reason, about the member `previousId`; nil for every other event.
    /// - Throws: What the store throws.
    package func refusal(of event: Event) throws -> String? {
        guard event.kind == .alias, let previous = event.context["previousId"]?.string, let user = event.userID,
            plan?.catalog.mergesUsers != true, !event.mayMergeUsers
        else { return nil }
        let (old, new) = identities.withLock { ($0.current(CustomerID(previous)), $0.current(CustomerID(user))) }
        guard old != new, try isKnown(CustomerID(previous)) || isKnown(old) else { return nil }
        return
            "“previousId” is “\(previous)”, a known user: this alias would make one person of two. Send the anonymous id "
            + "that the person had before, or allow it in weir.yaml with “identity: {merge_users: allowed}”."
    }

    private func isKnown(_ customer: CustomerID) throws -> Bool {
        let isHot = shared.profiles.shard(of: customer).withLock { $0.entries[customer] != nil }
        return try isHot || store.profile(of: customer) != nil
    }
}
