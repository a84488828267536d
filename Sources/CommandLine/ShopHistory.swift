import WeirDomain
import WeirEngine
import WeirIngestion
import WeirJSON
import WeirStorage

/// What files tell of a shop's past.
struct ShopHistory: Sendable {
    /// In the order in which it happened, whatever the order of files and lines.
    private(set) var events: [Event] = []
    private(set) var quarantined: [QuarantinedMessage] = []

    /// How often each name comes, the most frequent first.
    var names: [(name: String, count: Int)] {
        Dictionary(grouping: events) { $0.name.isEmpty ? $0.kind.rawValue : $0.name }.mapValues(\.count)
            .sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { ($0.key, $0.value) }
    }

    /// - Throws: `CommandFault` where a file cannot be read.
    init(_ input: EventFileOptions) throws {
        let format = try input.format()
        let source = SourceID(input.source)
        let now = SystemClock().now
        for file in input.files {
            var reader = EventFileReader(
                try input.feed(file), as: format, source: source, rules: IngestionRules(), received: now)
            while let chunk = try reader.next(2_000) {
                for event in chunk.events {
                    // What comes without a time of its own gets that of its arrival: of the past it says nothing.
                    if event.eventTime == now { quarantined.append(.untimed(event)) } else { events.append(event) }
                }
                quarantined += chunk.rejected.map { QuarantinedMessage($0, source: source, now) }
            }
        }
        // Of equal times the first read stays first.
        let order = events.indices.sorted { (events[$0].eventTime, $0) < (events[$1].eventTime, $1) }
        events = order.map { events[$0] }
    }
}

extension QuarantinedMessage {
    fileprivate static func untimed(_ event: Event) -> QuarantinedMessage {
        var members: [JSON.Member] = [
            .init("type", .string(event.kind.rawValue)), .init("event", .string(event.name)),
            .init("messageId", .string(event.messageID)),
        ]
        if let id = event.userID { members.append(.init("userId", .string(id))) }
        if let id = event.anonymousID { members.append(.init("anonymousId", .string(id))) }
        members.append(.init("properties", event.properties))
        return QuarantinedMessage(
            source: event.source, receivedTime: event.receivedTime, pointer: "#/timestamp",
            reason: "“timestamp” is missing, so when it happened is not known. Add it, and warm a new store.",
            raw: JSON.object(members).bytes)
    }
}
