extension Gate {
    /// All gates, in the order in which they are asked: the first that closes is named.
    package static let inOrder: [Gate] = [
        .schedule,
        .eligibility,
        .consent,
        .suppression,
        .campaignHoldout,
        .caps,
        .money,
        .experiments,
    ]

    static let checksOfCampaigns = inOrder.filter { $0.subject == .campaign }.compactMap(\.check)
    static let checksOfOffers = inOrder.filter { $0.subject == .offer }.compactMap(\.check)

    /// The gate and the reason that a number in the log stands for; nil where it stands for none.
    static func named(_ number: UInt8) -> (gate: Gate, reason: GateReason)? { byNumber[Int(number)] }

    private static let byNumber: [(gate: Gate, reason: GateReason)?] = {
        var found = [(gate: Gate, reason: GateReason)?](repeating: nil, count: 256)
        for gate in inOrder {
            for reason in gate.reasons {
                precondition(reason.number > 0 && found[Int(reason.number)] == nil, "numbers of reasons are given once")
                found[Int(reason.number)] = (gate, reason)
            }
        }
        return found
    }()
}
