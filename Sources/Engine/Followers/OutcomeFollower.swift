import WeirDecisioning
import WeirDomain
import WeirStorage

/// Joins what happens to the decisions that may have caused it.
struct OutcomeFollower: Follower {
    struct Figures: Sendable {
        /// Decisions whose window is open.
        var awaited = 0
        /// By goal.
        var open: [GoalID: OpenOutcomes] = [:]
    }

    static let follows: [RecordKind] = [.event, .decision, .outcome, .link]

    private(set) var joiner = OutcomeJoiner()

    var figures: Figures { Figures(awaited: joiner.count, open: joiner.open) }

    mutating func follow(
        _ entry: Sequenced, _ attachment: Attachment, _ context: inout FollowerContext
    ) throws -> [Effect] {
        switch entry.record {
        case .event(let event):
            guard let plan = context.plan, let customer = context.customer(of: event) else { return [] }
            return joiner.verdicts(on: event, of: customer, goals: plan.goals).map {
                effect(of: $0, receivedTime: event.receivedTime)
            }
        case .link(let link):
            if context.plan != nil { joiner.move(link.old, to: link.customer) }
            return []
        case .decision(let decision):
            guard let plan = context.plan, case .reservation(_, let isPresumedNot) = attachment else { return [] }
            return expect(decision, of: context.customer(of: decision), isPresumedNot: isPresumedNot, plan)
        case .outcome(let outcome):
            guard case .verdict(_, isClosed: true) = attachment else { return [] }
            return [.record(.close(outcome.decision))]
        default: return []
        }
    }

    /// Awaits the outcome of a decision, where it has one.
    private mutating func expect(
        _ decision: StoredDecision, of customer: CustomerID, isPresumedNot: Bool, _ plan: CatalogPlan
    ) -> [Effect] {
        guard let closesAt = decision.closesAt, let goalID = decision.goal else { return [] }
        var awaited = OutcomeJoiner.Awaited(
            id: decision.id, customer: customer, time: decision.time, closesAt: closesAt, goal: goalID,
            offer: decision.offer, coupon: decision.coupon)
        if isPresumedNot { awaited.learned = false }
        joiner.await(awaited, goal: plan.goal(goalID))
        guard isPresumedNot else { return [] }
        let outcome = Outcome(
            decision: decision.id, customer: customer, goal: goalID, kind: .presumedNot, joined: .clock,
            eventTime: decision.time, receivedTime: decision.time, lesson: .learnedNo)
        return [.record(.outcome(outcome))]
    }

    mutating func pass(to now: Timestamp, _ context: inout FollowerContext) throws -> [Effect] {
        joiner.due(at: now, goals: context.goals).map { effect(of: $0, receivedTime: now) }
    }

    private func effect(
        of verdict: OutcomeJoiner.Verdict, receivedTime: Timestamp, value: Money? = nil
    ) -> Effect {
        let decision = verdict.decision
        let outcome = Outcome(
            decision: decision.id, customer: decision.customer, goal: decision.goal, kind: verdict.kind,
            joined: verdict.joined, eventTime: verdict.eventTime, receivedTime: receivedTime, value: value,
            lesson: verdict.lesson, stages: verdict.stages, order: verdict.order)
        return .record(.outcome(outcome), .verdict(verdict.money, isClosed: verdict.isClosed))
    }

    // MARK: Reports

    mutating func answer(
        _ report: OutcomeReport, _ context: inout FollowerContext
    ) throws -> (reply: OutcomeReply, effects: [Effect])? {
        guard let awaited = joiner.awaited[report.decision] else { return try answerLate(report, &context) }
        guard let goal = context.plan?.goal(awaited.goal) else { return (.notAwaited, []) }
        let (reply, verdict) = joiner.verdict(on: report, goal: goal)
        let effects = verdict.map { [effect(of: $0, receivedTime: report.receivedTime, value: report.value)] }
        return (reply, effects ?? [])
    }

    /// Answers a report on a decision that is no longer awaited: only a conversion can still be taken back.
    private func answerLate(
        _ report: OutcomeReport, _ context: inout FollowerContext
    ) throws -> (reply: OutcomeReply, effects: [Effect]) {
        guard let stored = try context.decision(report.decision) else { return (.unknownDecision, []) }
        guard let goal = stored.goal else { return (.notAwaited, []) }
        let outcomes = try context.outcomes(of: report.decision)
        let state = outcomes.last { [.converted, .reversed].contains($0.kind) }?.kind
        switch report.kind {
        case .converted: return (state == .converted ? .alreadyRecorded : .outsideWindow, [])
        case .notConverted: return (.alreadyRecorded, [])
        case .reversed: break
        }
        guard state == .converted else { return (.nothingToReverse, []) }
        let learned = outcomes.last { [.learnedYes, .turnedToYes].contains($0.lesson) }
        let awaited = OutcomeJoiner.Awaited(
            id: stored.id, customer: stored.customer, time: stored.time, closesAt: stored.closesAt ?? stored.time,
            goal: goal, offer: stored.offer, coupon: stored.coupon, state: .converted)
        let verdict = OutcomeJoiner.Verdict(
            decision: awaited, kind: .reversed, joined: .decisionID, eventTime: report.eventTime ?? report.receivedTime,
            lesson: learned == nil ? .none : .turnedToNo, stages: learned?.stages, money: .refund)
        return (.recorded, [effect(of: verdict, receivedTime: report.receivedTime)])
    }

    // MARK: Before the transaction

    mutating func foresee(
        _ entries: [JournalEntry], _ context: FollowerContext, wanting reads: inout StoredReads.Wanted
    ) {
        var customers: Set<CustomerID> = []
        var goals: Set<GoalID> = []
        for entry in entries {
            switch entry {
            // Where nothing is awaited, as when files are read into a new store, no event can touch a decision; a decision
            // of this very group needs no read.
            case .record(.event(let event), _) where joiner.count > 0:
                let touched = context.goals.filter { $0.isTouched(by: event) }
                guard !touched.isEmpty else { continue }
                customers.formUnion(context.customers(namedBy: event))
                goals.formUnion(touched.map(\.id))
            case .record: break
            case .report(let report):
                reads.decisions.insert(report.decision)
                reads.outcomes.insert(report.decision)
                if report.kind == .reversed { reads.ledgerEntries.insert(report.decision) }
            case .clock(let now):
                reads.decisions.formUnion(joiner.dueDecisions(at: now))
            }
        }
        guard !goals.isEmpty else { return }
        for decision in joiner.awaitedDecisions(of: customers) where goals.contains(decision.goal) {
            reads.decisions.insert(decision.id)
            // Only what has been spent can be refunded; a conversion of this very group is in the group.
            reads.ledgerEntries.insert(decision.id)
        }
    }

    mutating func restore(from recovery: inout Recovery) throws {
        guard let plan = try recovery.plan() else { return }
        for decision in try recovery.openDecisions() {
            guard let goalID = decision.goal, let closesAt = decision.closesAt else { continue }
            let awaited = OutcomeJoiner.Awaited(
                id: decision.id, customer: recovery.current(decision.customer), time: decision.time,
                closesAt: closesAt, goal: goalID, offer: decision.offer, coupon: decision.coupon)
            joiner.await(awaited, goal: plan.goal(goalID))
            for outcome in try recovery.store.outcomes(of: decision.id) { joiner.restore(outcome) }
        }
    }
}

extension Goal {
    /// Whether an event may fulfil the goal or take it back.
    fileprivate func isTouched(by event: Event) -> Bool {
        guard event.kind == .track else { return false }
        return pattern?.matches(event) == true || reversal?.matches(event) == true
    }
}

extension CatalogPlan {
    /// The goal of an id; nil where the catalog has it no more.
    func goal(_ id: GoalID) -> Goal? { goalIndex(id).map { goals[$0] } }
}
