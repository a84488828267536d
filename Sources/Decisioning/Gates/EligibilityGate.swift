import WeirCatalog

extension Gate {
    /// The campaign's rule over features, traits and the request's context holds.
    static let eligibility = Gate(.beforeAssignment, of: .campaign, reasons: [.notEligible]) { situation, candidate in
        guard let rule = candidate.campaign.rule else { return nil }
        let holds = rule.holds(
            features: situation.features, traits: situation.traits, context: situation.context)
        return holds ? nil : .notEligible
    }
}

extension GateReason {
    static let notEligible = GateReason(3, "not_eligible", words: "not eligible")
}

extension ClosedGate {
    public static let notEligible = ClosedGate(.notEligible)
}
