import WeirCatalog
public import WeirDecisioning
public import WeirDomain
public import WeirJSON

/// Who asks for an offer, where, and what is known of the moment.
public struct DecisionRequest: Sendable {
    public var userID: String?
    public var anonymousID: String?
    public var placement: PlacementID
    /// An object.
    public var context: JSON
    /// The offer that something else has already chosen; Weir then scores, logs and learns only.
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

    /// What a repeated key is compared by.
    var fingerprint: UInt64 {
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

/// A decision that is durable, and what the person is to be told.
public struct DecisionReply: Sendable {
    public var record: DecisionRecord
    /// The catalog that it was made with.
    public var plan: CatalogPlan
    /// Whether the same key had been answered before.
    public var isRepeated: Bool

    /// The chosen offer; nil for none.
    public var offer: Offer? {
        record.decision.chosen.map { plan.offers[record.decision.candidates[$0].offer].offer }
    }

    /// The offer's message with the person's traits and the moment filled in.
    public var message: String? {
        record.decision.chosen.map { chosen in
            let offer = plan.offers[record.decision.candidates[chosen].offer]
            return offer.message.render(
                offer: offer.offer, traits: record.situation.traits, context: record.situation.context)
        }
    }

    public var policy: Policy { plan.placement(record.situation.placement)?.placement.policy ?? .greedy }
    public var why: String { record.why(policy: policy) }
}
