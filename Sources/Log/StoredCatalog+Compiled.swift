import WeirCatalog
package import WeirDecisioning
import WeirDomain
package import WeirStorage

extension StoredCatalog {
    /// The catalog, read and made ready for deciding.
    ///
    /// - Throws: `CatalogFaults`, for files that `weir apply` would refuse; the like for a damaged store.
    package func compiled() throws -> CatalogPlan {
        var catalog = try readCatalog(files.map { CatalogFile(name: $0.name, text: $0.text) })
        if !ordersHaveIdentity { catalog.orders = nil }
        return try CatalogPlan(catalog, version: version, inputsAreBounded: inputsAreBounded)
    }
}

extension Store {
    /// The plan of a catalog of the log.
    ///
    /// - Throws: `DamagedRecord` where the log has no such version, or what the store throws.
    package func plan(version: Int) throws -> CatalogPlan {
        guard let stored = try catalog(version: version) else { throw DamagedRecord(offset: 0) }
        return try stored.compiled()
    }
}
