import WeirCatalog
package import WeirDomain
package import WeirProfiles

extension CatalogPlan {
    /// For each candidate of a placement the first cap that is reached, its campaign's before the catalog's; nil where none
    /// is.
    package func capHits(
        among recentDecisions: [RecentDecision], at time: Timestamp, placement: PlacementPlan
    ) -> [CapHit?] {
        guard !recentDecisions.isEmpty else { return placement.candidates.map { _ in nil } }
        return placement.candidates.map { index in
            let offer = offers[index]
            let campaign = campaigns[offer.campaign].campaign
            let hit = (campaign.caps + catalog.caps).first { cap in
                let since = time - cap.per
                let count = recentDecisions.lazy.filter { recent in
                    guard recent.time > since, recent.time <= time else { return false }
                    return switch cap.scope {
                    case .offer: recent.offer == offer.offer.id
                    case .campaign: recent.campaign == campaign.id
                    case .channel: recent.channel == campaign.channel
                    case .overall: true
                    }
                }.count
                return count >= cap.limit
            }
            return hit.map { CapHit($0) }
        }
    }
}
