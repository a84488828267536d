import WeirDomain

extension Gate {
    /// A campaign holds out people of its own, beside the universal holdout.
    static let campaignHoldout = Gate(.assignment, of: .campaign, reasons: [.campaignHoldout]) { _, candidate in
        let campaign = candidate.campaign
        let isOut = isHeldOut(
            candidate.customerHash, share: campaign.campaign.holdout, salt: campaign.holdoutSalt)
        return isOut ? .campaignHoldout : nil
    }
}

extension GateReason {
    static let campaignHoldout = GateReason(7, "campaign_holdout", words: "campaign holdout")
}

extension ClosedGate {
    public static let campaignHoldout = ClosedGate(.campaignHoldout)
}
