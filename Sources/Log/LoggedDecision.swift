package import WeirDecisioning
package import WeirStorage

/// A decision of the log, decoded when somebody first asks for it, and once for all who read the log together.
package final class LoggedDecision {
    package let stored: StoredDecision
    private let plans: LoggedPlans
    private var decoded: DecisionRecord?
    private var isChecked = false

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
    ///
    /// - Throws: `DamagedRecord` also where the record does not fit it, so that none of its numbers leads astray there.
    package var plan: CatalogPlan {
        get throws {
            let record = try record
            let plan = try plans.plan(version: record.situation.catalogVersion)
            if !isChecked { try record.check(against: plan) }
            isChecked = true
            return plan
        }
    }
}
