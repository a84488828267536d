public import WeirDomain
import WeirProfiles

extension Situation {
    /// Whether it holds of each thing that a decision at its placement looks at as many values as the plan has.
    ///
    /// What a program wrote down fits the catalog that it was written under; what was damaged since may not, and nothing may
    /// be decided or learned from it.
    public func fits(_ plan: CatalogPlan) -> Bool {
        guard let placement = plan.placement(placement) else { return false }
        return features.count == plan.schema.scalars.count
            && affinities.count == placement.candidates.count * plan.schema.keyed.count
            && consents.count == plan.consents.count && cappedBy.count == placement.candidates.count
            && available.count == placement.accounts.count && prices.count == placement.accounts.count
    }
}

extension DecisionRecord {
    /// Makes sure that what is looked up in a plan by this record's numbers is there.
    ///
    /// - Parameter plan: The catalog of the record's version.
    /// - Throws: `DamagedRecord` where the record does not fit the plan.
    public func check(against plan: CatalogPlan) throws(DamagedRecord) {
        let candidates = decision.candidates.lazy.map(\.offer)
        guard situation.fits(plan), plan.placement(situation.placement)?.candidates.elementsEqual(candidates) == true
        else { throw DamagedRecord(offset: 0) }
    }
}
