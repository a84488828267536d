import WeirCatalog
import WeirDecisioning
import WeirDomain
import WeirJSON
import WeirProfiles
import WeirStorage

/// What must be true of people by the accepted events alone, computed the slow and simple way.
struct Shadow {
    private(set) var events: [Event] = []
    private var owners: [String: String] = [:]

    init() {}

    /// What a store's log says.
    init(_ store: any Store) throws {
        for entry in try store.records(after: 0, kinds: [.event], limit: .max) {
            if case .event(let event) = entry.record { accept(event) }
        }
    }

    mutating func accept(_ event: Event) {
        events.append(event)
        guard let user = event.userID else { return }
        if event.kind == .identify, let anonymous = event.anonymousID { tie("anonymous:\(anonymous)", to: user) }
        if event.kind == .alias, let previous = event.context["previousId"]?.string {
            tie("anonymous:\(previous)", to: user)
            let (old, new) = (owner(previous), owner(user))
            if old != new { owners[old] = new }
        }
    }

    private mutating func tie(_ anonymous: String, to user: String) {
        guard owners[anonymous] == nil else { return }
        owners[anonymous] = owner(user)
    }

    private func owner(_ name: String) -> String {
        guard let next = owners[name] else { return name }
        return owner(next)
    }

    func customer(userID: String?, anonymousID: String?) -> CustomerID {
        CustomerID(owner(userID ?? "anonymous:\(anonymousID!)"))
    }

    /// Everyone who has done something.
    var customers: [CustomerID] {
        Set(events.map { customer(userID: $0.userID, anonymousID: $0.anonymousID) }).sorted()
    }

    func events(of customer: CustomerID) -> [Event] {
        events.filter { self.customer(userID: $0.userID, anonymousID: $0.anonymousID) == customer }
    }

    func profile(of customer: CustomerID, _ plan: CatalogPlan) -> Profile {
        var profile = Profile()
        for event in events(of: customer) { profile.apply(event, schema: plan.schema) }
        return profile
    }

    /// The latest stamp speaks, for what it leaves out too; at equal times a refusal wins.
    func isGranted(_ purpose: Purpose, on channel: Channel, to customer: CustomerID, _ plan: CatalogPlan) -> Bool {
        let stamps = events(of: customer).compactMap { event in
            event.context["consent"]?["categoryPreferences"].map { (min(event.eventTime, event.receivedTime), $0) }
        }
        guard let latest = stamps.map(\.0).max() else { return plan.catalog.consentByDefault[purpose] ?? false }
        for category in ["\(purpose):\(channel)", purpose.rawValue]
        where stamps.contains(where: { $0.1[category] != nil }) {
            return stamps.allSatisfy { $0.0 != latest || $0.1[category] == true }
        }
        return false
    }
}
