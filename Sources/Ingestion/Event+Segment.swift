package import WeirDomain
package import WeirJSON

extension Event {
    /// The Segment message that decodes to this event, for exports; times are cut to milliseconds, clocks corrected.
    package var segmentMessage: JSON {
        var members: [JSON.Member] = [
            .init("type", .string(kind.rawValue)), .init("messageId", .string(messageID)),
            .init("timestamp", .string(eventTime.iso8601)), .init("receivedAt", .string(receivedTime.iso8601)),
        ]
        func append(_ name: String, _ value: JSON?) {
            if let value { members.append(JSON.Member(name, value)) }
        }
        append("userId", userID.map(JSON.string))
        append("anonymousId", anonymousID.map(JSON.string))
        switch kind {
        case .track:
            append("event", .string(name))
            append("properties", properties)
        case .page, .screen:
            append("name", .string(name))
            append("properties", properties)
        case .identify:
            append("traits", properties)
        case .group:
            append("groupId", context.present("groupId"))
            append("traits", properties)
        case .alias:
            append("previousId", context.present("previousId"))
        }
        append("context", context)
        return .object(members)
    }
}
