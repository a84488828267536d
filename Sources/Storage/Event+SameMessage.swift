package import WeirDomain
import WeirJSON

extension Event {
    /// Whether it tells all that another event of the same source and message id does: that one is a retry, or the next line
    /// of an order in an export that names the order's totals on its first line only, rather than another message whose
    /// sender names messages badly, such as a refund that goes by its order's number.
    package func tellsAll(of other: Event) -> Bool {
        guard kind == other.kind, name == other.name, userID == other.userID, anonymousID == other.anonymousID else {
            return false
        }
        if properties == other.properties { return true }
        let known = properties.canonical
        return other.properties.canonical.members?.allSatisfy { known[$0.name] == $0.value }
            ?? (known == other.properties.canonical)
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
