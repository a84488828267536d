package import WeirDomain
import WeirJSON
package import WeirProfiles

/// Joins what happens to the decisions that may have caused it; without clock, lock or store.
///
/// Knows every decision whose outcome is awaited or may yet be taken back, and says for each event, report and moment
/// what follows; the caller writes that down.
package struct OutcomeJoiner: Sendable {
    /// Something that follows from an event, a report or the passing of time.
    package struct Verdict: Sendable, Equatable {
        package var decision: Awaited
        package var kind: Outcome.Kind
        package var joined: Outcome.Joined
        package var eventTime: Timestamp
        package var lesson: Outcome.Lesson
        /// Those that the lesson is about; nil where the goal learns all at once.
        package var stages: Range<Int>?
        package var money: Movement
        /// Whether nothing is awaited any more.
        package var isClosed = false
        /// Of the event that caused it, where one did and named one.
        package var order: String?
        /// See `Outcome.share`.
        package var share: Range<Double>?
    }

    /// What happens to the reserved money.
    package enum Movement: Sendable, Equatable {
        case none, spend, release, refund
        /// What the window's end gave back is spent after all.
        case spendReleased
        /// The order was told anew: what its use did cost is booked anew.
        case rebook
    }

    package private(set) var awaited: [DecisionID: Awaited] = [:]
    private var byCustomer: [CustomerID: [DecisionID]] = [:]
    /// By goal.
    private(set) var open: [GoalID: OpenOutcomes] = [:]
    private var timers = TimerQueue()
    /// Of goals that learn by stages.
    private var showings: [GoalID: StageShowings] = [:]
    /// Decisions of the past that the event at hand may be about.
    private var past: [DecisionID: Awaited] = [:]
    private(set) var closed = ClosedWindows()

    package init() {}

    /// Windows may have closed before a restart.
    mutating func resume(at time: Timestamp) { closed.resume(at: time) }

    package var count: Int { awaited.count }

    /// Decisions of some customers whose outcome is awaited or may be taken back.
    func awaitedDecisions(of customers: Set<CustomerID>) -> [Awaited] {
        customers.flatMap { customer in (byCustomer[customer] ?? []).compactMap { awaited[$0] } }
    }

    /// Decisions about which something is due by `now`.
    mutating func dueDecisions(at now: Timestamp) -> [DecisionID] {
        timers.setDueAside(now).filter { awaited[$0] != nil }
    }

    func goal(_ id: GoalID, in goals: [Goal]) -> Goal? { goals.first { $0.id == id } }

    // MARK: Decisions

    /// Awaits the outcome of a decision.
    ///
    /// - Parameter goal: Nil where the catalog has it no more; the window then only gives the money back.
    package mutating func await(_ decision: Awaited, goal: Goal?) {
        awaited[decision.id] = decision
        if decision.state == .open {
            open[decision.goal, default: OpenOutcomes()].open(decision.id, until: decision.closesAt)
        }
        // Two decisions of one moment may come in either order; a restart reads them in this one.
        var ids = byCustomer[decision.customer] ?? []
        ids.insert(decision.id, at: ids.lastIndex { $0 < decision.id }.map { $0 + 1 } ?? 0)
        byCustomer[decision.customer] = ids
        if let goal, goal.negatives == .delayed, decision.stage < goal.ages.count - 1 {
            timers.insert(decision.time + goal.ages[nextStage(from: decision.stage, goal)], decision.id)
        }
        if let goal, goal.negatives == .settle, let age = goal.settleAfter, decision.learned == nil {
            let settles = min(decision.time + age, decision.closesAt)
            if settles < decision.closesAt { timers.insert(settles, decision.id) }
        }
        timers.insert(decision.closesAt, decision.id)
    }

    /// Forgets a decision.
    package mutating func forget(_ id: DecisionID) {
        guard let decision = awaited.removeValue(forKey: id) else { return }
        if decision.state == .open { countClosed(decision.goal) }
        byCustomer[decision.customer]?.removeAll { $0 == id }
        if byCustomer[decision.customer]?.isEmpty == true { byCustomer[decision.customer] = nil }
    }

    /// One decision of a goal is no longer open.
    private mutating func countClosed(_ goal: GoalID) {
        open[goal]?.close { awaited[$0]?.state == .open }
    }

    /// Two customers turned out to be one.
    package mutating func move(_ old: CustomerID, to new: CustomerID) {
        closed.move(old, to: new)
        guard let ids = byCustomer.removeValue(forKey: old) else { return }
        for id in ids { awaited[id]?.customer = new }
        byCustomer[new] = (byCustomer[new] ?? []) + ids
        byCustomer[new]?.sort()
    }

    // MARK: Verdicts

    /// What is known of the order that an event names, beside the decisions that are awaited.
    package struct OrderHistory: Sendable {
        /// As the person's profile has it.
        package var known: KnownOrder?
        /// Decisions that are no longer awaited: those that the order converted, and those of the person in whose window
        /// the event lies; newest first.
        package var decisions: [Awaited] = []
        /// In which the event happened, where its sender said the day alone.
        package var day: Range<Timestamp>?

        package init(known: KnownOrder? = nil, decisions: [Awaited] = [], day: Range<Timestamp>? = nil) {
            self.known = known
            self.decisions = decisions
            self.day = day
        }
    }

    /// What follows from an event of a customer: conversions by coupon code or by rule, and reversals.
    ///
    /// An order told again is the same order, and a refund takes back its own order alone; one without an id takes back
    /// the latest conversion before it.
    package mutating func verdicts(
        on event: Event, of customer: CustomerID, goals: [Goal], orders: Orders = Orders(),
        history: OrderHistory = OrderHistory()
    ) -> [Verdict] {
        let awaitedHere = byCustomer[customer] ?? []
        guard event.kind == .track, !(awaitedHere.isEmpty && history.decisions.isEmpty) else { return [] }
        let order = orders.id(of: event)
        past = [:]
        for decision in history.decisions where awaited[decision.id] == nil { past[decision.id] = decision }
        defer { past = [:] }
        var verdicts: [Verdict] = []
        for goal in goals {
            let isConversion = goal.pattern?.matches(event) == true
            let isReversal = goal.isTakenBack(by: event, orders: orders)
            guard isConversion || isReversal else { continue }
            // Newest first: those awaited, then those of the past.
            var ids = awaitedHere.reversed().filter { awaited[$0]?.goal == goal.id }
            ids += history.decisions.map(\.id).filter { !ids.contains($0) && decision($0)?.goal == goal.id }
            if isConversion {
                verdicts += convert(event, goal, ids, order: order, orders: orders, history: history)
            }
            if isReversal { verdicts += reverse(event, goal, ids, order: order, known: history.known) }
        }
        return verdicts
    }

    /// A decision as it stands, awaited or of the past.
    private func decision(_ id: DecisionID) -> Awaited? { awaited[id] ?? past[id] }

    /// What an order converts: for each of its codes the decision that gave it, without codes the latest decision.
    private mutating func convert(
        _ event: Event, _ goal: Goal, _ ids: [DecisionID], order: String?, orders: Orders, history: OrderHistory
    ) -> [Verdict] {
        guard let path = goal.couponPath else {
            return convert(event, goal, ids, joined: .rule, order: order, history: history)
        }
        var verdicts = orders.coupons(of: event, at: JSONPath(path)).sorted { $0.text < $1.text }.flatMap { code in
            let matching = ids.filter { decision($0)?.coupon == code }
            return convert(event, goal, matching, joined: .coupon, order: order, history: history)
        }
        guard let order else { return verdicts }
        // Told anew without its code it is the same order, and what it is worth changes what it did cost.
        for id in ids where decision(id)!.isCostOfOrder && decision(id)!.orders.last == order {
            if verdicts.contains(where: { $0.decision.id == id }) { continue }
            verdicts += correct(decision(id)!, order, at: event.eventTime, joined: .rule)
            verdicts += takeBack(decision(id)!, goal, order, history.known, at: event.eventTime, joined: .rule)
        }
        return verdicts
    }

    private mutating func convert(
        _ event: Event, _ goal: Goal, _ ids: [DecisionID], joined: Outcome.Joined, order: String?, history: OrderHistory
    ) -> [Verdict] {
        if let order, let same = ids.first(where: { decision($0)!.orders.contains(order) }) {
            // Told again, perhaps with another amount: what was refunded is another share of it.
            let corrections = correct(decision(same)!, order, at: event.eventTime, joined: joined)
            return corrections
                + takeBack(decision(same)!, goal, order, history.known, at: event.eventTime, joined: joined)
        }
        guard let match = match(event, ids, goal, isCode: joined == .coupon, day: history.day) else { return [] }
        var verdict = convert(match, goal, at: event.eventTime, joined: joined, order: order)
        verdict.order = order
        guard let order else { return [verdict] }
        // Its refund may have come first.
        let refund = takeBack(decision(match.id)!, goal, order, history.known, at: event.eventTime, joined: .rule)
        return [verdict] + refund
    }

    /// The latest decision that the event can belong to: inside the window, else, for a code that only this person was
    /// given, by a clock that is behind.
    private func match(
        _ event: Event, _ ids: [DecisionID], _ goal: Goal, isCode: Bool, day: Range<Timestamp>?
    ) -> Awaited? {
        // Nothing happens after it has arrived; on a day it may have happened at any moment.
        let first = min(day?.lowerBound ?? event.eventTime, event.receivedTime)
        let last = day.map { $0.upperBound - TimeSpan(microseconds: 1) } ?? event.eventTime
        let candidates = ids.compactMap { decision($0) }.filter {
            $0.state != .converted && first < $0.closesAt
                && (awaited[$0.id] != nil || event.receivedTime < $0.closesAt + goal.lateBy)
        }
        if let match = candidates.first(where: { $0.time <= last }) { return match }
        guard isCode else { return nil }
        return candidates.last { $0.time <= last + goal.clockTolerance }
    }

    /// What a refund or cancellation takes back.
    private mutating func reverse(
        _ event: Event, _ goal: Goal, _ ids: [DecisionID], order: String?, known: KnownOrder?
    ) -> [Verdict] {
        guard let order else {
            let latest = ids.first {
                guard let decision = awaited[$0], decision.state == .converted else { return false }
                return decision.convertedAt.map { $0 <= event.eventTime } ?? true
            }
            return latest.map { [reverse(awaited[$0]!, goal, at: event.eventTime, joined: .rule)] } ?? []
        }
        return ids.filter { decision($0)!.state == .converted && decision($0)!.orders.last == order }.flatMap {
            takeBack(decision($0)!, goal, order, known ?? .refunded, at: event.eventTime, joined: .rule)
        }
    }

    /// Books anew what a conversion did cost where that follows from its order.
    private mutating func correct(
        _ decision: Awaited, _ order: String, at time: Timestamp, joined: Outcome.Joined
    ) -> [Verdict] {
        guard decision.isCostOfOrder, decision.state == .converted, decision.orders.last == order else { return [] }
        var verdict = keep(decision, .corrected, joined, time, lesson: .none, money: .rebook)
        verdict.order = order
        if decision.refunded > 0 { verdict.share = decision.refunded..<decision.refunded }
        return [verdict]
    }

    /// Takes as much of a conversion back as was refunded of its order; nothing where that is so already.
    private mutating func takeBack(
        _ decision: Awaited, _ goal: Goal, _ order: String, _ known: KnownOrder?, at time: Timestamp,
        joined: Outcome.Joined
    ) -> [Verdict] {
        guard let known, let reversal = goal.reversal, decision.state == .converted, decision.orders.last == order
        else {
            return []
        }
        let share = (known.refundedShare(by: reversal.name) * 1e6).rounded() / 1e6
        guard share > decision.refunded else { return [] }
        var verdict = reverse(decision, goal, at: time, joined: joined, share: share)
        verdict.order = order
        return [verdict]
    }

    /// What follows from a report on an awaited decision; nil where there is nothing to note.
    package mutating func verdict(on report: OutcomeReport, goal: Goal) -> (reply: OutcomeReply, verdict: Verdict?) {
        guard let decision = awaited[report.decision] else { return (.unknownDecision, nil) }
        let time = report.eventTime ?? report.receivedTime
        switch report.kind {
        case .converted:
            if decision.state == .converted { return (.alreadyRecorded, nil) }
            // Only one person was given its id, so a clock that is behind says nothing against it.
            guard time >= decision.time - goal.clockTolerance, min(time, report.receivedTime) < decision.closesAt else {
                return (.outsideWindow, nil)
            }
            return (.recorded, convert(decision, goal, at: time, joined: .decisionID))
        case .notConverted:
            guard decision.state == .open else { return (.alreadyRecorded, nil) }
            return (.recorded, refuse(decision, goal, at: time, joined: .decisionID))
        case .reversed:
            guard decision.state == .converted else { return (.nothingToReverse, nil) }
            return (.recorded, reverse(decision, goal, at: time, joined: .decisionID))
        }
    }

    /// What is due by `now`, in order of time and then of decision.
    package mutating func due(at now: Timestamp, goals: [Goal]) -> [Verdict] {
        var verdicts: [Verdict] = []
        while let timer = timers.popDue(now) {
            guard let decision = awaited[timer.decision] else { continue }
            guard let goal = goal(decision.goal, in: goals) else {
                verdicts.append(close(decision, kind: .expired, lesson: .none))
                continue
            }
            if timer.time < decision.closesAt, goal.negatives == .delayed {
                if let verdict = reachStage(decision, goal, at: now) { verdicts.append(verdict) }
            } else if timer.time < decision.closesAt {
                if let verdict = settle(decision, at: timer.time) { verdicts.append(verdict) }
            } else {
                verdicts.append(close(decision, goal))
            }
        }
        return verdicts
    }

    /// A report on a decision whose window has closed, of something that happened inside it.
    package mutating func lateVerdict(
        on report: OutcomeReport, goal: Goal, decision: Awaited
    ) -> (reply: OutcomeReply, verdict: Verdict?) {
        past = [decision.id: decision]
        defer { past = [:] }
        let time = report.eventTime ?? report.receivedTime
        switch report.kind {
        case .notConverted: return (.alreadyRecorded, nil)
        case .converted:
            if decision.state == .converted { return (.alreadyRecorded, nil) }
            guard time >= decision.time - goal.clockTolerance, time < decision.closesAt,
                report.receivedTime < decision.closesAt + goal.lateBy
            else { return (.outsideWindow, nil) }
            return (.recorded, convert(decision, goal, at: time, joined: .decisionID))
        case .reversed:
            guard decision.state == .converted else { return (.nothingToReverse, nil) }
            return (.recorded, reverse(decision, goal, at: time, joined: .decisionID))
        }
    }

    /// What follows from the use of a decision's code at the till: its order counts, whatever events tell of it later.
    /// Money has moved already.
    ///
    /// - Parameter decision: As it stands, awaited or of the past.
    /// - Returns: Nil where the decision has converted by something else.
    mutating func redeem(_ decision: Awaited, goal: Goal, order: String, at time: Timestamp) -> Verdict? {
        guard decision.state != .converted else { return nil }
        past = awaited[decision.id] == nil ? [decision.id: decision] : [:]
        defer { past = [:] }
        var verdict = convert(decision, goal, at: time, joined: .coupon, order: order)
        verdict.order = order
        verdict.money = .none
        return verdict
    }

    /// What follows where the use of a decision's code is taken back. Money has moved already.
    ///
    /// - Parameter decision: As it stands, awaited or of the past.
    /// - Returns: Nil where the decision has not converted, or by another order.
    mutating func takeBackRedemption(
        of decision: Awaited, goal: Goal, order: String, at time: Timestamp
    ) -> Verdict? {
        guard decision.state == .converted, decision.orders.last ?? order == order else { return nil }
        past = awaited[decision.id] == nil ? [decision.id: decision] : [:]
        defer { past = [:] }
        var verdict = reverse(decision, goal, at: time, joined: .coupon)
        verdict.order = order
        verdict.money = .none
        return verdict
    }

    private mutating func convert(
        _ decision: Awaited, _ goal: Goal, at time: Timestamp, joined: Outcome.Joined, order: String? = nil
    ) -> Verdict {
        let lesson: Outcome.Lesson =
            switch (goal.negatives, decision.learned) {
            case (.delayed, _) where decision.stage < goal.ages.count: .none  // Learned at the end of its stage.
            case (.settle, nil): .none  // Learned when the decision has reached its age.
            case (.settle, _): .learnedYes
            case (_, false): .turnedToYes
            default: .learnedYes
            }
        if goal.negatives == .delayed {
            let ages = goal.ages
            let stage = ages.firstIndex { time < decision.time + $0 } ?? ages.count - 1
            showings[goal.id, default: StageShowings(ages.count)].show(in: stage)
        }
        // A reported "no" has released the money already; so has the window's end.
        let money: Movement =
            switch decision.state {
            case _ where awaited[decision.id] == nil: .spendReleased
            case .open: .spend
            // An order was taken back, and another one uses the code.
            case .notConverted where decision.coupon != nil && !decision.orders.isEmpty: .spendReleased
            case .notConverted, .converted: .none
            }
        return keep(
            decision, .converted, joined, time, lesson: lesson, stages: lesson == .none ? nil : decision.lastStages,
            money: money
        ) { $0.convert(by: order, at: time) }
    }

    private mutating func refuse(
        _ decision: Awaited, _ goal: Goal, at time: Timestamp, joined: Outcome.Joined
    ) -> Verdict {
        let rest = rest(of: decision, goal)
        return keep(
            decision, .notConverted, joined, time,
            lesson: decision.learned == nil || rest != nil ? .learnedNo : .none, stages: rest, money: .release
        ) { $0.state = .notConverted }
    }

    /// - Parameter share: What is taken back in all; 1 is the whole.
    private mutating func reverse(
        _ decision: Awaited, _ goal: Goal, at time: Timestamp, joined: Outcome.Joined, share: Double = 1
    ) -> Verdict {
        var verdict = keep(
            decision, share < 1 ? .partlyReversed : .reversed, joined, time,
            lesson: decision.learned == true ? .turnedToNo : .none, stages: decision.lastStages, money: .refund
        ) { $0.takeBack(share) }
        if share < 1 || decision.refunded > 0 { verdict.share = decision.refunded..<share }
        return verdict
    }

    /// The stages of a decision that have not been learned; nil where there are none.
    private func rest(of decision: Awaited, _ goal: Goal) -> Range<Int>? {
        let count = goal.ages.count
        return decision.stage < count ? decision.stage..<count : nil
    }

    /// The stage at whose end the next lesson is worth its record: the first from `stage` on in which something shows, or
    /// the last.
    private func nextStage(from stage: Int, _ goal: Goal) -> Int {
        let last = goal.ages.count - 1
        guard stage < last, let showings = showings[goal.id] else { return stage }
        return (stage..<last).first { !showings.isIdle($0) } ?? last
    }

    /// What is learned of a decision that has reached the end of one of its stages, or of several if time went on meanwhile.
    private mutating func reachStage(_ decision: Awaited, _ goal: Goal, at now: Timestamp) -> Verdict? {
        let ages = goal.ages
        // Once it has converted and that is learned, nothing more can be.
        guard decision.stage < ages.count, decision.learned != true else { return nil }
        // The last stage is learned where the window closes.
        let end = ages.dropLast().firstIndex { now < decision.time + $0 } ?? ages.count - 1
        let next = nextStage(from: end, goal)
        if next < ages.count - 1, !(decision.state == .converted && end > decision.stage) {
            timers.insert(decision.time + ages[next], decision.id)
        }
        guard end > decision.stage else { return nil }
        showings[goal.id, default: StageShowings(ages.count)].live(through: decision.stage..<end)
        let isConverted = decision.state == .converted
        return keep(
            decision, isConverted ? .settled : .open, .clock, decision.time + ages[end - 1],
            lesson: isConverted ? .learnedYes : .learnedNo, stages: decision.stage..<end, money: .none)
    }

    private mutating func settle(_ decision: Awaited, at time: Timestamp) -> Verdict? {
        guard decision.learned == nil else { return nil }
        let isConverted = decision.state == .converted
        // The money stays reserved: the offer can still be used until its window closes.
        return keep(
            decision, isConverted ? .settled : .notConverted, .clock, time,
            lesson: isConverted ? .learnedYes : .learnedNo, money: .none)
    }

    private mutating func close(_ decision: Awaited, _ goal: Goal) -> Verdict {
        switch (goal.negatives, decision.state) {
        case (.delayed, .converted) where decision.learned != true && rest(of: decision, goal) != nil:
            close(decision, kind: .settled, lesson: .learnedYes, stages: rest(of: decision, goal))
        case (.delayed, .open), (.delayed, .notConverted):
            close(
                decision, kind: .notConverted, lesson: rest(of: decision, goal) == nil ? .none : .learnedNo,
                stages: rest(of: decision, goal))
        case (.settle, .converted) where decision.learned == nil:
            close(decision, kind: .settled, lesson: .learnedYes)
        case (_, .converted), (_, .notConverted), (.reported, .open):
            close(decision, kind: .expired, lesson: .none)
        case (_, .open):
            close(decision, kind: .notConverted, lesson: decision.learned == nil ? .learnedNo : .none)
        }
    }

    private mutating func close(
        _ decision: Awaited, kind: Outcome.Kind, lesson: Outcome.Lesson, stages: Range<Int>? = nil
    ) -> Verdict {
        forget(decision.id)
        closed.close(decision.customer, at: decision.closesAt)
        return Verdict(
            decision: decision, kind: kind, joined: .clock, eventTime: decision.closesAt, lesson: lesson,
            stages: stages, money: decision.state == .open ? .release : .none, isClosed: true,
            share: lesson == .learnedYes ? decision.taken : nil)
    }

    private mutating func keep(
        _ decision: Awaited, _ kind: Outcome.Kind, _ joined: Outcome.Joined, _ time: Timestamp,
        lesson: Outcome.Lesson, stages: Range<Int>? = nil, money: Movement,
        change: (inout Awaited) -> Void = { _ in }
    ) -> Verdict {
        var changed = decision
        change(&changed)
        changed.learn(lesson, stages)
        let stages = lesson == .none ? nil : stages
        if awaited[decision.id] == nil { past[decision.id] = changed } else { set(changed) }
        return Verdict(
            decision: decision, kind: kind, joined: joined, eventTime: time, lesson: lesson, stages: stages,
            money: money, share: lesson == .learnedYes ? decision.taken : nil)
    }

    private mutating func set(_ changed: Awaited) {
        let wasOpen = awaited[changed.id]?.state == .open
        awaited[changed.id] = changed
        if wasOpen, changed.state != .open { countClosed(changed.goal) }
    }

    /// Brings a decision to where the outcomes in the log left it; used when the engine starts.
    package mutating func restore(_ outcome: Outcome) {
        guard var decision = awaited[outcome.decision] else { return }
        decision.follow(outcome)
        set(decision)
    }
}

extension OutcomeJoiner.Awaited {
    /// What a lesson “yes” lacks to a whole one.
    fileprivate var taken: Range<Double>? { state == .converted && refunded > 0 ? 0..<refunded : nil }
}

extension KnownOrder {
    /// Of an order about which nothing else is known: its refund takes back all.
    fileprivate static let refunded = KnownOrder(whollyRefunded: true)
}
