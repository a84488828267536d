package import WeirDecisioning
package import WeirStorage

/// The catalogs of a log, each compiled once, when it is first asked for, for all who read the log together.
package final class LoggedPlans {
    private let store: any Store
    private var plans: [Int: CatalogPlan] = [:]

    package init(store: any Store) { self.store = store }

    /// The plan of the newest catalog; nil for a log without any.
    ///
    /// - Throws: What the store throws.
    package func newest() throws -> CatalogPlan? {
        try store.catalog(version: nil).map { try plan(of: $0) }
    }

    /// - Throws: `DamagedRecord` where the log has no such version, or what the store throws.
    package func plan(version: Int) throws -> CatalogPlan {
        if let plan = plans[version] { return plan }
        let plan = try store.plan(version: version)
        plans[version] = plan
        return plan
    }

    /// The plan of a catalog that was read already.
    ///
    /// - Throws: `CatalogFaults` for a damaged store.
    package func plan(of catalog: StoredCatalog) throws -> CatalogPlan {
        if let plan = plans[catalog.version] { return plan }
        let plan = try catalog.compiled()
        plans[catalog.version] = plan
        return plan
    }
}
