public import WeirDomain
import WeirStorage

/// Counts what passed since the process began.
struct TrafficFollower: Follower {
    static let follows: [RecordKind] = [.event, .decision, .outcome, .quarantine]

    private(set) var figures = Traffic()

    mutating func follow(
        _ entry: Sequenced, _ attachment: Attachment, _ context: inout FollowerContext
    ) throws -> [Effect] {
        switch entry.record {
        case .event(let event):
            figures.totals.events += 1
            figures.sources[event.source, default: Traffic.Source(lastReceived: context.now)].countEvent(
                at: context.now)
        case .decision: figures.totals.decisions += 1
        case .outcome(let outcome):
            guard outcome.kind != .presumedNot, outcome.kind != .open else { break }
            figures.totals.outcomes += 1
            if outcome.kind == .converted { figures.totals.conversions += 1 }
        case .quarantine: figures.totals.quarantined += 1
        default: break
        }
        return []
    }

    mutating func endGroup(_ context: inout FollowerContext) throws -> [Effect] {
        figures.totals.groups += 1
        figures.totals.duplicates += context.duplicates
        return []
    }

    mutating func restore(from recovery: inout Recovery) throws {}
}

/// How much passed since the process began.
public struct Traffic: Sendable {
    public struct Totals: Sendable {
        public var events = 0
        public var duplicates = 0
        public var quarantined = 0
        public var decisions = 0
        public var outcomes = 0
        public var conversions = 0
        public var groups = 0
    }

    public struct Source: Sendable {
        public var accepted = 0
        /// By the engine's clock.
        public var lastReceived: Timestamp

        mutating func countEvent(at now: Timestamp) {
            accepted += 1
            lastReceived = now
        }
    }

    public var totals = Totals()
    public var sources: [SourceID: Source] = [:]
}
