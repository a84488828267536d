import WeirDomain
import WeirLog
import WeirStorage

/// Who is who: says when two customers turn out to be one.
struct IdentityFollower: Follower {
    static let follows: [RecordKind] = [.event, .link]

    private let shared: SharedState

    init(_ shared: SharedState) { self.shared = shared }

    mutating func follow(
        _ entry: Sequenced, _ attachment: Attachment, _ context: inout FollowerContext
    ) throws -> [Effect] {
        switch entry.record {
        case .event(let event):
            return shared.identities.withLock { $0.tieIdentifiers(of: event) }.map { .record(.link($0.link)) }
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
