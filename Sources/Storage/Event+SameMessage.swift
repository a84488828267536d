package import WeirDomain
import WeirJSON

extension Event {
    /// Whether it tells the same as another event of the same source and message id: a retry rather than another message
    /// whose sender names messages badly, such as a refund that goes by its order's number.
    package func tellsTheSame(as other: Event) -> Bool {
        kind == other.kind && name == other.name && userID == other.userID && anonymousID == other.anonymousID
            && (properties == other.properties || properties.canonical == other.properties.canonical)
    }

    /// The event under a message id that also hangs on what it tells, for one whose own is another message's.
    package var namedByContent: Event {
        let parts: [JSON] = [
            .string(kind.rawValue), .string(name), userID.map(JSON.string) ?? .null,
            anonymousID.map(JSON.string) ?? .null, properties.canonical,
        ]
        var event = self
        event.messageID += "~" + String(StableHash.of(JSON.array(parts).text), radix: 16)
        return event
    }
}
