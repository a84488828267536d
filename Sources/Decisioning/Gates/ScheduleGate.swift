import WeirDomain

extension Gate {
    /// A campaign is offered from its start to its end, that moment excluded.
    static let schedule = Gate(.beforeAssignment, of: .campaign, reasons: [.notStarted, .ended]) {
        situation, candidate in
        let campaign = candidate.campaign.campaign
        if let start = campaign.start, situation.time < start { return .notStarted }
        if let end = campaign.end, situation.time >= end { return .ended }
        return nil
    }
}

extension GateReason {
    static let notStarted = GateReason(1, "not_started", words: "not started")
    static let ended = GateReason(2, "ended", words: "ended")
}

extension ClosedGate {
    public static let notStarted = ClosedGate(.notStarted)
    public static let ended = ClosedGate(.ended)
}
