public import WeirDomain
public import WeirJSON

/// Who asks for an offer, where, and what is known of the moment.
public struct DecisionRequest: Sendable {
    public var userID: String?
    public var anonymousID: String?
    public var placement: PlacementID
    /// An object.
    public var context: JSON
    /// The offer that something else has already chosen, or `.nothing`; Weir then scores, logs and learns only.
    public var given: OfferID?
    /// Only where the engine's clock follows requests.
    public var time: Timestamp?
    public var idempotencyKey: String?

    public init(
        userID: String?, anonymousID: String? = nil, placement: PlacementID, context: JSON = .emptyObject,
        given: OfferID? = nil, time: Timestamp? = nil, idempotencyKey: String? = nil
    ) {
        self.userID = userID
        self.anonymousID = anonymousID
        self.placement = placement
        self.context = context
        self.given = given
        self.time = time
        self.idempotencyKey = idempotencyKey
    }

    /// What a repeated key is compared by: what the request means, not the order of its members.
    package var fingerprint: UInt64 { fingerprint(of: context.canonical) }

    /// What versions before compared a repeated key by.
    package var formerFingerprint: UInt64 { fingerprint(of: context) }

    private func fingerprint(of context: JSON) -> UInt64 {
        var writer = ByteWriter()
        writer.string(userID ?? "")
        writer.string(anonymousID ?? "")
        writer.string(placement.rawValue)
        writer.blob(context.bytes)
        writer.string(given?.rawValue ?? "")
        writer.integer(time?.microseconds ?? 0)
        return writer.bytes.withUnsafeBufferPointer { StableHash.of($0) }
    }
}
