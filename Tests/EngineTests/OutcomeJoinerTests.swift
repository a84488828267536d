import Testing
import WeirDomain
import WeirEngine
import WeirJSON

@Suite("Joining outcomes to decisions")
struct OutcomeJoinerTests {
    static let start = Timestamp(iso8601: "2026-03-01T00:00:00Z")!

    static func at(hours: Double) -> Timestamp { start + .seconds(hours * 3_600) }

    static func goal(_ negatives: Goal.Negatives, coupon: Bool = false) -> Goal {
        Goal(
            id: "purchase", pattern: EventPattern(name: "Order Completed"), couponPath: coupon ? "coupon" : nil,
            window: .hour * 24, negatives: negatives, settleAfter: negatives == .settle ? .hour * 6 : nil,
            reversal: EventPattern(name: "Order Refunded"))
    }

    static func awaited(
        _ number: Int64, customer: CustomerID = "ada", hours: Double = 0, coupon: String? = nil, learned: Bool? = nil
    ) -> OutcomeJoiner.Awaited {
        OutcomeJoiner.Awaited(
            id: DecisionID(number: number), customer: customer, time: at(hours: hours), closesAt: at(hours: hours + 24),
            goal: "purchase", offer: "five-off", coupon: coupon, learned: learned)
    }

    static func order(_ hours: Double, name: String = "Order Completed", coupon: String? = nil) -> Event {
        Event(
            messageID: "m", source: "shop", kind: .track, name: name, userID: "ada", eventTime: at(hours: hours),
            receivedTime: at(hours: hours),
            properties: coupon.map { ["coupon": .string($0)] } ?? .emptyObject)
    }

    static func report(_ number: Int64, _ kind: OutcomeReport.Kind, hours: Double) -> OutcomeReport {
        OutcomeReport(
            decision: DecisionID(number: number), kind: kind, eventTime: at(hours: hours),
            receivedTime: at(hours: hours))
    }

    /// What followed, in a few words.
    struct Said: Equatable, CustomStringConvertible {
        var kind: Outcome.Kind
        var lesson: Outcome.Lesson
        var money: OutcomeJoiner.Movement
        var isClosed = false

        init(
            _ kind: Outcome.Kind, _ lesson: Outcome.Lesson, _ money: OutcomeJoiner.Movement, isClosed: Bool = false
        ) {
            self.kind = kind
            self.lesson = lesson
            self.money = money
            self.isClosed = isClosed
        }

        init(_ verdict: OutcomeJoiner.Verdict) {
            self.init(verdict.kind, verdict.lesson, verdict.money, isClosed: verdict.isClosed)
        }

        var description: String { "\(kind), \(lesson), \(money)\(isClosed ? ", closed" : "")" }
    }

    /// A joiner that awaits one decision of a goal.
    struct Case {
        var joiner = OutcomeJoiner()
        let goal: Goal

        init(_ negatives: Goal.Negatives) {
            goal = OutcomeJoinerTests.goal(negatives)
            // With immediate negatives the committer learns the "no" with the decision.
            joiner.await(awaited(1, learned: negatives == .immediate ? false : nil), goal: goal)
        }

        mutating func due(_ hours: Double) -> [Said] {
            joiner.due(at: at(hours: hours), goals: [goal]).map { Said($0) }
        }
        mutating func event(_ hours: Double, name: String = "Order Completed") -> [Said] {
            joiner.verdicts(on: order(hours, name: name), of: "ada", goals: [goal]).map { Said($0) }
        }
        mutating func tell(_ kind: OutcomeReport.Kind, _ hours: Double) -> (reply: OutcomeReply, said: Said?) {
            let (reply, verdict) = joiner.verdict(on: report(1, kind, hours: hours), goal: goal)
            return (reply, verdict.map { Said($0) })
        }
    }

    // MARK: Ways of learning that it did not happen

    @Test("At the window's end, not before, a “no” is learned and the money comes back")
    func windowClose() {
        var one = Case(.windowClose)
        #expect(one.due(23.999).isEmpty)
        #expect(one.due(24) == [Said(.notConverted, .learnedNo, .release, isClosed: true)])
        #expect(one.due(1_000).isEmpty)
        #expect(one.joiner.count == 0)
    }

    @Test("A presumed “no” is not learned again at the window's end, and turned round by a conversion")
    func immediate() {
        var quiet = Case(.immediate)
        #expect(quiet.due(24) == [Said(.notConverted, .none, .release, isClosed: true)])
        var converted = Case(.immediate)
        #expect(converted.event(5) == [Said(.converted, .turnedToYes, .spend)])
        #expect(converted.due(24) == [Said(.expired, .none, .none, isClosed: true)])
    }

    @Test("Where only reports count, silence teaches nothing")
    func reported() {
        var quiet = Case(.reported)
        #expect(quiet.due(24) == [Said(.expired, .none, .release, isClosed: true)])
        var told = Case(.reported)
        #expect(told.tell(.notConverted, 1).said == Said(.notConverted, .learnedNo, .release))
        #expect(told.due(24) == [Said(.expired, .none, .none, isClosed: true)])
    }

    @Test("A decision settles at its age with what is known, and its money stays held until the window closes")
    func settle() {
        var quiet = Case(.settle)
        #expect(quiet.due(5.999).isEmpty)
        #expect(quiet.due(6) == [Said(.notConverted, .learnedNo, .none)])
        #expect(quiet.due(24) == [Said(.notConverted, .none, .release, isClosed: true)])

        var early = Case(.settle)
        #expect(early.event(2) == [Said(.converted, .none, .spend)])
        #expect(early.due(6) == [Said(.settled, .learnedYes, .none)])
        #expect(early.due(24) == [Said(.expired, .none, .none, isClosed: true)])

        var late = Case(.settle)
        #expect(late.due(6) == [Said(.notConverted, .learnedNo, .none)])
        #expect(late.event(20) == [Said(.converted, .learnedYes, .spend)])
        #expect(late.due(24) == [Said(.expired, .none, .none, isClosed: true)])
    }

    @Test("A conversion that is taken back before it settles is learned as a “no”")
    func settleReversed() {
        var one = Case(.settle)
        #expect(one.event(1) == [Said(.converted, .none, .spend)])
        #expect(one.event(2, name: "Order Refunded") == [Said(.reversed, .none, .refund)])
        #expect(one.due(6) == [Said(.notConverted, .learnedNo, .none)])
        #expect(one.due(24) == [Said(.expired, .none, .none, isClosed: true)])
    }

    // MARK: Conversions and reversals

    @Test(
        "A conversion counts from the decision to the window's end, that moment excluded",
        arguments: [
            (-0.001, false), (0, true), (23.999, true), (24, false),
        ])
    func window(hours: Double, counts: Bool) {
        var one = Case(.windowClose)
        #expect(one.event(hours).isEmpty == !counts)
    }

    @Test(
        "A report by the decision's id counts also where its clock is an hour behind",
        arguments: [
            (-1.001, false), (-1, true), (0, true), (23.999, true), (24, false),
        ])
    func reportedWindow(hours: Double, counts: Bool) {
        var one = Case(.windowClose)
        #expect(one.tell(.converted, hours).reply == (counts ? .recorded : .outsideWindow))
    }

    @Test("A conversion counts once, whoever tells of it")
    func once() {
        var one = Case(.windowClose)
        #expect(one.event(1) == [Said(.converted, .learnedYes, .spend)])
        #expect(one.event(2).isEmpty)
        #expect(one.tell(.converted, 3).reply == .alreadyRecorded)
        #expect(one.tell(.notConverted, 3).reply == .alreadyRecorded)
    }

    @Test("A reversal takes back the money and the lesson, once; without a conversion there is nothing to take back")
    func reversal() {
        var one = Case(.windowClose)
        #expect(one.tell(.reversed, 1).reply == .nothingToReverse)
        #expect(one.event(1, name: "Order Refunded").isEmpty)
        #expect(one.event(2) == [Said(.converted, .learnedYes, .spend)])
        #expect(one.tell(.reversed, 3).said == Said(.reversed, .turnedToNo, .refund))
        #expect(one.tell(.reversed, 3).reply == .nothingToReverse)
        #expect(one.due(24) == [Said(.expired, .none, .none, isClosed: true)])
    }

    @Test("A conversion after a reported “no” turns the lesson; the money was given back already")
    func lateYes() {
        var one = Case(.windowClose)
        #expect(one.tell(.notConverted, 1).said == Said(.notConverted, .learnedNo, .release))
        #expect(one.tell(.notConverted, 1).reply == .alreadyRecorded)
        #expect(one.event(2) == [Said(.converted, .turnedToYes, .none)])
    }

    @Test("An event belongs to the latest open decision of its person, and by its code where codes are used")
    func matching() {
        let plain = Self.goal(.windowClose)
        var joiner = OutcomeJoiner()
        for (number, hours) in [(Int64(1), 0.0), (2, 1), (3, 30)] {
            joiner.await(Self.awaited(number, hours: hours), goal: plain)
        }
        func next(_ hours: Double) -> Int64? {
            joiner.verdicts(on: Self.order(hours), of: "ada", goals: [plain]).first?.decision.id.number
        }
        #expect(next(2) == 2)
        #expect(next(2) == 1)
        #expect(next(2) == nil)
        #expect(joiner.verdicts(on: Self.order(31), of: "grace", goals: [plain]).isEmpty)

        let coded = Self.goal(.windowClose, coupon: true)
        var codes = OutcomeJoiner()
        codes.await(Self.awaited(1, coupon: "FIVE"), goal: coded)
        codes.await(Self.awaited(2, coupon: "TEN"), goal: coded)
        #expect(codes.verdicts(on: Self.order(1), of: "ada", goals: [coded]).isEmpty)
        #expect(codes.verdicts(on: Self.order(1, coupon: "NONE"), of: "ada", goals: [coded]).isEmpty)
        let found = codes.verdicts(on: Self.order(1, coupon: "FIVE"), of: "ada", goals: [coded])
        #expect(found.map(\.decision.id.number) == [1])
        #expect(found.map(\.joined) == [.coupon])
    }

    @Test("What is due comes in order of time and then of decision, whatever order it came in")
    func order() {
        let goal = Self.goal(.windowClose)
        var joiner = OutcomeJoiner()
        for (number, hours) in [(Int64(9), 1.0), (4, 2), (7, 1), (1, 3)] {
            joiner.await(Self.awaited(number, hours: hours), goal: goal)
        }
        #expect(joiner.due(at: Self.at(hours: 26), goals: [goal]).map(\.decision.id.number) == [7, 9, 4])
    }

    @Test("What two people did belongs to one of them after a merge")
    func merge() {
        let goal = Self.goal(.windowClose)
        var joiner = OutcomeJoiner()
        joiner.await(Self.awaited(2, customer: "anonymous:a"), goal: goal)
        joiner.await(Self.awaited(1), goal: goal)
        joiner.move("anonymous:a", to: "ada")
        #expect(joiner.verdicts(on: Self.order(1), of: "ada", goals: [goal]).map(\.decision.id.number) == [2])
        #expect(joiner.awaited.values.allSatisfy { $0.customer == "ada" })
    }

    @Test("A decision whose goal has left the catalog gives its money back and teaches nothing")
    func goalGone() {
        var joiner = OutcomeJoiner()
        joiner.await(Self.awaited(1), goal: nil)
        #expect(
            joiner.due(at: Self.at(hours: 24), goals: []).map { Said($0) }
                == [Said(.expired, .none, .release, isClosed: true)])
    }

    @Test("Outcomes of the log bring a decision to where it was", arguments: Goal.Negatives.allCases)
    func restoring(negatives: Goal.Negatives) {
        for script in [[1.0], [1, 2], [1, 7], [7], [7, 8]] {
            var live = Case(negatives)
            var log: [OutcomeJoiner.Verdict] = []
            for (index, hours) in script.enumerated() {
                log += live.joiner.due(at: Self.at(hours: hours), goals: [live.goal])
                let event = Self.order(hours, name: index == 0 ? "Order Completed" : "Order Refunded")
                log += live.joiner.verdicts(on: event, of: "ada", goals: [live.goal])
            }
            var restored = Case(negatives)
            for verdict in log {
                restored.joiner.restore(
                    Outcome(
                        decision: verdict.decision.id, customer: "ada", goal: "purchase", kind: verdict.kind,
                        joined: verdict.joined, eventTime: verdict.eventTime, receivedTime: verdict.eventTime,
                        lesson: verdict.lesson, stages: verdict.stages))
            }
            #expect(restored.joiner.awaited == live.joiner.awaited)
            #expect(restored.due(24) == live.due(24))
        }
    }
}
