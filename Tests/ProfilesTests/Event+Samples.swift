import WeirDomain
import WeirJSON

extension Timestamp {
    /// A moment of the tests: so many days after 2024-10-04T00:00:00Z.
    static func day(_ days: Double) -> Timestamp { Timestamp(microseconds: 20_000 * 86_400_000_000) + .days(days) }
}

extension Event {
    static func order(at time: Timestamp, _ properties: JSON = .emptyObject) -> Event {
        Event(
            messageID: "m", source: "shop", kind: .track, name: "Order Completed", eventTime: time, receivedTime: time,
            properties: properties)
    }

    static func identify(at time: Timestamp, _ traits: JSON) -> Event {
        Event(
            messageID: "m", source: "shop", kind: .identify, eventTime: time, receivedTime: time, properties: traits)
    }

    static func stamp(at time: Timestamp, _ preferences: JSON?) -> Event {
        var event = order(at: time)
        if let preferences { event.context = ["consent": ["categoryPreferences": preferences]] }
        return event
    }
}

extension EventPattern {
    static let orders = EventPattern(name: "Order Completed")
}
