package import WeirDecisioning
package import WeirStorage

/// A decision of the log, decoded when somebody first asks for it, and once for all who read the log together.
package final class LoggedDecision {
    package let stored: StoredDecision
    private let plans: LoggedPlans
    private var decoded: DecisionRecord?

    package init(_ stored: StoredDecision, plans: LoggedPlans) {
        self.stored = stored
        self.plans = plans
    }

    /// What it looked at and what it found.
    package var record: DecisionRecord {
        get throws {
            if let decoded { return decoded }
            let record = try DecisionRecord(decoding: stored.body)
            decoded = record
            return record
        }
    }

    /// The catalog that it was made under.
    package var plan: CatalogPlan {
        get throws { try plans.plan(version: record.situation.catalogVersion) }
    }
}
