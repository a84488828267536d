import Testing
import WeirDecisioning
import WeirDomain
import WeirEngine
import WeirJSON
import WeirLog
import WeirLogInsight
import WeirProfiles
import WeirStorage

@Suite("A catalog that is prepared beside the traffic")
struct CatalogBesideTrafficTests {
    private typealias Applied = Harness.Slot<Result<CatalogPlan, any Error>>

    /// A shop with some history, in which customers are known by two identifiers.
    private func harness(_ catalog: SampleCatalog) throws -> Harness {
        let harness = try Harness(catalog)
        for number in 0..<30 {
            for age in [0.5, 3, 10, 25] where number % 7 != 0 || age < 5 {
                try harness.send(harness.event("u\(number)", ago: .days(age)))
            }
            try harness.send(harness.event(nil, anonymous: "a\(number)", ago: .days(2)))
            try harness.decide("u\(number)", at: "mail")
        }
        for number in 0..<10 {
            try harness.send(
                harness.event("u\(number)", anonymous: "a\(number)", kind: .identify, properties: .emptyObject))
        }
        harness.engine.prepareCatalogsApart()
        return harness
    }

    private func customers(_ harness: Harness) -> [CustomerID] {
        (0..<30).flatMap { [CustomerID("u\($0)"), IdentityMap.anonymous("a\($0)")] }
    }

    @Test("The old catalog decides until the new one has caught up; then features are what the log says")
    func traffic() throws {
        var catalog = SampleCatalog()
        let harness = try harness(catalog)
        let engine = harness.engine
        catalog.window = 7
        let applied = Applied()
        engine.request(catalog.files) { applied.fill($0) }
        var steps = 0
        let isTaken = engine.prepareNextCatalog(
            pause: {
                steps += 1
                // What comes while the log is being read: events, people who turn out to be someone else, decisions.
                do {
                    try harness.send(harness.event("u\(steps)", ago: .days(1)))
                    try harness.send(
                        harness.event("u2\(steps)", anonymous: "a2\(steps)", kind: .identify, properties: .emptyObject))
                    let reply = try harness.decide("u\(steps)", at: "home")
                    #expect(reply.record.situation.catalogVersion == 1 && engine.isReady)
                    #expect(engine.catalogProgress?.version == 2)
                } catch {
                    Issue.record(error)
                }
            }, recordsPerStep: 40, completion: {})
        #expect(isTaken && steps > 2 && applied.value == nil)
        // Not yet in force: what is asked now is decided by the old one, and is written after it.
        let underWay = harness.ask(DecisionRequest(userID: "u1", placement: "home"))
        engine.collect([harness.event("u1", ago: .days(3))]) { _ in }
        try harness.commit()

        #expect(try applied.value?.get().version == 2 && engine.plan?.version == 2 && engine.catalogProgress == nil)
        #expect(try #require(underWay.value).get().record.situation.catalogVersion == 1)
        #expect(try harness.decide("u1", at: "home").record.situation.catalogVersion == 2)
        // An engine that computes everything from the log agrees, feature by feature.
        let live = try customers(harness).map { try harness.engine.profile(of: $0) }
        try harness.restart()
        for (customer, live) in zip(customers(harness), live) {
            let again = try harness.engine.profile(of: customer)
            let schema = try #require(harness.engine.plan).schema
            #expect(
                again?.features(at: harness.clock.now, schema: schema)
                    == live?.features(at: harness.clock.now, schema: schema))
            #expect(again?.recentDecisions == live?.recentDecisions && again?.consent == live?.consent)
        }
        let audit = Audit(store: harness.store)
        #expect(try audit.replayAll().different.isEmpty)
        #expect(harness.engine.unforeseenReads == 0)
    }

    @Test("A second catalog waits its turn, and both come into force in order")
    func turns() throws {
        var catalog = SampleCatalog()
        let harness = try harness(catalog)
        let (first, second) = (Applied(), Applied())
        catalog.window = 7
        harness.engine.request(catalog.files) { first.fill($0) }
        catalog.window = 14
        harness.engine.request(catalog.files) { second.fill($0) }
        var waiting: Int?
        _ = harness.engine.prepareNextCatalog(
            pause: { waiting = harness.engine.catalogProgress?.waiting }, recordsPerStep: 40, completion: {})
        #expect(waiting == 1)
        try harness.commit()
        #expect(try first.value?.get().version == 2 && second.value == nil)
        _ = harness.engine.prepareNextCatalog(pause: {}, completion: {})
        try harness.commit()
        #expect(try second.value?.get().version == 3)
        let isEmpty = !harness.engine.prepareNextCatalog(pause: {}, completion: {})
        #expect(isEmpty)
    }

    @Test("A refused catalog is refused before the log is read, and the next one comes into force")
    func refused() throws {
        var catalog = SampleCatalog()
        let harness = try harness(catalog)
        let (bad, good) = (Applied(), Applied())
        harness.engine.request([StoredCatalog.File(name: "weir.yaml", text: "currency: nothing")]) { bad.fill($0) }
        catalog.window = 7
        harness.engine.request(catalog.files) { good.fill($0) }
        let isTaken = harness.engine.prepareNextCatalog(pause: { Issue.record("The log was read.") }, completion: {})
        #expect(isTaken)
        #expect(throws: (any Error).self) { try bad.value?.get() }
        _ = harness.engine.prepareNextCatalog(pause: {}, completion: {})
        try harness.commit()
        #expect(try good.value?.get().version == 2)
    }

    @Test("Who waits when the engine closes is told so")
    func closed() throws {
        var catalog = SampleCatalog()
        let harness = try harness(catalog)
        let (first, second) = (Applied(), Applied())
        catalog.window = 7
        for slot in [first, second] { harness.engine.request(catalog.files) { slot.fill($0) } }
        _ = harness.engine.prepareNextCatalog(
            pause: { harness.engine.close() }, recordsPerStep: 40, completion: {})
        for slot in [first, second] { #expect(throws: EngineError.stopped) { try slot.value?.get() } }
        #expect(harness.engine.plan?.version == 1)
    }
}
