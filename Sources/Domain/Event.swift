public import WeirJSON

/// Something that a person did, as it was accepted: valid, normalised, its person known.
public struct Event: Sendable, Equatable {
    public enum Kind: String, Sendable, CaseIterable {
        case track, identify, page, screen, group, alias
    }

    /// Given by the sender, else made by the server; with `source`, what a retry is recognised by.
    public var messageID: String
    public var source: SourceID
    public var kind: Kind
    /// Of a track event, such as `Order Completed`; of a page or screen its name; else empty.
    public var name: String
    public var userID: String?
    public var anonymousID: String?
    /// When it happened, by the server's clock: the sender's clock error has been taken out.
    public var eventTime: Timestamp
    /// When it arrived here.
    public var receivedTime: Timestamp
    /// An object: the properties of a track, page or screen event, the traits of identify and group.
    public var properties: JSON
    /// An object: Segment's `context`, such as `campaign`, `consent` and `device`; `previousId`, `groupId` stand here too.
    public var context: JSON

    public init(
        messageID: String, source: SourceID, kind: Kind, name: String = "", userID: String? = nil,
        anonymousID: String? = nil, eventTime: Timestamp, receivedTime: Timestamp, properties: JSON = .emptyObject,
        context: JSON = .emptyObject
    ) {
        self.messageID = messageID
        self.source = source
        self.kind = kind
        self.name = name
        self.userID = userID
        self.anonymousID = anonymousID
        self.eventTime = eventTime
        self.receivedTime = receivedTime
        self.properties = properties
        self.context = context
    }
}
