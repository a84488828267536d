import Testing
import WeirDomain
import WeirEngine

/// Goals that learn by stages of a decision's age. A window of a day has its stages end after 2 s, 16 s, 128 s, 1,024 s,
/// 8,192 s and a day.
@Suite("Learning from outcomes that are still open")
struct DelayedOutcomeTests {
    typealias Said = OutcomeJoinerTests.Said

    static func at(_ seconds: Double) -> Timestamp { OutcomeJoinerTests.start + .seconds(seconds) }

    /// What followed, and which stages it is about.
    struct Taught: Equatable {
        var said: Said
        var stages: Range<Int>?

        init(
            _ kind: Outcome.Kind, _ lesson: Outcome.Lesson, _ money: OutcomeJoiner.Movement, _ stages: Range<Int>?,
            isClosed: Bool = false
        ) {
            said = Said(kind, lesson, money, isClosed: isClosed)
            self.stages = stages
        }

        init(_ verdict: OutcomeJoiner.Verdict) {
            said = Said(verdict)
            stages = verdict.stages
        }
    }

    struct Case {
        var joiner = OutcomeJoiner()
        let goal = OutcomeJoinerTests.goal(.delayed)

        init() { joiner.await(OutcomeJoinerTests.awaited(1), goal: goal) }

        mutating func due(_ seconds: Double) -> [Taught] {
            joiner.due(at: at(seconds), goals: [goal]).map { Taught($0) }
        }
        mutating func event(_ seconds: Double, name: String = "Order Completed") -> [Taught] {
            joiner.verdicts(on: OutcomeJoinerTests.order(seconds / 3_600, name: name), of: "ada", goals: [goal])
                .map { Taught($0) }
        }
        mutating func tell(_ kind: OutcomeReport.Kind, _ seconds: Double) -> Taught? {
            joiner.verdict(on: OutcomeJoinerTests.report(1, kind, hours: seconds / 3_600), goal: goal).verdict
                .map { Taught($0) }
        }
    }

    @Test func `The ages begin with seconds and end with the window`() {
        var goal = OutcomeJoinerTests.goal(.delayed)
        #expect(goal.ages.map(\.inSeconds) == [2, 16, 128, 1_024, 8_192, 86_400])
        goal.window = .day * 7
        #expect(
            goal.ages.map(\.inSeconds) == [2, 16, 128, 1_024, 8_192, 65_536, 131_072, 262_144, 604_800])
        goal.window = .second
        #expect(goal.ages.map(\.inSeconds) == [1])
        #expect(OutcomeJoinerTests.goal(.windowClose).ages.isEmpty)
    }

    @Test func `At the end of each stage a “not yet” is learned, and the money stays held until the window closes`() {
        var quiet = Case()
        #expect(quiet.due(1.9).isEmpty)
        #expect(quiet.due(2) == [Taught(.open, .learnedNo, .none, 0..<1)])
        #expect(quiet.due(15).isEmpty)
        #expect(quiet.due(16) == [Taught(.open, .learnedNo, .none, 1..<2)])
        // Time went on meanwhile: what was missed is learned together.
        #expect(quiet.due(2_000) == [Taught(.open, .learnedNo, .none, 2..<4)])
        #expect(quiet.due(8_192) == [Taught(.open, .learnedNo, .none, 4..<5)])
        #expect(quiet.due(86_399).isEmpty)
        #expect(quiet.due(86_400) == [Taught(.notConverted, .learnedNo, .release, 5..<6, isClosed: true)])
        #expect(quiet.joiner.count == 0)
    }

    @Test func `A conversion is learned at the end of the stage in which it shows, and then nothing more`() {
        var early = Case()
        #expect(early.event(1) == [Taught(.converted, .none, .spend, nil)])
        #expect(early.due(2) == [Taught(.settled, .learnedYes, .none, 0..<1)])
        #expect(early.due(80_000).isEmpty)
        #expect(early.due(86_400) == [Taught(.expired, .none, .none, nil, isClosed: true)])

        var late = Case()
        #expect(late.due(8_192) == [Taught(.open, .learnedNo, .none, 0..<5)])
        #expect(late.event(10_000) == [Taught(.converted, .none, .spend, nil)])
        #expect(late.due(86_400) == [Taught(.settled, .learnedYes, .none, 5..<6, isClosed: true)])
    }

    @Test func `An order that arrives after its stage was learned shows in the stage in which it arrives`() {
        var one = Case()
        #expect(one.due(128).map(\.stages) == [0..<3])
        #expect(one.event(5) == [Taught(.converted, .none, .spend, nil)])
        #expect(one.due(1_024) == [Taught(.settled, .learnedYes, .none, 3..<4)])
    }

    @Test func `What is taken back before its stage ends is a “not yet”, afterwards it is turned round`() {
        var before = Case()
        _ = before.event(10)
        #expect(before.event(12, name: "Order Refunded") == [Taught(.reversed, .none, .refund, nil)])
        #expect(before.due(16) == [Taught(.open, .learnedNo, .none, 0..<2)])

        var after = Case()
        _ = after.event(10)
        #expect(after.due(16) == [Taught(.settled, .learnedYes, .none, 0..<2)])
        #expect(after.event(20, name: "Order Refunded") == [Taught(.reversed, .turnedToNo, .refund, 0..<2)])
        // It lived on without an order: that too is learned, at the end.
        #expect(after.due(86_400) == [Taught(.notConverted, .learnedNo, .none, 2..<6, isClosed: true)])
    }

    @Test func `A reported “no” says it of all stages, and an order that comes nevertheless turns it round`() {
        var one = Case()
        #expect(one.due(16).map(\.stages) == [0..<2])
        #expect(one.tell(.notConverted, 20) == Taught(.notConverted, .learnedNo, .release, 2..<6))
        #expect(one.due(8_192).isEmpty)
        #expect(one.event(10_000) == [Taught(.converted, .turnedToYes, .none, 2..<6)])
        #expect(one.due(86_400) == [Taught(.expired, .none, .none, nil, isClosed: true)])
    }

    @Test func `After a restart the stages go on where the log left them`() {
        var before = Case()
        let verdicts = before.joiner.due(at: Self.at(20), goals: [before.goal])
        var restarted = Case()
        for verdict in verdicts {
            restarted.joiner.restore(
                Outcome(
                    decision: verdict.decision.id, customer: "ada", goal: "purchase", kind: verdict.kind,
                    joined: verdict.joined, eventTime: verdict.eventTime, receivedTime: Self.at(20),
                    lesson: verdict.lesson, stages: verdict.stages))
        }
        #expect(restarted.joiner.awaited == before.joiner.awaited)
        #expect(restarted.due(100).isEmpty)
        #expect(restarted.due(128) == [Taught(.open, .learnedNo, .none, 2..<3)])
    }
}

/// The same in a whole engine.
@Suite("Open outcomes in an engine")
struct OpenOutcomesTests {
    /// The sample with a goal that learns by stages.
    static func harness() throws -> Harness {
        var catalog = SampleCatalog()
        catalog.purchase = ", negatives: delayed"
        return try Harness(catalog)
    }

    @Test func `How many outcomes are open, and when the first can be counted, is told`() throws {
        let harness = try Self.harness()
        #expect(harness.engine.openOutcomes.isEmpty)
        for number in 0..<20 {
            try harness.decide("customer \(number)", at: "home")
            harness.clock.set(harness.clock.now + .minute)
        }
        let open = try #require(harness.engine.openOutcomes["purchase"])
        #expect(open.count == harness.engine.awaited.count { $0.goal == "purchase" })
        #expect(open.firstCloses == harness.engine.awaited.filter { $0.goal == "purchase" }.map(\.closesAt).min())
        // The first buys: the next one is now the first.
        let first = try #require(harness.engine.awaited.first { $0.goal == "purchase" })
        try harness.send(harness.event(first.customer.rawValue))
        let rest = try #require(harness.engine.openOutcomes["purchase"])
        #expect(rest.count == open.count - 1)
        let waiting = harness.engine.awaited.filter { $0.goal == "purchase" && $0.state == .open }
        #expect(rest.firstCloses == waiting.map(\.closesAt).min())
        let before = harness.engine.openOutcomes
        try harness.restart()
        #expect(harness.engine.openOutcomes["purchase"]?.count == before["purchase"]?.count)
        #expect(harness.engine.openOutcomes["purchase"]?.firstCloses == before["purchase"]?.firstCloses)
    }

    @Test func `What was learned by stages is there again after a restart, to the bit`() throws {
        let harness = try Self.harness()
        for number in 0..<60 {
            try harness.decide("customer \(number)", at: "home")
            harness.clock.set(harness.clock.now + .seconds(20))
            harness.engine.tick()
            try harness.commit()
            if number % 3 == 0 { try harness.send(harness.event("customer \(number)")) }
            if number == 40 { try harness.restart() }
        }
        harness.clock.set(harness.clock.now + .hour)
        harness.engine.tick()
        try harness.commit()
        let learned = harness.engine.learned
        let version = harness.engine.modelVersion
        #expect(version > 0)
        try harness.restart()
        #expect(harness.engine.learned == learned)
        #expect(harness.engine.modelVersion == version)
    }
}
