import Testing
import WeirDecisioning
import WeirDomain
import WeirEngine
import WeirJSON
import WeirStorage

@Suite("The clock of a replay")
struct ReplayClockTests {
    static let start = Timestamp(iso8601: "2026-03-01T08:00:00Z")!

    @Test func `It follows what it is told, never back and never beyond the wall clock`() {
        let clock = ReplayClock()
        let wall = SystemClock().now
        #expect(clock.now >= wall)
        #expect(clock.hear(Self.start))
        #expect(clock.now == Self.start)
        #expect(!clock.hear(Self.start - .day))
        #expect(!clock.hear(Self.start))
        #expect(clock.now == Self.start)
        #expect(!clock.hear(wall + .days(3_650)))
        #expect(clock.hear(Self.start + .day))
        #expect(clock.now == Self.start + .day)
    }

    @Test func `It goes on where an earlier replay ended`() {
        #expect(ReplayClock(from: Self.start).now == Self.start)
    }

    @Test func `Windows close by the moments that requests and events name`() async throws {
        try await Engine.run(on: MemoryStore(), clock: ReplayClock(), ticks: nil) { engine in
            _ = try await engine.apply(SampleCatalog().files)
            /// Somebody's decision whose outcome the goal “purchase” awaits.
            func decide(at time: Timestamp) async throws -> DecisionRecord {
                for number in 0..<1_000 {
                    let customer = "customer \(number) of \(time.day)"
                    let record = try await engine.decide(
                        DecisionRequest(userID: customer, placement: "home", time: time)
                    ).record
                    if record.awaitedOutcome(engine.plan!)?.goal.id == "purchase" { return record }
                }
                throw EngineError.noCatalog
            }
            let first = try await decide(at: Self.start)
            // An order inside the window of two days is told before it closes, whatever the wall clock says …
            let order = Event(
                messageID: "m1", source: "shop", kind: .track, name: "Order Completed",
                userID: first.situation.customer.rawValue,
                eventTime: Self.start + .day, receivedTime: SystemClock().now, properties: ["revenue": 10])
            _ = try await engine.collect([order])
            #expect(try engine.store.outcomes(of: first.situation.id).map(\.kind) == [.converted])
            // … and arrived when it happened.
            #expect(try engine.store.outcomes(of: first.situation.id)[0].receivedTime == order.eventTime)
            let second = try await decide(at: Self.start + .day)
            // Somebody else's decision three days later closes it.
            _ = try await decide(at: Self.start + .day * 4)
            #expect(try engine.store.outcomes(of: second.situation.id).map(\.kind) == [.notConverted])
            #expect(engine.clock.now == Self.start + .day * 4)
        }
    }
}
