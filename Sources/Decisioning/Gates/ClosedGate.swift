import WeirDomain

/// Why a candidate was not considered further: the gate that stopped it, and what it says of the case.
public struct ClosedGate: Sendable, Equatable {
    /// The reason's, in the log.
    package let number: UInt8
    let detail: Detail

    /// What a reason says beyond its name.
    package enum Detail: Sendable, Equatable {
        case nothing
        case name(String)
        case names(String, String)
        case cap(CapHit)

        /// Which of them a reason has; the log does not say it again.
        package enum Shape: Sendable {
            case nothing, name, names, cap
        }
    }

    init(_ reason: GateReason, _ detail: Detail = .nothing) {
        number = reason.number
        self.detail = detail
    }

    /// A stable code for machines.
    public var code: String { named.reason.code }

    /// A few words for people.
    public var words: String { named.reason.words(detail) }

    /// Where the gate stands to the draw that holds people out from a campaign.
    package var stage: Gate.Stage { named.gate.stage }

    private var named: (gate: Gate, reason: GateReason) {
        // Made from a reason, or read from the log by one's number.
        Gate.named(number)!
    }
}

// MARK: Binary form

extension ByteWriter {
    mutating func gate(_ gate: ClosedGate?) {
        fixed(gate?.number ?? 0)
        switch gate?.detail {
        case nil, .nothing: break
        case .name(let name): string(name)
        case .names(let first, let second):
            string(first)
            string(second)
        case .cap(let hit): capHit(hit)
        }
    }

    mutating func capHit(_ hit: CapHit) {
        integer(Cap.Scope.allCases.firstIndex(of: hit.scope)!)
        integer(hit.limit)
        integer(hit.per.microseconds)
    }
}

extension ByteReader {
    mutating func gate() throws(DamagedRecord) -> ClosedGate? {
        let number = try fixed(UInt8.self)
        guard number > 0 else { return nil }
        guard let reason = Gate.named(number)?.reason else { throw DamagedRecord(offset: 0) }
        switch reason.shape {
        case .nothing: return ClosedGate(reason)
        case .name: return ClosedGate(reason, .name(try string()))
        case .names:
            let first = try string()
            return ClosedGate(reason, .names(first, try string()))
        case .cap: return ClosedGate(reason, .cap(try capHit()))
        }
    }

    mutating func capHit() throws(DamagedRecord) -> CapHit {
        let scope = try integer()
        guard Cap.Scope.allCases.indices.contains(scope) else { throw DamagedRecord(offset: 0) }
        let limit = try integer()
        let per = TimeSpan(microseconds: Int64(try integer()))
        return CapHit(Cap(scope: Cap.Scope.allCases[scope], limit: limit, per: per))
    }
}
