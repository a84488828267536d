import WeirBudgeting
import WeirCoupons
import WeirDecisioning
import WeirDomain
import WeirLog
import WeirProfiles
import WeirStorage

/// Joins what happens to the decisions that may have caused it.
struct OutcomeFollower: Follower {
    struct Figures: Sendable {
        /// Decisions whose window is open.
        var awaited = 0
        /// By goal.
        var open: [GoalID: OpenOutcomes] = [:]
    }

    static let follows: [RecordKind] = [.event, .decision, .outcome, .link, .couponUse]

    private let shared: SharedState
    private(set) var joiner = OutcomeJoiner()
    /// Orders that a decision of somebody who turns out to be the same person may have caused.
    private var unjoined = RecentOrders()

    /// Whose windows close in the group at hand.
    private var closing: Set<CustomerID> = []

    init(_ shared: SharedState) { self.shared = shared }

    var figures: Figures { Figures(awaited: joiner.count, open: joiner.open) }

    mutating func follow(
        _ entry: Sequenced, _ attachment: Attachment, _ context: inout FollowerContext
    ) throws -> [Effect] {
        switch entry.record {
        case .event(let event):
            guard let plan = context.plan, let customer = context.customer(of: event) else { return [] }
            guard plan.goals.contains(where: { $0.isTouched(by: event, plan.orders) }) else { return [] }
            let effects = try join(event, of: customer, plan, &context)
            if effects.isEmpty, joiner.count > 0, plan.isOrder(event) { unjoined.append(event, of: customer) }
            return effects
        case .link(let link):
            guard let plan = context.plan else { return [] }
            joiner.move(link.old, to: link.customer)
            unjoined.move(link.old, to: link.customer)
            return try joinOrders(of: link.customer, plan, &context)
        case .decision(let decision):
            guard let plan = context.plan, case .reservation(_, let isPresumedNot) = attachment else { return [] }
            return expect(decision, of: context.customer(of: decision), isPresumedNot: isPresumedNot, plan)
        case .outcome(let outcome):
            guard case .verdict(_, isClosed: true, _) = attachment else { return [] }
            return [.record(.close(outcome.decision))]
        case .couponUse(let use):
            guard case .momentOfUse = attachment else { return [] }
            return try follow(use, &context)
        default: return []
        }
    }

    /// What follows from an event.
    private mutating func join(
        _ event: Event, of customer: CustomerID, _ plan: CatalogPlan, _ context: inout FollowerContext
    ) throws -> [Effect] {
        let history = try history(of: event, by: customer, plan, &context)
        let verdicts = joiner.verdicts(
            on: event, of: customer, goals: plan.goals, orders: plan.orders, history: history)
        return try verdicts.compactMap { verdict in
            guard verdict.isByOrder else { return effect(of: verdict, receivedTime: event.receivedTime) }
            return try effect(of: verdict, by: event, history.known, plan, &context)
        }
    }

    /// What follows from orders that were told before it was known who made them.
    private mutating func joinOrders(
        of customer: CustomerID, _ plan: CatalogPlan, _ context: inout FollowerContext
    ) throws -> [Effect] {
        var effects: [Effect] = []
        var joined: Set<String> = []
        for event in unjoined.orders(of: customer) {
            let found = try join(event, of: customer, plan, &context)
            if !found.isEmpty { joined.insert(event.messageID) }
            effects += found
        }
        if !joined.isEmpty { unjoined.forget(customer) { joined.contains($0.messageID) } }
        return effects
    }

    /// Takes in that an order used the code of a decision, or that this was taken back.
    private mutating func follow(_ use: CouponUse, _ context: inout FollowerContext) throws -> [Effect] {
        guard use.kind != .given, !use.isLeaked, let id = use.decision, let order = use.order,
            let decision = try joiner.awaited[id] ?? context.awaited(id)
        else { return [] }
        // Where its goal has left the catalog it can only be taken back.
        let goal = context.plan?.goal(decision.goal) ?? Goal(id: decision.goal, pattern: nil, window: .zero)
        let verdict =
            use.kind == .redeemed
            ? joiner.redeem(decision, goal: goal, order: order, at: use.time)
            : joiner.takeBackRedemption(of: decision, goal: goal, order: order, at: use.time)
        return verdict.map { [effect(of: $0, receivedTime: use.time)] } ?? []
    }

    /// What is known of the order that an event is about, and which decisions of the past it may be about.
    private func history(
        of event: Event, by customer: CustomerID, _ plan: CatalogPlan, _ context: inout FollowerContext
    ) throws -> OutcomeJoiner.OrderHistory {
        var ids: [DecisionID] = []
        let order = plan.orders.id(of: event)
        if let order { ids += context.decisions(ofOrder: order) }
        ids += context.names(of: event).sorted().flatMap { context.reads.pastDecisions(of: $0) }
        var history = OutcomeJoiner.OrderHistory()
        // In whatever zone the day began: thirteen hours later it has the same date in Greenwich, but for some islands.
        if event.isOfWholeDay {
            let date = Timestamp(day: (event.eventTime + .hour * 13).day)
            history.day = date.localDay(in: plan.catalog.timeZone)
        }
        for id in Set(ids).sorted(by: >) where context.reads.hasOutcomes(of: id) {
            // What is awaited the joiner knows itself, but for whom.
            if let awaited = joiner.awaited[id] {
                if awaited.customer != customer { history.decisions.append(awaited) }
                continue
            }
            guard let stored = try context.decision(id),
                var decision = OutcomeJoiner.Awaited(stored, of: context.current(stored.customer))
            else { continue }
            for outcome in try context.outcomes(of: id) { decision.follow(outcome) }
            history.decisions.append(decision)
        }
        guard let order, plan.schema.orders != nil else { return history }
        history.known = try shared.profiles.order(order, of: customer, plan)
        // The shop's own system may know the person by another name than the page on which the order was made.
        let other = history.decisions.first { $0.orders.contains(order) && $0.customer != customer }
        if let other, let theirs = try shared.profiles.order(order, of: other.customer, plan) {
            history.known = theirs.joined(with: history.known)
        }
        return history
    }

    /// Awaits the outcome of a decision, where it has one.
    private mutating func expect(
        _ decision: StoredDecision, of customer: CustomerID, isPresumedNot: Bool, _ plan: CatalogPlan
    ) -> [Effect] {
        guard var awaited = OutcomeJoiner.Awaited(decision, of: customer) else { return [] }
        let goalID = awaited.goal
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

    /// An effect whose cost follows from the order that an event tells; nil where that changes nothing.
    private func effect(
        of verdict: OutcomeJoiner.Verdict, by event: Event, _ known: KnownOrder?, _ plan: CatalogPlan,
        _ context: inout FollowerContext
    ) throws -> Effect? {
        let decision = verdict.decision.id
        guard let terms = try context.terms(of: decision) else {
            return verdict.money == .rebook ? nil : effect(of: verdict, receivedTime: event.receivedTime)
        }
        let currency = terms.most.currency
        var purchase = plan.orders.purchase(of: event, in: currency)
        if let known, !known.isNewest(event, orders: plan.orders) {
            // A correction that came before what it corrects.
            guard verdict.money != .rebook else { return nil }
            if plan.orders.basket == nil, let worth = known.worth(in: currency) { purchase.basket = worth }
        }
        let cost = terms.cost(of: purchase).map { Money(minorUnits: $0, currency: currency) }
        if verdict.money == .rebook {
            guard let cost else { return nil }
            let uses = Ledger.uses(of: decision, in: currency, history: try context.ledgerEntries(of: decision))
            guard uses.contains(where: { $0.spent != cost.minorUnits }) else { return nil }
        }
        return effect(of: verdict, receivedTime: event.receivedTime, cost: cost)
    }

    private func effect(
        of verdict: OutcomeJoiner.Verdict, receivedTime: Timestamp, value: Money? = nil, cost: Money? = nil
    ) -> Effect {
        let decision = verdict.decision
        let outcome = Outcome(
            decision: decision.id, customer: decision.customer, goal: decision.goal, kind: verdict.kind,
            joined: verdict.joined, eventTime: verdict.eventTime, receivedTime: receivedTime, value: value,
            lesson: verdict.lesson, stages: verdict.stages, order: verdict.order, share: verdict.share)
        return .record(.outcome(outcome), .verdict(verdict.money, isClosed: verdict.isClosed, cost: cost))
    }

    mutating func endGroup(_ context: inout FollowerContext) throws -> [Effect] {
        closing = []
        return []
    }

    // MARK: Reports

    mutating func answer(
        _ report: OutcomeReport, _ context: inout FollowerContext
    ) throws -> (reply: OutcomeReply, effects: [Effect])? {
        guard let awaited = joiner.awaited[report.decision] else { return try answerLate(report, &context) }
        guard let goal = context.plan?.goal(awaited.goal) else { return (.notAwaited, []) }
        let (reply, verdict) = joiner.verdict(on: report, goal: goal)
        return (reply, try verdict.map { [try effect(of: $0, by: report, &context)] } ?? [])
    }

    /// An effect of a report: what it says that the outcome is worth is the basket.
    private func effect(
        of verdict: OutcomeJoiner.Verdict, by report: OutcomeReport, _ context: inout FollowerContext
    ) throws -> Effect {
        var cost: Money?
        if verdict.isByOrder, let value = report.value, let terms = try context.terms(of: report.decision),
            value.currency == terms.most.currency, value.minorUnits >= 0
        {
            cost = terms.cost(of: Purchase(basket: value.minorUnits)).map {
                Money(minorUnits: $0, currency: value.currency)
            }
        }
        return effect(of: verdict, receivedTime: report.receivedTime, value: report.value, cost: cost)
    }

    /// Answers a report on a decision that is no longer awaited: what happened inside its window, and what is taken back.
    private mutating func answerLate(
        _ report: OutcomeReport, _ context: inout FollowerContext
    ) throws -> (reply: OutcomeReply, effects: [Effect]) {
        guard let stored = try context.decision(report.decision) else { return (.unknownDecision, []) }
        guard let goalID = stored.goal, var decision = OutcomeJoiner.Awaited(stored, of: stored.customer) else {
            return (.notAwaited, [])
        }
        for outcome in try context.outcomes(of: report.decision) { decision.follow(outcome) }
        // Where its goal has left the catalog it can only be taken back.
        let goal = context.plan?.goal(goalID) ?? Goal(id: goalID, pattern: nil, window: .zero)
        let (reply, verdict) = joiner.lateVerdict(on: report, goal: goal, decision: decision)
        return (reply, try verdict.map { [try effect(of: $0, by: report, &context)] } ?? [])
    }

    // MARK: Before the transaction

    mutating func foresee(
        _ entries: [JournalEntry], _ context: FollowerContext, wanting reads: inout StoredReads.Wanted
    ) {
        var customers: Set<CustomerID> = []
        var goals: Set<GoalID> = []
        /// Orders of this very group.
        var told: [Event] = []
        for entry in entries {
            if case .record(.event(let event), _) = entry, joiner.count > 0, let plan = context.plan {
                if plan.isOrder(event) { told.append(event) }
                let tied = Set(context.customers(namedBy: event))
                if tied.count > 1 {
                    customers.formUnion(tied)
                    goals.formUnion(foreseeJoining(tied, told, plan, context, wanting: &reads))
                }
            }
            switch entry {
            // Where nothing is awaited, as when files are read into a new store, no event can touch a decision; a decision
            // of this very group needs no read.
            case .record(.event(let event), _) where joiner.count > 0 || !joiner.closed.isEmpty:
                guard let plan = context.plan else { continue }
                let touched = plan.goals.filter { $0.isTouched(by: event, plan.orders) }
                guard !touched.isEmpty else { continue }
                customers.formUnion(context.customers(namedBy: event))
                goals.formUnion(touched.map(\.id))
                if let order = plan.orders.id(of: event) { reads.orders.insert(order) }
                var happened = min(event.eventTime, event.receivedTime)
                if event.isOfWholeDay { happened = happened - .day }
                let names = context.names(of: event)
                if joiner.closed.mayHaveHeld(happened, of: names) || !closing.isDisjoint(with: names) {
                    for name in names { reads.askForPast(of: name, closingAfter: happened) }
                }
            case .record: break
            case .coupon(let request):
                guard let customer = request.customer.map({ context.current($0) }),
                    !shared.coupons.withLock({ $0.isKnown(request.key) })
                else { continue }
                let given = joiner.awaitedDecisions(of: [customer]).filter { $0.coupon == request.key }
                for decision in given { reads.askForAll(about: decision.id) }
                if given.isEmpty {
                    // It may have run out, which is another answer than that it never was given.
                    reads.askForPast(of: customer, closingAfter: request.time - .days(365))
                } else {
                    reads.holders[CouponHolder(key: request.key, customer: customer)] = given.map(\.id).sorted(by: >)
                }
            case .report(let report):
                reads.decisions.insert(report.decision)
                reads.outcomes.insert(report.decision)
                if report.kind != .notConverted { reads.ledgerEntries.insert(report.decision) }
            case .clock(let now):
                let due = joiner.dueDecisions(at: now)
                reads.decisions.formUnion(due)
                closing.formUnion(due.compactMap { joiner.awaited[$0]?.customer })
            }
        }
        guard !goals.isEmpty else { return }
        for decision in joiner.awaitedDecisions(of: customers) where goals.contains(decision.goal) {
            reads.decisions.insert(decision.id)
            // Only what has been spent can be refunded; a conversion of this very group is in the group.
            reads.ledgerEntries.insert(decision.id)
        }
    }

    /// Asks for what orders may join when customers turn out to be one.
    ///
    /// - Returns: The goals that such an order may fulfil.
    private func foreseeJoining(
        _ customers: Set<CustomerID>, _ told: [Event], _ plan: CatalogPlan, _ context: FollowerContext,
        wanting reads: inout StoredReads.Wanted
    ) -> [GoalID] {
        let orders =
            customers.sorted().flatMap { unjoined.orders(of: $0) }
            + told.filter { !customers.isDisjoint(with: context.customers(namedBy: $0)) }
        for event in orders {
            if let order = plan.orders.id(of: event) { reads.orders.insert(order) }
            let happened = min(event.eventTime, event.receivedTime) - (event.isOfWholeDay ? .day : .zero)
            for name in customers.union(context.names(of: event)) {
                reads.askForPast(of: name, closingAfter: happened)
            }
        }
        return plan.goals.filter { goal in orders.contains { goal.isTouched(by: $0, plan.orders) } }.map(\.id)
    }

    mutating func restore(from recovery: inout Recovery) throws {
        guard let plan = try recovery.plan() else { return }
        if try recovery.store.lastDecision() > 0 { joiner.resume(at: recovery.now) }
        for decision in try recovery.openDecisions() {
            guard let awaited = OutcomeJoiner.Awaited(decision, of: recovery.current(decision.customer)) else {
                continue
            }
            joiner.await(awaited, goal: plan.goal(awaited.goal))
            for outcome in try recovery.store.outcomes(of: decision.id) { joiner.restore(outcome) }
        }
        guard joiner.count > 0 else { return }
        // Those that have joined something are looked at again and join nothing more.
        let last = try recovery.store.lastSequence()
        try recovery.store.forEachRecord(after: max(0, last - Self.recordsLookedAt), kinds: [.event]) { entry in
            guard case .event(let event) = entry.record, plan.isOrder(event),
                let customer = recovery.customer(of: entry.record)
            else { return }
            unjoined.append(event, of: customer)
        }
    }

    /// How far a start looks back for orders that joined nothing.
    private static let recordsLookedAt: Int64 = 20_000
}

extension Goal {
    /// Whether an event may fulfil the goal or take it back.
    fileprivate func isTouched(by event: Event, _ orders: Orders) -> Bool {
        guard event.kind == .track else { return false }
        return pattern?.matches(event) == true || isTakenBack(by: event, orders: orders)
    }
}

extension FollowerContext {
    /// A decision of the log as its outcomes left it; nil for one that awaits none.
    mutating func awaited(_ id: DecisionID) throws -> OutcomeJoiner.Awaited? {
        guard let stored = try decision(id),
            var decision = OutcomeJoiner.Awaited(stored, of: current(stored.customer))
        else { return nil }
        for outcome in try outcomes(of: id) { decision.follow(outcome) }
        return decision
    }
}

extension OutcomeJoiner.Awaited {
    /// A decision of the log before its outcomes; nil for one that awaits none.
    ///
    /// - Parameter customer: Who the person is by now.
    fileprivate init?(_ stored: StoredDecision, of customer: CustomerID) {
        guard let goal = stored.goal, let closesAt = stored.closesAt else { return nil }
        self.init(
            id: stored.id, customer: customer, time: stored.time, closesAt: closesAt, goal: goal, offer: stored.offer,
            coupon: stored.coupon)
        isCostOfOrder = DecisionRecord.mayHoldTerms(stored.body)
    }
}

extension OutcomeJoiner.Verdict {
    /// Whether what is spent follows from the order.
    fileprivate var isByOrder: Bool {
        decision.isCostOfOrder && [.spend, .spendReleased, .rebook].contains(money)
    }
}

extension CatalogPlan {
    /// What an order is; as usual where the catalog is of a time when orders had no identity.
    fileprivate var orders: Orders { catalog.orders ?? Orders() }

    /// Whether an event tells of an order with an id that fulfils a goal.
    fileprivate func isOrder(_ event: Event) -> Bool {
        event.kind == .track && goals.contains { $0.pattern?.matches(event) == true } && orders.id(of: event) != nil
    }

    /// The goal of an id; nil where the catalog has it no more.
    func goal(_ id: GoalID) -> Goal? { goalIndex(id).map { goals[$0] } }
}
