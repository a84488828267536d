import Synchronization
import Testing
import WeirBudgeting
import WeirDecisioning
import WeirDomain
import WeirEngine
import WeirJSON
import WeirStatistics
import WeirStorage

/// Drives a whole engine step by step: clock, store, scheduling and everything that people do come from one seed.
struct Simulation {
    enum Answer: Sendable {
        case collected(Event, Result<Engine.Collected, EngineError>)
        case decided(Asked, Result<DecisionReply, EngineError>)
        case reported(OutcomeReport, Result<[OutcomeReply], EngineError>)
        case applied(Result<Void, EngineError>)
    }

    /// A request and what was true when it was made.
    struct Asked: Sendable {
        var request: DecisionRequest
        /// How many events were accepted by then.
        var accepted: Int
    }

    /// Filled by completions, in the order in which they are called.
    final class Inbox: Sendable {
        let answers = Mutex<[Answer]>([])
        func put(_ answer: Answer) { answers.withLock { $0.append(answer) } }
        func take() -> [Answer] {
            answers.withLock { answers in
                defer { answers = [] }
                return answers
            }
        }
    }

    static let start = Harness.start

    var random: SplitMix64
    let settings: EngineSettings
    var store = MemoryStore()
    let clock = ManualClock(at: start, followsRequests: false)
    var engine: Engine
    var inbox = Inbox()
    var catalog = SampleCatalog()
    var shadow = Shadow()

    /// How many calls have not been answered yet.
    var unanswered = 0
    var sent: [Event] = []
    var delayed: [Event] = []
    var acknowledgedEvents: Set<String> = []
    var acknowledgedDecisions: [DecisionID: DecisionRecord] = [:]
    var acknowledgedOutcomes: [DecisionID: Set<Outcome.Kind>] = [:]
    var requests: [DecisionRequest] = []
    var requestsInFlight: Set<String> = []
    var given: [DecisionID] = []
    var restarts = 0

    init(seed: UInt64) throws {
        random = SplitMix64(seed: seed)
        var settings = EngineSettings()
        settings.shards = Int.random(in: 1...4, using: &random)
        settings.hotProfiles = Int.random(in: 1...40, using: &random)
        settings.warmsProfiles = Bool.random(using: &random)
        settings.groupBound = Int.random(in: 1...40, using: &random)
        settings.recordsPerCheckpoint = Int.random(in: 5...300, using: &random)
        settings.checkpointInterval = .seconds(Double.random(in: 1...20_000, using: &random))
        settings.profilesPerGroup = Int.random(in: 1...8, using: &random)
        settings.lessonsPerSnapshot = Int.random(in: 1...60, using: &random)
        self.settings = settings
        catalog.isGrantedByDefault = Bool.random(using: &random)
        // Every other one learns from outcomes that are still open.
        if seed % 2 == 1 { catalog.purchase = ", negatives: delayed" }
        engine = try Engine(store: store, clock: clock, settings: settings)
        try apply()
    }

    // MARK: Steps

    mutating func step() throws {
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<26: sendEvent()
        case 26..<52: decide()
        case 52..<60: reportOutcome()
        case 60..<82: try commit()
        case 82..<87: tick()
        case 87..<92: advance(by: .seconds(Double.random(in: 1...40_000, using: &random)))
        case 92..<93: advance(by: .seconds(-Double.random(in: 1...90_000, using: &random)))
        case 93..<95: try changeCatalog()
        case 95..<96: try engine.checkpoint()
        case 96..<98: try crash()
        default: try restart()
        }
        try read()
    }

    mutating func advance(by span: TimeSpan) { clock.set(clock.now + span) }

    mutating func tick() { engine.tick() }

    mutating func commit() throws {
        try engine.commitOnce()
    }

    /// The store dies while a group is on its way into it.
    mutating func crash() throws {
        if Bool.random(using: &random) { sendEvent() }
        tick()
        store.failure = Bool.random(using: &random) ? .beforeCommit : .afterCommit
        #expect(throws: SimulatedCrash.self) { try engine.commitOnce() }
        // Whoever waited has been told; nobody was told that it worked.
        try read(isCrashed: true)
        #expect(unanswered == 0)
        try restart(isClean: false)
    }

    /// The process ends without a word, and a new one finds the store.
    ///
    /// - Parameter isClean: Whether the store has all that the process had, but for what waits in its queue.
    mutating func restart(isClean: Bool = true) throws {
        let before = engine
        let isQuiet = isClean && unanswered == 0 && engine.queueDepth == 0
        // What the dead process would still have answered is never heard.
        inbox = Inbox()
        unanswered = 0
        requestsInFlight = []
        store = store.reopened()
        engine = try Engine(store: store, clock: clock, settings: settings)
        restarts += 1
        shadow = try Shadow(store)
        try checkRecovery(from: isQuiet ? before : nil)
        if engine.plan == nil { try apply() }  // The first catalog went down with the process.
    }

    // MARK: What people do

    private mutating func pick<Element>(_ elements: [Element]) -> Element { elements.randomElement(using: &random)! }

    private mutating func person() -> (userID: String?, anonymousID: String?) {
        let user = "u\(Int.random(in: 0..<7, using: &random))"
        let anonymous = "a\(Int.random(in: 0..<5, using: &random))"
        switch Int.random(in: 0..<6, using: &random) {
        case 0, 1: return (nil, anonymous)
        case 2: return (user, anonymous)
        default: return (user, nil)
        }
    }

    private mutating func newEvent() -> Event {
        let (userID, anonymousID) = person()
        // Late, in time, or from a clock that runs ahead.
        let lag = pick([0.0, 0, 0, 5, 600, 90_000, 500_000, -300])
        var event = Event(
            messageID: "m\(sent.count + delayed.count)", source: pick(["shop", "app"]), kind: .track,
            name: "Product Viewed", userID: userID, anonymousID: anonymousID, eventTime: clock.now - .seconds(lag),
            receivedTime: clock.now, properties: ["category": .string(pick(["tea", "coffee", "cake"]))])
        switch Int.random(in: 0..<12, using: &random) {
        case 0..<4:
            event.name = "Order Completed"
            event.properties = ["revenue": .number(Double(Int.random(in: 100...9_000, using: &random)) / 100)]
            if Bool.random(using: &random), case .object(let members) = event.properties {
                event.properties = .object(members + [JSON.Member("coupon", .string(pick(["FIVE", "TEN", "NONE"])))])
            }
        case 4: event.name = "Order Refunded"
        case 5, 6:
            event.kind = .identify
            event.name = ""
            event.properties = [
                "firstName": .string(pick(["Ada", "Grace"])), "suppressed": .bool(pick([false, false, true])),
            ]
        case 7 where userID != nil && Bool.random(using: &random):
            event.kind = .alias
            event.name = ""
            event.context = ["previousId": .string(pick(["a0", "a1", "a2", "u0", "u1"]))]
        default: break
        }
        if Int.random(in: 0..<4, using: &random) == 0, event.kind != .alias {
            var preferences: [JSON.Member] = [JSON.Member("marketing", .bool(Bool.random(using: &random)))]
            if Bool.random(using: &random) {
                preferences.append(JSON.Member("marketing:email", .bool(Bool.random(using: &random))))
            }
            if Int.random(in: 0..<5, using: &random) == 0 { preferences.removeFirst() }
            event.context = ["consent": ["categoryPreferences": .object(preferences)]]
        }
        return event
    }

    mutating func sendEvent() {
        switch Int.random(in: 0..<10, using: &random) {
        case 0 where !sent.isEmpty: send(pick(sent))  // Acknowledged or not: counted once.
        case 1: delayed.append(newEvent())
        case 2 where !delayed.isEmpty:
            var event = delayed.remove(at: Int.random(in: delayed.indices, using: &random))
            event.receivedTime = clock.now
            sent.append(event)
            send(event)
        default:
            let event = newEvent()
            sent.append(event)
            send(event)
        }
    }

    private mutating func send(_ event: Event) {
        unanswered += 1
        engine.collect([event]) { [inbox] in inbox.put(.collected(event, $0)) }
    }

    mutating func decide() {
        var request: DecisionRequest
        if !requests.isEmpty, Int.random(in: 0..<6, using: &random) == 0 {
            request = pick(requests)
            // Sometimes the key comes back with another question.
            if Int.random(in: 0..<4, using: &random) == 0 { request.context = ["changed": 1] }
        } else {
            let (userID, anonymousID) = person()
            request = DecisionRequest(
                userID: userID, anonymousID: anonymousID,
                placement: PlacementID(pick(["home", "till", "mail", "cart"])))
            if Int.random(in: 0..<8, using: &random) == 0, request.placement != "mail" { request.given = "five-off" }
            if Bool.random(using: &random) {
                request.idempotencyKey = "k\(requests.count)"
                requests.append(request)
            }
        }
        unanswered += 1
        let isInFlight = request.idempotencyKey.map { requestsInFlight.contains($0) } ?? false
        let asked = Asked(request: request, accepted: shadow.events.count)
        let before = inbox.answers.withLock { $0.count }
        engine.decide(request) { [inbox] in inbox.put(.decided(asked, $0)) }
        if let key = request.idempotencyKey, isInFlight {
            // Refused at once, whichever question it came with.
            let answers = inbox.answers.withLock { Array($0[before...]) }
            if case .decided(_, .failure(let error))? = answers.first {
                #expect([.keyInUse(key), .keyReused(key)].contains(error))
            } else {
                Issue.record("key \(key) was taken twice at one time")
            }
        } else if let key = request.idempotencyKey, inbox.answers.withLock({ $0.count }) == before {
            requestsInFlight.insert(key)
        }
    }

    mutating func reportOutcome() {
        let known = acknowledgedDecisions.keys.sorted()
        guard !known.isEmpty else { return }
        let report = OutcomeReport(
            decision: pick(known.suffix(20).map(\.self)),
            kind: pick([.converted, .converted, .notConverted, .reversed]),
            eventTime: Bool.random(using: &random) ? nil : clock.now - .seconds(60), receivedTime: clock.now)
        for _ in 0..<pick([1, 1, 2]) {
            unanswered += 1
            engine.report([report]) { [inbox] in inbox.put(.reported(report, $0)) }
        }
    }

    mutating func changeCatalog() throws {
        switch Int.random(in: 0..<6, using: &random) {
        case 0: catalog.window = pick([7, 30, 90])
        case 1: catalog.promotions = pick([3_000, 6_000, 9_000])
        case 2: catalog.hasClicks.toggle()
        case 3: catalog.isGrantedByDefault.toggle()
        case 4: catalog.stock = pick([0, 3, 12])
        default: catalog.mailings = pick([1_500, 2_500, 5_000])
        }
        try apply()
    }

    private mutating func apply() throws {
        let before = engine.ledger.accounts
        do {
            try engine.apply(catalog.files) { [inbox] in inbox.put(.applied($0)) }
            unanswered += 1
        } catch is LedgerError {
            // A limit below what is promised: refused, and nothing has changed.
            #expect(engine.ledger.accounts == before)
        }
    }

    /// Lets all that is under way come to its end.
    mutating func drain() throws {
        while try engine.commitOnce() {}
        try read()
    }
}
