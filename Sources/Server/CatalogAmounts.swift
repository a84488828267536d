import Synchronization
import WeirDecisioning
import WeirIngestion

/// The amounts that the catalog in force adds up, worked out once for each version of it.
final class CatalogAmounts: Sendable {
    private let known = Mutex<(version: Int, fields: AmountFields)?>(nil)

    func fields(of plan: CatalogPlan) -> AmountFields {
        known.withLock { known in
            if let known, known.version == plan.version { return known.fields }
            let fields = AmountFields(of: plan.catalog)
            known = (plan.version, fields)
            return fields
        }
    }
}
