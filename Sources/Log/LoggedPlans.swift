package import WeirDecisioning
package import WeirStorage

/// The catalogs of a log, each compiled once, when it is first asked for.
package struct LoggedPlans {
    private let store: any Store
    private var plans: [Int: CatalogPlan] = [:]

    /// - Parameter plans: Compiled already.
    package init(store: any Store, plans: [CatalogPlan] = []) {
        self.store = store
        for plan in plans { self.plans[plan.version] = plan }
    }

    /// The plan of the newest catalog; nil for a log without any.
    ///
    /// - Throws: What the store throws.
    package mutating func newest() throws -> CatalogPlan? {
        guard let stored = try store.catalog(version: nil) else { return nil }
        if let plan = plans[stored.version] { return plan }
        let plan = try stored.compiled()
        plans[stored.version] = plan
        return plan
    }

    /// - Throws: `DamagedRecord` where the log has no such version, or what the store throws.
    package mutating func plan(version: Int) throws -> CatalogPlan {
        if let plan = plans[version] { return plan }
        let plan = try store.plan(version: version)
        plans[version] = plan
        return plan
    }

    /// A logged decision as it was made, with the plan that it was made under.
    ///
    /// - Throws: `DamagedRecord`, or what the store throws.
    package mutating func decoded(_ stored: StoredDecision) throws -> (record: DecisionRecord, plan: CatalogPlan) {
        let record = try DecisionRecord(decoding: stored.body)
        return (record, try plan(version: record.situation.catalogVersion))
    }
}
