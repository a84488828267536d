import WeirJSON

extension Gate {
    /// Who is suppressed, by a trait of that name, gets nothing.
    static let suppression = Gate(.beforeAssignment, of: .campaign, reasons: [.suppressed]) { situation, _ in
        situation.traits["suppressed"]?.bool == true ? .suppressed : nil
    }
}

extension GateReason {
    static let suppressed = GateReason(5, "suppressed", words: "suppressed")
}

extension ClosedGate {
    public static let suppressed = ClosedGate(.suppressed)
}
