public import WeirDomain
public import WeirJSON

/// What is known of one person when a decision is made: features, consent, traits, recent and open decisions.
///
/// A pure value: what it holds follows from the events applied to it, whatever order they came in. An event counts as
/// having happened at its event time, but never after it arrived: a sender's clock that runs ahead could otherwise
/// outlast every later answer to a question of consent.
public struct Profile: Sendable, Equatable {
    /// Records up to this one are included; kept by whoever applies them.
    public var lastSequence: Int64 = 0
    /// When the earliest event happened; nil before the first.
    public private(set) var firstSeen: Timestamp?
    /// When the latest event happened; nil before the first.
    public private(set) var lastSeen: Timestamp?
    public var consent = ConsentState()
    /// When the latest consent stamp was given: it speaks for every category, named or not.
    var lastStamp: Timestamp?
    /// Whether the person has ever been asked what they allow.
    package var hasAnswered: Bool { lastStamp != nil }
    /// Offers given to the person, oldest first.
    public internal(set) var recentDecisions: [RecentDecision] = []
    var datedTraits = Traits()
    var featureState = FeatureState()
    /// By key.
    var orders: [KnownOrder] = []

    public init() {}

    /// What identify events said of the person, an object sorted by name; of each trait the latest value counts.
    public var traits: JSON { .object(datedTraits.members) }

    // MARK: Events

    /// Takes in an event that has not been applied before.
    ///
    /// Complexity: linear in the event, logarithmic in the profile but for the moving of array entries.
    public mutating func apply(_ event: Event, schema: FeatureSchema) {
        let time = min(event.eventTime, event.receivedTime)
        extendSeen(from: time, to: time, schema: schema)
        applyFeatures(of: event, at: time, schema: schema)
        if event.kind == .identify { datedTraits.recordTraits(event.properties, at: time) }
        if let preferences = event.context["consent"]?["categoryPreferences"]?.members {
            applyStamp(preferences, at: time, grantedAt: event.writtenTime.map { min($0, time) } ?? time)
        }
    }

    private mutating func applyFeatures(of event: Event, at time: Timestamp, schema: FeatureSchema) {
        if let declared = schema.orders, event.kind == .track {
            if event.name == declared.event, let id = declared.id(of: event) {
                return applyOrder(id, event, at: time, newestDay: newestDay, schema: schema)
            }
            let isRefund = schema.reversals.contains { $0.matches(event) }
            if isRefund || declared.isCancelled(by: event), let id = declared.id(of: event) {
                applyRefund(of: id, KnownOrder.Refund(of: event, orders: declared, isWhole: !isRefund))
            }
        }
        featureState.apply(event, at: time, newestDay: newestDay, schema: schema)
    }

    public func applying(_ event: Event, schema: FeatureSchema) -> Profile {
        var profile = self
        profile.apply(event, schema: schema)
        return profile
    }

    /// Takes in what is known of another identifier that turned out to be the same person.
    ///
    /// The result is as if all events had been applied to one profile, decayed values up to rounding. Both profiles must
    /// include all of their records: `lastSequence` becomes the later one.
    public mutating func merge(_ other: Profile, schema: FeatureSchema) {
        lastSequence = max(lastSequence, other.lastSequence)
        if let first = other.firstSeen, let last = other.lastSeen { extendSeen(from: first, to: last, schema: schema) }
        featureState.merge(other.featureState, schema: schema)
        mergeOrders(other.orders, newestDay: newestDay, schema: schema)
        // The other one may remember days that are too old beside ours.
        featureState.prune(newestDay: newestDay, schema: schema)
        datedTraits.merge(other.datedTraits)
        joinConsent(other.consent.answers, stampedAt: other.lastStamp)
        recentDecisions = (recentDecisions + other.recentDecisions).sorted {
            ($0.time, $0.offer) < ($1.time, $1.offer)
        }
    }

    // MARK: Features

    /// The plain values of the scalar features, in the order of `schema.scalars`.
    ///
    /// The profile holds what has been applied, so what happened after `moment` counts too, except in windows of counts
    /// and sums, which leave out later days. Recency is then 0, and decayed values are those at the last event. Windows
    /// are exact for any moment on or after the day of `lastSeen`; what only earlier moments could see is dropped.
    ///
    /// - Returns: Days for recency, infinite where there was no event; 0 where a mean or rate has nothing to divide by.
    public func features(at moment: Timestamp, schema: FeatureSchema) -> [Float] {
        Array(unsafeUninitializedCapacity: schema.scalars.count) { buffer, count in
            count = schema.scalars.count
            featureState.scalars(at: moment, schema: schema, into: buffer)
        }
    }

    /// Writes the scalar features into a buffer of the caller's.
    ///
    /// - Parameter buffer: Holds exactly `schema.scalars.count` values.
    public func features(
        at moment: Timestamp, schema: FeatureSchema, into buffer: UnsafeMutableBufferPointer<Float>
    ) {
        precondition(buffer.count == schema.scalars.count)
        featureState.scalars(at: moment, schema: schema, into: buffer)
    }

    /// The sum of a keyed feature over some of its keys; 0 where the person has none of them.
    ///
    /// - Parameters:
    ///   - feature: Its place in `schema.keyed`.
    ///   - keys: From `schema.keyHash`, each once.
    public func keyed(
        _ feature: Int, keys: [UInt32], at moment: Timestamp, schema: FeatureSchema
    ) -> Float {
        Float(featureState.keyed(schema.keyedReadings[feature], keys: keys, at: moment, schema: schema))
    }

    /// Whether it has as many traits or answers to questions of consent as a person may have.
    package var isFull: Bool { datedTraits.isFull || consent.isFull }

    // MARK: Time

    private var newestDay: Int { lastSeen.map(FeatureState.day) ?? 0 }

    private mutating func extendSeen(from first: Timestamp, to last: Timestamp, schema: FeatureSchema) {
        let before = newestDay
        firstSeen = firstSeen.map { min($0, first) } ?? first
        lastSeen = lastSeen.map { max($0, last) } ?? last
        if newestDay > before { featureState.prune(newestDay: newestDay, schema: schema) }
    }
}

extension Profile {
    /// Rebuilds a profile from its stored parts.
    init(firstSeen: Timestamp?, lastSeen: Timestamp?) {
        self.firstSeen = firstSeen
        self.lastSeen = lastSeen
    }
}
