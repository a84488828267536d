import WeirCatalog
import WeirDecisioning
import WeirDomain
import WeirLog
import WeirStorage

/// Keeps the comparison of those who can get offers with those held out.
struct HoldoutFollower: Follower {
    static let follows: [RecordKind] = [.event, .decision, .link]

    private var tally = HoldoutTally()

    var figures: HoldoutComparison { tally.comparison }

    mutating func follow(
        _ entry: Sequenced, _ attachment: Attachment, _ context: inout FollowerContext
    ) throws -> [Effect] {
        guard let plan = context.plan else { return [] }
        switch entry.record {
        case .event(let event):
            guard plan.catalog.metric?.counts(event, plan.catalog.orders) == true,
                let customer = context.customer(of: event)
            else { return [] }
            tally.credit(event, of: customer, plan)
        case .decision(let decision):
            let customer = context.customer(of: decision)
            tally.enter(customer, isHeldOut: plan.isHeldOut(customer))
        case .link(let link):
            let (old, new) = (link.old, link.customer)
            tally.merge(old, isHeldOut: plan.isHeldOut(old), into: new, isHeldOut: plan.isHeldOut(new))
        default: break
        }
        return []
    }

    mutating func restore(from recovery: inout Recovery) throws {
        guard let plan = try recovery.plan(), plan.catalog.metric != nil else { return }
        let recovery = recovery
        try recovery.store.forEachRecord(after: 0, kinds: [.event, .decision]) { entry in
            guard let customer = recovery.customer(of: entry.record) else { return }
            switch entry.record {
            case .event(let event):
                guard plan.catalog.metric?.counts(event, plan.catalog.orders) == true else { return }
                tally.credit(event, of: customer, plan)
            case .decision: tally.enter(customer, isHeldOut: plan.isHeldOut(customer))
            default: break
            }
        }
    }
}
