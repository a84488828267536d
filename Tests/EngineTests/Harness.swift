import Synchronization
import WeirDecisioning
import WeirDomain
import WeirEngine
import WeirJSON
import WeirProfiles
import WeirStorage

/// An engine with a catalog, a store and a clock, driven by hand.
final class Harness {
    static let start = Timestamp(iso8601: "2026-03-01T08:00:00Z")!

    var store = MemoryStore()
    let clock = ManualClock(at: Harness.start, followsRequests: false)
    var engine: Engine
    var settings: EngineSettings
    private var sent = 0

    /// A value that a completion fills.
    final class Slot<Value: Sendable>: Sendable {
        private let content = Mutex<Value?>(nil)
        func fill(_ value: Value) { content.withLock { $0 = value } }
        var value: Value? { content.withLock { $0 } }
    }

    init(_ catalog: SampleCatalog? = SampleCatalog(), settings: EngineSettings = EngineSettings()) throws {
        self.settings = settings
        engine = try Engine(store: store, clock: clock, settings: settings)
        if let catalog { try apply(catalog) }
    }

    func restart() throws {
        store = store.reopened()
        engine = try Engine(store: store, clock: clock, settings: settings)
    }

    func commit() throws { while try engine.commitOnce() {} }

    func apply(_ catalog: SampleCatalog) throws {
        try engine.apply(catalog.files) { _ in }
        try commit()
    }

    func event(
        _ user: String?, _ name: String = "Order Completed", anonymous: String? = nil, kind: Event.Kind = .track,
        properties: JSON = ["revenue": 10], context: JSON = .emptyObject, ago: TimeSpan = .zero
    ) -> Event {
        sent += 1
        return Event(
            messageID: "m\(sent)", source: "shop", kind: kind, name: kind == .track ? name : "", userID: user,
            anonymousID: anonymous, eventTime: clock.now - ago, receivedTime: clock.now, properties: properties,
            context: context)
    }

    func send(_ events: Event...) throws {
        engine.collect(events) { _ in }
        try commit()
    }

    @discardableResult
    func ask(_ request: DecisionRequest) -> Slot<Result<DecisionReply, EngineError>> {
        let slot = Slot<Result<DecisionReply, EngineError>>()
        engine.decide(request) { slot.fill($0) }
        return slot
    }

    @discardableResult
    func decide(
        _ user: String, at placement: PlacementID = "till", context: JSON = .emptyObject, key: String? = nil,
        given: OfferID? = nil
    ) throws -> DecisionReply {
        let slot = ask(
            DecisionRequest(userID: user, placement: placement, context: context, given: given, idempotencyKey: key))
        try commit()
        return try slot.value!.get()
    }

    func report(_ decision: DecisionID, _ kind: OutcomeReport.Kind, value: Money? = nil) throws -> OutcomeReply {
        let slot = Slot<Result<[OutcomeReply], EngineError>>()
        let report = OutcomeReport(
            decision: decision, kind: kind, eventTime: nil, receivedTime: clock.now, value: value)
        engine.report([report]) { slot.fill($0) }
        try commit()
        return try slot.value!.get()[0]
    }

    func features(_ customer: CustomerID) throws -> [Float] {
        try engine.profile(of: customer)!.features(at: clock.now, schema: engine.plan!.schema)
    }
}
