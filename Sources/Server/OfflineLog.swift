import WeirAccess
package import WeirCatalog
import WeirDomain
import WeirEngine
package import WeirStorage

/// Writes into the access log what the command line did to a store that no server has open.
package func logOffline(_ action: String, _ subject: String, _ detail: String = "", in store: any Store) throws {
    try store.log([
        AccessEntry(
            time: SystemClock().now, actor: "command line", action: action, subject: Redaction.withoutKeys(subject),
            detail: Redaction.withoutKeys(detail))
    ])
}

/// The same for a catalog that was put in force, with each change of a budget.
package func logOffline(_ differences: [CatalogDifference], version: Int, in store: any Store) throws {
    try logOffline("catalog-applied", "version \(version)", "\(differences.count) differences", in: store)
    for difference in differences where difference.isOfMoney {
        try logOffline("budget-changed", difference.path, difference.description, in: store)
    }
}
