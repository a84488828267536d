public import WeirCatalog
public import WeirDomain

/// A campaign made ready for deciding.
public final class CampaignPlan: Sendable {
    public let campaign: Campaign
    /// Who may get it; nil means everyone.
    public let rule: Rule?
    /// Its own, then those over all campaigns.
    public let caps: [Cap]
    /// Index into the plan's consents.
    public let consent: Int
    /// Campaigns hold out independently of each other.
    let holdoutSalt: UInt64
    /// Indices of its offers.
    public let offers: Range<Int>

    init(
        campaign: Campaign, rule: Rule?, caps: [Cap], consent: Int, holdoutSalt: UInt64, offers: Range<Int>
    ) {
        self.campaign = campaign
        self.rule = rule
        self.caps = caps
        self.consent = consent
        self.holdoutSalt = holdoutSalt
        self.offers = offers
    }
}
