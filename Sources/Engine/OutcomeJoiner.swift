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
    private var timers = TimerQueue()

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
        // Two decisions of one moment may come in either order; a restart reads them in this one.
        var ids = byCustomer[decision.customer] ?? []
        ids.insert(decision.id, at: ids.lastIndex { $0 < decision.id }.map { $0 + 1 } ?? 0)
        byCustomer[decision.customer] = ids
        if let goal, goal.negatives == .settle, let age = goal.settleAfter, decision.learned == nil {
            let settles = min(decision.time + age, decision.closesAt)
            if settles < decision.closesAt { timers.insert(settles, decision.id) }
        }
        timers.insert(decision.closesAt, decision.id)
    }

    /// Forgets a decision.
    package mutating func forget(_ id: DecisionID) {
        guard let decision = awaited.removeValue(forKey: id) else { return }
        byCustomer[decision.customer]?.removeAll { $0 == id }
        if byCustomer[decision.customer]?.isEmpty == true { byCustomer[decision.customer] = nil }
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
            if timer.time < decision.closesAt {
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
            case (.settle, nil): .none  // Learned when the decision has reached its age.
            case (.settle, _): .learnedYes
            case (_, false): .turnedToYes
            default: .learnedYes
            }
        let isPaid = decision.state == .open  // A reported "no" has released the money already.
        return keep(
            decision, .converted, state: .converted, joined, time, lesson: lesson, money: isPaid ? .spend : .none)
    }

    private mutating func refuse(
        _ decision: Awaited, _ goal: Goal, at time: Timestamp, joined: Outcome.Joined
    ) -> Verdict {
        keep(
            decision, .notConverted, state: .notConverted, joined, time,
            lesson: decision.learned == nil ? .learnedNo : .none, money: .release)
    }

    private mutating func reverse(
        _ decision: Awaited, _ goal: Goal, at time: Timestamp, joined: Outcome.Joined
    ) -> Verdict {
        keep(
            decision, .reversed, state: .notConverted, joined, time,
            lesson: decision.learned == true ? .turnedToNo : .none, money: .refund)
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
        case (.settle, .converted) where decision.learned == nil:
            close(decision, kind: .settled, lesson: .learnedYes)
        case (_, .converted), (_, .notConverted), (.reported, .open):
            close(decision, kind: .expired, lesson: .none)
        case (_, .open):
            close(decision, kind: .notConverted, lesson: decision.learned == nil ? .learnedNo : .none)
        }
    }

    private mutating func close(_ decision: Awaited, kind: Outcome.Kind, lesson: Outcome.Lesson) -> Verdict {
        forget(decision.id)
        return Verdict(
            decision: decision, kind: kind, joined: .clock, eventTime: decision.closesAt, lesson: lesson,
            money: decision.state == .open ? .release : .none, isClosed: true)
    }

    private mutating func keep(
        _ decision: Awaited, _ kind: Outcome.Kind, state: State, _ joined: Outcome.Joined, _ time: Timestamp,
        lesson: Outcome.Lesson, money: Movement
    ) -> Verdict {
        var changed = decision
        changed.state = state
        changed.learn(lesson)
        awaited[decision.id] = changed
        return Verdict(
            decision: decision, kind: kind, joined: joined, eventTime: time, lesson: lesson, money: money)
    }

    /// Brings a decision to where the outcomes in the log left it; used when the engine starts.
    package mutating func restore(_ outcome: Outcome) {
        guard var decision = awaited[outcome.decision] else { return }
        switch outcome.kind {
        case .converted: decision.state = .converted
        case .reversed: decision.state = .notConverted
        // At settling the money stays reserved and the offer usable, so the decision stays open.
        case .notConverted: if outcome.joined == .decisionID { decision.state = .notConverted }
        case .presumedNot, .settled, .expired: break
        }
        decision.learn(outcome.lesson)
        awaited[outcome.decision] = decision
    }
}

extension OutcomeJoiner.Awaited {
    mutating func learn(_ lesson: Outcome.Lesson) {
        switch lesson {
        case .none: break
        case .learnedYes, .turnedToYes: learned = true
        case .learnedNo, .turnedToNo: learned = false
        }
    }
}
