import Synchronization
import WeirBudgeting
import WeirDecisioning
import WeirDomain
import WeirEngine
import WeirJSON
import WeirStorage

/// One year of one world, driven through a whole engine: its store is in memory and its clock stands still until moved.
///
/// What a shop would send is sent: a session with what was looked at, the offer that was shown, the order, and for each
/// order the decision that it belongs to. Nothing else of the truth reaches the engine.
final class EngineRun {
    /// How the engine's money is held together.
    enum Pricing: Sendable {
        /// By the shadow price: Weir's loop.
        case shadowPrice
        /// By monthly tranches, first come first served, at the floor's price.
        case firstCome
        /// By the shadow price, with the usual basket for everybody.
        case meanBasket
    }

    private struct Answer {
        var visit: Int
        var reply: DecisionReply
    }

    /// Something that is to be told the engine once its time has come.
    private struct Message {
        var moment: Double
        var visit: Int
        var decision: DecisionID?
        var isOffer: Bool
    }

    private final class Inbox: Sendable {
        let answers = Mutex<[(visit: Int, result: Result<DecisionReply, EngineError>)]>([])
    }

    private let population: Population
    private let pricing: Pricing
    private let seed: UInt64
    private let clock: ManualClock
    let store = MemoryStore()
    let engine: Engine
    private let inbox = Inbox()
    private var truth: Truth
    private(set) var account = Account()
    /// By customer: what the engine's decisions changed for them in truth.
    private(set) var changes: [Change]
    private var messages: [Message] = []
    private var events: [Event] = []
    private var reports: [OutcomeReport] = []
    private var nextMonth = 1
    /// The most that was spent and reserved together at any hour, in minor units.
    private(set) var largestCommitment: Int64 = 0

    init(_ population: Population, seed: UInt64, pricing: Pricing) throws {
        self.population = population
        self.pricing = pricing
        self.seed = seed
        truth = Truth(population)
        changes = population.customers.map { _ in Change() }
        let world = population.world
        clock = ManualClock(at: world.start - .days(Double(world.historyDays) + 1), followsRequests: false)
        var settings = EngineSettings()
        settings.shards = 1
        settings.hotProfiles = .max
        settings.groupBound = .max
        settings.journalBound = .max
        settings.lessonsPerSnapshot = .max
        settings.recordsPerCheckpoint = .max
        settings.checkpointInterval = .days(100_000)
        settings.usesShadowPrices = pricing != .firstCome
        engine = try Engine(store: store, clock: clock, settings: settings)
    }

    func run() throws -> Account {
        try applyCatalog(month: 0)
        try sendHistory()
        let visits = population.visits
        var next = population.firstDecision
        while next < visits.count {
            let hour = Int((visits[next].moment * 24).rounded(.down))
            let last = visits[next...].firstIndex { Int(($0.moment * 24).rounded(.down)) != hour } ?? visits.count
            try move(to: Double(hour) / 24)
            for index in next..<last {
                clock.set(time(visits[index].moment))
                events.append(session(index))
            }
            try send()
            for index in next..<last { ask(index) }
            try engine.commitOnce()
            for answer in try answers() { settle(answer) }
            let ledger = engine.ledger.accounts[0]
            largestCommitment = max(largestCommitment, ledger.spent + ledger.reserved)
            next = last
        }
        try move(to: Double(population.world.days) + 30)
        return account
    }

    /// The log's decisions, in order.
    func decisions() throws -> [StoredDecision] {
        try store.records(after: 0, kinds: [.decision], limit: .max).compactMap {
            if case .decision(let stored) = $0.record { stored } else { nil }
        }
    }

    private func time(_ moment: Double) -> Timestamp { population.world.start + .days(moment) }

    // MARK: Catalog and clock

    private func applyCatalog(month: Int) throws {
        let world = population.world
        var limit = world.limit
        if pricing == .firstCome {
            let share = world.forecast[...month].reduce(0, +)
            limit = Money(minorUnits: Int64(share * Double(limit.minorUnits)), currency: .usd)
        }
        let file = StoredCatalog.File(
            name: "weir.yaml", text: world.catalog(limit: limit, seed: seed, knowsBaskets: pricing != .meanBasket))
        try engine.apply([file]) { _ in }
        try engine.commitOnce()
    }

    /// Lets time pass: tells what has become known by then, closes windows, opens the next tranche.
    private func move(to moment: Double) throws {
        if pricing == .firstCome {
            let starts = population.world.monthStarts
            while nextMonth < starts.count - 1, Double(starts[nextMonth]) <= moment {
                try applyCatalog(month: nextMonth)
                nextMonth += 1
            }
        }
        let due = messages.filter { $0.moment <= moment }.sorted { ($0.moment, $0.visit) < ($1.moment, $1.visit) }
        messages.removeAll { $0.moment <= moment }
        for message in due { tell(message) }
        // What has happened is told before the windows close.
        try send()
        clock.set(time(moment))
        engine.tick()
        try engine.commitOnce()
    }

    private func send() throws {
        engine.collect(events) { _ in }
        engine.report(reports) { _ in }
        events.removeAll(keepingCapacity: true)
        reports.removeAll(keepingCapacity: true)
        try engine.commitOnce()
    }

    // MARK: What the shop sends

    private func sendHistory() throws {
        for index in 0..<population.firstDecision {
            let visit = population.visits[index]
            clock.set(time(visit.moment))
            events.append(session(index))
            if truth.buys(visit, nil, truth.odds(at: visit)) { events.append(order(index, isOffer: false)) }
            if events.count >= 1_000 { try send() }
        }
        try send()
    }

    private func event(_ name: String, _ index: Int, at moment: Double, _ properties: JSON) -> Event {
        let time = time(moment)
        return Event(
            messageID: "\(name) \(index)", source: "shop", kind: .track, name: name,
            userID: population.customers[population.visits[index].customer].id, eventTime: time,
            receivedTime: max(time, clock.now), properties: properties)
    }

    private func session(_ index: Int) -> Event {
        let visit = population.visits[index]
        return event(
            "Session", index, at: visit.moment,
            [
                "sale": .bool(visit.looksAtSale),
                "views": .array(visit.viewed.map { ["category": .string("k\($0)")] }),
            ])
    }

    private func order(_ index: Int, isOffer: Bool) -> Event {
        let visit = population.visits[index]
        let revenue = (visit.revenue * 100).rounded() / 100
        return event(
            "Order Completed", index, at: visit.moment + 0.004,
            population.world.baskets == nil
                ? ["revenue": .number(revenue), "offer_used": .bool(isOffer)]
                : ["order_id": .string("\(index)"), "revenue": .number(revenue), "offer_used": .bool(isOffer)])
    }

    private func tell(_ message: Message) {
        clock.set(time(message.moment))
        events.append(order(message.visit, isOffer: message.isOffer))
        guard let decision = message.decision else { return }
        reports.append(
            OutcomeReport(
                decision: decision, kind: .converted, eventTime: nil, receivedTime: time(message.moment),
                value: population.world.baskets == nil ? nil : population.visits[message.visit].basket))
    }

    // MARK: Decisions

    private func ask(_ index: Int) {
        let visit = population.visits[index]
        clock.set(time(visit.moment))
        let request = DecisionRequest(userID: population.customers[visit.customer].id, placement: "home")
        let inbox = inbox
        engine.decide(request) { result in inbox.answers.withLock { $0.append((index, result)) } }
    }

    private func answers() throws -> [Answer] {
        let taken = inbox.answers.withLock { answers in
            defer { answers = [] }
            return answers
        }
        return try taken.map { Answer(visit: $0.visit, reply: try $0.result.get()) }
    }

    private func settle(_ answer: Answer) {
        let visit = population.visits[answer.visit]
        let choice = answer.reply.offer.flatMap { population.world.incentive(named: $0.id.rawValue) }
        let odds = truth.odds(at: visit)
        let (margin, cost) = truth.effect(of: choice, odds, at: visit)
        account.book(day: visit.day, margin: margin, cost: cost, isOffer: choice != nil)
        if choice != nil {
            truth.remember(offerAt: visit)
            events.append(event("Offer Shown", answer.visit, at: visit.moment, .emptyObject))
        }
        let buys = truth.buys(visit, choice, odds)
        changes[visit.customer].count(
            isHeldOut: answer.reply.record.decision.assignment == .heldOut, buys: buys,
            wouldBuyAnyway: visit.luck < odds.never, margin: truth.margin(at: visit),
            cost: choice.map { truth.cost(of: $0, at: visit) })
        guard buys else { return }
        if let choice { account.pay(truth.cost(of: choice, at: visit)) }
        messages.append(
            Message(
                moment: visit.moment + visit.delay, visit: answer.visit,
                decision: answer.reply.record.situation.id, isOffer: choice != nil))
    }
}

extension World {
    /// The incentive that an offer of the catalog stands for.
    func incentive(named id: String) -> Int? {
        for (depth, kind) in Self.kinds.enumerated() {
            for category in 0..<Self.categories where id == "\(kind)-\(category)" {
                return depth * Self.categories + category
            }
        }
        return nil
    }
}
