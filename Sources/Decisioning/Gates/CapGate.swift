import WeirDomain

extension Gate {
    /// No frequency cap on the offer, its campaign, its channel or everything is reached.
    static let caps = Gate(.afterAssignment, of: .offer, reasons: [.capped]) { situation, candidate in
        situation.cappedBy[candidate.position].map { .capped($0) }
    }
}

extension GateReason {
    static let capped = GateReason(6, "capped", says: .cap) { detail in
        guard case .cap(let hit) = detail else { return "cap" }
        return "cap: \(hit.limit) per \(words(for: hit.per)) (\(hit.scope.rawValue))"
    }

    private static func words(for span: TimeSpan) -> String {
        switch span.inSeconds {
        case let seconds where seconds >= 86_400: "\(Int((seconds / 86_400).rounded())) d"
        case let seconds where seconds >= 3_600: "\(Int((seconds / 3_600).rounded())) h"
        case let seconds: "\(Int((seconds / 60).rounded())) min"
        }
    }
}

extension ClosedGate {
    public static func capped(_ hit: CapHit) -> ClosedGate { ClosedGate(.capped, .cap(hit)) }
}
