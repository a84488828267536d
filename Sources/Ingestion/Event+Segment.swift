package import WeirDomain
package import WeirJSON

extension Event {
    /// The Segment message that decodes to this event, for exports; times are cut to milliseconds, clocks corrected.
    package var segmentMessage: JSON {
        var members: [JSON.Member] = [
            .init("type", .string(kind.rawValue)), .init("messageId", .string(messageID)),
            .init("timestamp", .string(eventTime.iso8601)), .init("receivedAt", .string(receivedTime.iso8601)),
        ]
        func add(_ name: String, _ value: JSON?) {
            if let value { members.append(JSON.Member(name, value)) }
        }
        add("userId", userID.map(JSON.string))
        add("anonymousId", anonymousID.map(JSON.string))
        switch kind {
        case .track:
            add("event", .string(name))
            add("properties", properties)
        case .page, .screen:
            add("name", .string(name))
            add("properties", properties)
        case .identify:
            add("traits", properties)
        case .group:
            add("groupId", context.present("groupId"))
            add("traits", properties)
        case .alias:
            add("previousId", context.present("previousId"))
        }
        add("context", context)
        return .object(members)
    }
}
