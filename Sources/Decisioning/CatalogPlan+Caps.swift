package import WeirDomain
package import WeirProfiles

extension CatalogPlan {
    /// For each candidate of a placement the first cap that is reached, its campaign's before the catalog's; nil where none
    /// is.
    package func capHits(
        among recentDecisions: [RecentDecision], at time: Timestamp, placement: PlacementPlan
    ) -> [CapHit?] {
        guard !recentDecisions.isEmpty else { return [CapHit?](repeating: nil, count: placement.candidates.count) }
        var campaign = -1
        // Of the campaign's caps whether each is reached, whichever offer it is; nil where it looks at the offer.
        var isReached: [Bool?] = []
        return placement.candidates.map { index in
            let offer = offers[index]
            let plan = campaigns[offer.campaign]
            if offer.campaign != campaign {
                campaign = offer.campaign
                isReached = plan.caps.map { cap in
                    cap.scope == .offer
                        ? nil
                        : cap.isReached(by: recentDecisions, at: time, offer: offer.offer.id, campaign: plan.campaign)
                }
            }
            let hit = plan.caps.indices.first { number in
                isReached[number]
                    ?? plan.caps[number].isReached(
                        by: recentDecisions, at: time, offer: offer.offer.id, campaign: plan.campaign)
            }
            return hit.map { CapHit(plan.caps[$0]) }
        }
    }
}

extension Cap {
    /// Whether one more offer would be one too many.
    ///
    /// A decision counts from its own moment on until it is `per` old; one that is exactly so old counts no more, and none
    /// that comes after `time` counts.
    func isReached(
        by recentDecisions: [RecentDecision], at time: Timestamp, offer: OfferID, campaign: Campaign
    ) -> Bool {
        let since = time - per
        var count = 0
        for recent in recentDecisions where recent.time > since && recent.time <= time {
            let isCounted =
                switch scope {
                case .offer: recent.offer == offer
                case .campaign: recent.campaign == campaign.id
                case .channel: recent.channel == campaign.channel
                case .overall: true
                }
            if isCounted { count += 1 }
        }
        return count >= limit
    }
}
