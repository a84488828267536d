/// An offer as it was given, with the names under which its money is reported: those of that moment, whatever later
/// catalogs say.
public struct GivenOffer: Sendable, Hashable {
    public var offer: OfferID
    public var campaign: CampaignID
    public var channel: Channel

    public init(offer: OfferID, campaign: CampaignID, channel: Channel) {
        self.offer = offer
        self.campaign = campaign
        self.channel = channel
    }
}
