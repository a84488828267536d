package import WeirDomain
import WeirJSON

/// Joins what happens to the decisions that may have caused it; without clock, lock or store.
///
/// Knows every decision whose outcome is awaited or may yet be taken back, and says for each event, report and moment
/// what follows; the caller writes that down.
package struct OutcomeJoiner: Sendable {
    package struct Awaited: Sendable, Equatable {
        package var id: DecisionID
        package var customer: CustomerID
        package var time: Timestamp
        /// First moment at which an outcome no longer counts.
        package var closesAt: Timestamp
        package var goal: GoalID
        package var offer: OfferID?
        package var coupon: String?
        package var state = State.open
        /// Whether the model has learned something of it, and what.
        package var learned: Bool?
        /// How many stages of its age have been learned, for goals that learn by stages.
        package var stage = 0
        /// Those of the last lesson.
        package var lastStages: Range<Int>?

        package init(
            id: DecisionID, customer: CustomerID, time: Timestamp, closesAt: Timestamp, goal: GoalID, offer: OfferID?,
            coupon: String?, state: State = .open, learned: Bool? = nil
        ) {
            self.id = id
            self.customer = customer
            self.time = time
            self.closesAt = closesAt
            self.goal = goal
            self.offer = offer
            self.coupon = coupon
            self.state = state
            self.learned = learned
        }
    }

    package enum State: Sendable, Equatable {
        case open
        case converted
        /// Learned or reported as not converted; a late conversion inside the window still counts.
        case notConverted
    }

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
    }

    /// What happens to the reserved money.
    package enum Movement: Sendable, Equatable {
        case none, spend, release, refund
    }

    package private(set) var awaited: [DecisionID: Awaited] = [:]
    private var byCustomer: [CustomerID: [DecisionID]] = [:]
    /// By goal.
    private(set) var open: [GoalID: OpenOutcomes] = [:]
    private var timers = TimerQueue()
    /// Of goals that learn by stages.
    private var showings: [GoalID: StageShowings] = [:]

    package init() {}

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
        guard let ids = byCustomer.removeValue(forKey: old) else { return }
        for id in ids { awaited[id]?.customer = new }
        byCustomer[new] = (byCustomer[new] ?? []) + ids
        byCustomer[new]?.sort()
    }

    // MARK: Verdicts

    /// What follows from an event of a customer: conversions by coupon code or by rule, and reversals.
    package mutating func verdicts(on event: Event, of customer: CustomerID, goals: [Goal]) -> [Verdict] {
        guard event.kind == .track, let ids = byCustomer[customer] else { return [] }
        var verdicts: [Verdict] = []
        for goal in goals {
            if let pattern = goal.pattern, pattern.matches(event) {
                let coupon = goal.couponPath.map { event.properties[JSONPath($0)]?.string }
                if let match = match(event, ids, goal, coupon: coupon) {
                    let joined: Outcome.Joined = goal.couponPath == nil ? .rule : .coupon
                    verdicts.append(convert(match, goal, at: event.eventTime, joined: joined))
                }
            }
            if let reversal = goal.reversal, reversal.matches(event),
                let id = ids.last(where: { awaited[$0]?.goal == goal.id && awaited[$0]?.state == .converted })
            {
                verdicts.append(reverse(awaited[id]!, goal, at: event.eventTime, joined: .rule))
            }
        }
        for index in verdicts.indices { verdicts[index].order = event.order }
        return verdicts
    }

    /// The latest decision that the event can belong to: same goal, inside the window, same code where codes are used.
    private func match(_ event: Event, _ ids: [DecisionID], _ goal: Goal, coupon: String??) -> Awaited? {
        for id in ids.reversed() {
            guard let decision = awaited[id], decision.goal == goal.id, decision.state != .converted,
                decision.time <= event.eventTime, event.eventTime < decision.closesAt
            else { continue }
            if let coupon {
                guard let coupon, decision.coupon == coupon else { continue }
            }
            return decision
        }
        return nil
    }

    /// What follows from a report on an awaited decision; nil where there is nothing to note.
    package mutating func verdict(on report: OutcomeReport, goal: Goal) -> (reply: OutcomeReply, verdict: Verdict?) {
        guard let decision = awaited[report.decision] else { return (.unknownDecision, nil) }
        let time = report.eventTime ?? report.receivedTime
        switch report.kind {
        case .converted:
            if decision.state == .converted { return (.alreadyRecorded, nil) }
            guard time >= decision.time, time < decision.closesAt else { return (.outsideWindow, nil) }
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

    private mutating func convert(
        _ decision: Awaited, _ goal: Goal, at time: Timestamp, joined: Outcome.Joined
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
        let isPaid = decision.state == .open  // A reported "no" has released the money already.
        return keep(
            decision, .converted, state: .converted, joined, time, lesson: lesson,
            stages: lesson == .none ? nil : decision.lastStages, money: isPaid ? .spend : .none)
    }

    private mutating func refuse(
        _ decision: Awaited, _ goal: Goal, at time: Timestamp, joined: Outcome.Joined
    ) -> Verdict {
        let rest = rest(of: decision, goal)
        return keep(
            decision, .notConverted, state: .notConverted, joined, time,
            lesson: decision.learned == nil || rest != nil ? .learnedNo : .none, stages: rest, money: .release)
    }

    private mutating func reverse(
        _ decision: Awaited, _ goal: Goal, at time: Timestamp, joined: Outcome.Joined
    ) -> Verdict {
        keep(
            decision, .reversed, state: .notConverted, joined, time,
            lesson: decision.learned == true ? .turnedToNo : .none, stages: decision.lastStages, money: .refund)
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
            decision, isConverted ? .settled : .open, state: decision.state, .clock, decision.time + ages[end - 1],
            lesson: isConverted ? .learnedYes : .learnedNo, stages: decision.stage..<end, money: .none)
    }

    private mutating func settle(_ decision: Awaited, at time: Timestamp) -> Verdict? {
        guard decision.learned == nil else { return nil }
        let isConverted = decision.state == .converted
        // The money stays reserved: the offer can still be used until its window closes.
        return keep(
            decision, isConverted ? .settled : .notConverted, state: decision.state, .clock, time,
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
        return Verdict(
            decision: decision, kind: kind, joined: .clock, eventTime: decision.closesAt, lesson: lesson,
            stages: stages, money: decision.state == .open ? .release : .none, isClosed: true)
    }

    private mutating func keep(
        _ decision: Awaited, _ kind: Outcome.Kind, state: State, _ joined: Outcome.Joined, _ time: Timestamp,
        lesson: Outcome.Lesson, stages: Range<Int>? = nil, money: Movement
    ) -> Verdict {
        var changed = decision
        changed.state = state
        changed.learn(lesson, stages)
        let stages = lesson == .none ? nil : stages
        awaited[decision.id] = changed
        if decision.state == .open, state != .open { countClosed(decision.goal) }
        return Verdict(
            decision: decision, kind: kind, joined: joined, eventTime: time, lesson: lesson, stages: stages,
            money: money)
    }

    /// Brings a decision to where the outcomes in the log left it; used when the engine starts.
    package mutating func restore(_ outcome: Outcome) {
        guard var decision = awaited[outcome.decision] else { return }
        switch outcome.kind {
        case .converted: decision.state = .converted
        case .reversed: decision.state = .notConverted
        // At settling the money stays reserved and the offer usable, so the decision stays open.
        case .notConverted: if outcome.joined == .decisionID { decision.state = .notConverted }
        case .presumedNot, .settled, .expired, .open: break
        }
        decision.learn(outcome.lesson, outcome.stages)
        let wasOpen = awaited[outcome.decision]?.state == .open
        awaited[outcome.decision] = decision
        if wasOpen, decision.state != .open { countClosed(decision.goal) }
    }
}

extension OutcomeJoiner.Awaited {
    mutating func learn(_ lesson: Outcome.Lesson, _ stages: Range<Int>?) {
        if lesson != .none, let stages {
            stage = max(stage, stages.upperBound)
            lastStages = stages
        }
        switch lesson {
        case .none: break
        case .learnedYes, .turnedToYes: learned = true
        case .learnedNo, .turnedToNo: learned = false
        }
    }
}
