public import WeirDomain
public import WeirProfiles

extension Situation {
    /// The situation of a request, but for the money: what is left and what it costs is asked of the ledger.
    ///
    /// Everything in it follows from the arguments, so an audit that has the person's profile as of the decision derives
    /// the same again.
    ///
    /// - Parameters:
    ///   - request: What is asked, at `placement`.
    ///   - time: The moment decided for.
    ///   - profile: Of the person, at that moment.
    ///   - recentDecisions: What frequency caps look at: the profile's, and those that are not in the log yet.
    ///   - modelVersion: The last lesson of the models used.
    ///   - stoppedArms: Of all experiments; those that cannot matter at the placement are left out.
    public init(
        deriving request: DecisionRequest, id: DecisionID, customer: CustomerID, at time: Timestamp,
        from profile: Profile, recentDecisions: [RecentDecision], plan: CatalogPlan, placement: PlacementPlan,
        modelVersion: Int64, stoppedArms: [StoppedArm] = []
    ) {
        self.init(
            id: id, customer: customer, placement: request.placement, time: time, catalogVersion: plan.version,
            modelVersion: modelVersion, context: request.context, traits: plan.traits(of: profile),
            given: request.given, features: profile.features(at: time, schema: plan.schema),
            affinities: plan.affinities(of: profile, at: time, placement: placement),
            consents: plan.consents(by: profile.consent, hasAnswered: profile.hasAnswered),
            cappedBy: plan.capHits(among: recentDecisions, at: time, placement: placement), available: [], prices: [],
            stoppedArms: plan.stoppedArms(stoppedArms, placement: placement),
            baskets: plan.baskets(of: profile))
    }

    /// The same situation with all that comes from the person derived once more.
    ///
    /// - Parameters:
    ///   - profile: Of the person, at the situation's moment.
    ///   - recentDecisions: What frequency caps look at.
    ///   - plan: The catalog of the situation's version.
    package func derivedAgain(
        from profile: Profile, recentDecisions: [RecentDecision], plan: CatalogPlan
    ) -> Situation {
        guard let placement = plan.placement(self.placement) else {
            preconditionFailure("the placement must be one of the plan's")
        }
        var again = self
        again.traits = plan.traits(of: profile)
        again.features = profile.features(at: time, schema: plan.schema)
        again.affinities = plan.affinities(of: profile, at: time, placement: placement)
        again.consents = plan.consents(by: profile.consent, hasAnswered: profile.hasAnswered)
        again.baskets = plan.baskets(of: profile)
        again.cappedBy = plan.capHits(among: recentDecisions, at: time, placement: placement)
        return again
    }
}
