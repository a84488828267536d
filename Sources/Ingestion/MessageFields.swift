import WeirJSON

/// The members of a Segment message that mean something here, found in one pass over it.
struct MessageFields {
    var type: JSON?
    var userID: JSON?
    var anonymousID: JSON?
    var messageID: JSON?
    var timestamp: JSON?
    var originalTimestamp: JSON?
    var sentAt: JSON?
    var receivedAt: JSON?
    var event: JSON?
    var name: JSON?
    var category: JSON?
    var properties: JSON?
    var traits: JSON?
    var context: JSON?
    var integrations: JSON?
    var groupID: JSON?
    var previousID: JSON?

    init(_ members: [JSON.Member]) {
        for member in members where member.value != .null {
            switch member.name {
            case "type": type = member.value
            case "event": event = member.value
            case "userId": userID = member.value
            case "anonymousId": anonymousID = member.value
            case "messageId": messageID = member.value
            case "timestamp": timestamp = member.value
            case "properties": properties = member.value
            case "context": context = member.value
            case "integrations": integrations = member.value
            case "traits": traits = member.value
            case "sentAt": sentAt = member.value
            case "receivedAt": receivedAt = member.value
            case "originalTimestamp": originalTimestamp = member.value
            case "name": name = member.value
            case "category": category = member.value
            case "groupId": groupID = member.value
            case "previousId": previousID = member.value
            default: break
            }
        }
    }
}
