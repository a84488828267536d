import WeirDecisioning
import WeirDomain
import WeirLimits
import WeirLog
import WeirStorage

/// Who is who: says when two customers turn out to be one.
///
/// Two people with user ids become one only where the catalog or the rights of who sent the alias allow it, and nobody gets more identifiers than a person may
/// have: whoever may send events could otherwise give one person's life to another, or make one of all.
struct IdentityFollower: Follower {
    static let follows: [RecordKind] = [.event, .link]

    private let shared: SharedState

    init(_ shared: SharedState) { self.shared = shared }

    mutating func follow(
        _ entry: Sequenced, _ attachment: Attachment, _ context: inout FollowerContext
    ) throws -> [Effect] {
        switch entry.record {
        case .event(let event):
            let mergesUsers = event.mayMergeUsers || context.plan?.catalog.mergesUsers ?? false
            var isFull = false
            let merges = shared.identities.withLock { identities in
                identities.tieIdentifiers(of: event) { proposal in
                    guard proposal.identifiers <= Limits.Person.standard.identifiers else {
                        isFull = true
                        return false
                    }
                    return mergesUsers || !proposal.joinsUsers
                }
            }
            if isFull { shared.limitCounts.countHit(of: .identifiers) }
            return merges.map { .record(.link($0.link)) }
        case .link:
            context.forgetSubject()
            return []
        default: return []
        }
    }

    mutating func restore(from recovery: inout Recovery) throws {
        let links = try recovery.store.links()
        shared.identities.withLock { $0 = IdentityMap(restoring: links) }
    }
}

extension IdentifierLink {
    /// The customer that has become another one.
    var old: CustomerID { kind == "anonymous_id" ? IdentityMap.anonymous(value) : CustomerID(value) }
}
