public import WeirDomain
import WeirCatalog
public import WeirProfiles

extension DecisionRecord {
    /// The chosen offer's message with the person's traits and the moment filled in; nil where nothing was chosen.
    ///
    /// - Parameter plan: The catalog of the record's version.
    public func message(_ plan: CatalogPlan) -> String? {
        guard let chosen = decision.chosen else { return nil }
        let offer = plan.offers[decision.candidates[chosen].offer]
        return offer.message.render(offer: asGiven(offer.offer), traits: situation.traits, context: situation.context)
    }

    /// An offer with the code that the person gets: the one that was drawn for them, else the one for all.
    public func asGiven(_ offer: Offer) -> Offer {
        guard let code = situation.code else { return offer }
        var given = offer
        given.coupon = code
        return given
    }

    /// What the frequency caps count of it; nil where nothing was given.
    ///
    /// - Parameter plan: The catalog of the record's version.
    public func recentDecision(_ plan: CatalogPlan) -> RecentDecision? {
        guard decision.assignment == .treated, let chosen = decision.chosen else { return nil }
        let offer = plan.offers[decision.candidates[chosen].offer]
        let campaign = plan.campaigns[offer.campaign].campaign
        return RecentDecision(
            time: situation.time, offer: offer.offer.id, campaign: campaign.id, channel: campaign.channel)
    }

    /// The goal whose outcome is awaited, and the code by which a till reports it; nil where nothing can be.
    ///
    /// - Parameter plan: The catalog of the record's version.
    public func awaitedOutcome(_ plan: CatalogPlan) -> (goal: Goal, coupon: String?)? {
        if let chosen = decision.chosen {
            let offer = plan.offers[decision.candidates[chosen].offer]
            return (plan.goals[offer.goal], asGiven(offer.offer).coupon)
        }
        // Doing nothing is an action whose outcome counts wherever the goal can be reached without an offer.
        return decision.candidates.lazy.map { plan.goals[plan.offers[$0.offer].goal] }
            .first { $0.baseline == .learned }.map { ($0, nil) }
    }
}
