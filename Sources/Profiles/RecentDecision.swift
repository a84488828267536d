public import WeirDomain

/// An offer that a person was given, as far as frequency caps look at it.
public struct RecentDecision: Sendable, Equatable {
    public var time: Timestamp
    public var offer: OfferID
    public var campaign: CampaignID
    public var channel: Channel

    public init(time: Timestamp, offer: OfferID, campaign: CampaignID, channel: Channel) {
        self.time = time
        self.offer = offer
        self.campaign = campaign
        self.channel = channel
    }
}

extension Profile {
    /// Remembers an offer for the frequency caps and forgets those that no cap can see any more.
    ///
    /// - Parameter span: The longest time of any cap; decisions older than the newest one by more are dropped.
    public mutating func remember(_ decision: RecentDecision, keeping span: TimeSpan) {
        let index = recentDecisions.lastIndex { $0.time <= decision.time }.map { $0 + 1 } ?? 0
        recentDecisions.insert(decision, at: index)
        let oldest = recentDecisions[recentDecisions.count - 1].time - span
        recentDecisions.removeAll { $0.time < oldest }
    }
}
