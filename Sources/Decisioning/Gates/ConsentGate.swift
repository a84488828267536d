public import WeirDomain

extension Gate {
    /// The person agreed to the campaign's purpose on its channel.
    static let consent = Gate(.beforeAssignment, of: .campaign, reasons: [.noConsent]) { situation, candidate in
        let campaign = candidate.campaign
        return situation.consents[campaign.consent]
            ? nil : .noConsent(campaign.campaign.purpose, campaign.campaign.channel)
    }
}

extension GateReason {
    static let noConsent = GateReason(4, "no_consent", says: .names) { detail in
        guard case .names(let purpose, let channel) = detail else { return "no consent" }
        return "no consent: \(purpose), \(channel)"
    }
}

extension ClosedGate {
    public static func noConsent(_ purpose: Purpose, _ channel: Channel) -> ClosedGate {
        ClosedGate(.noConsent, .names(purpose.rawValue, channel.rawValue))
    }
}
