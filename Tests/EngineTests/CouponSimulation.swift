import Synchronization
import Testing
import WeirBudgeting
import WeirCoupons
import WeirDecisioning
import WeirDomain
import WeirEngine
import WeirJSON
import WeirLogInsight
import WeirStatistics
import WeirStorage

/// Shoppers, tills and web shops that use codes at once, again, too late and out of turn, with a process that dies now and
/// then; everything comes from one seed.
struct CouponSimulation {
    enum Answer: Sendable {
        case given(Result<DecisionReply, EngineError>)
        case used(CouponRequest, Result<CouponReply, EngineError>)
        case other(isFine: Bool)
    }

    final class Inbox: Sendable {
        let answers = Mutex<[Answer]>([])
        func put(_ answer: Answer) { answers.withLock { $0.append(answer) } }
        func take() -> [Answer] {
            answers.withLock { answers in
                defer { answers = [] }
                return answers
            }
        }
    }

    var random: SplitMix64
    var settings = EngineSettings()
    var store = MemoryStore()
    let clock = ManualClock(at: Harness.start, followsRequests: false)
    var engine: Engine
    var inbox = Inbox()
    let leaked: String
    var limit = 200
    private(set) var loaded = 0
    private(set) var sent = 0

    /// Codes that were acknowledged as given, with whom.
    var codes: [(code: String, customer: String)] = []
    /// For each code the decision whose answer named it.
    var decisions: [CouponKey: DecisionID] = [:]
    /// What was acknowledged: code and order, then what was answered.
    var redeemed: [String: CouponUse] = [:]
    var refusals: Set<String> = []

    init(seed: UInt64) throws {
        random = SplitMix64(seed: seed)
        settings.groupBound = Int.random(in: 1...30, using: &random)
        settings.recordsPerCheckpoint = Int.random(in: 5...200, using: &random)
        leaked = seed % 2 == 0 ? "" : "leaked: book"
        engine = try Engine(store: store, clock: clock, settings: settings)
        try settleIn()
    }

    /// What a new process does first: the catalog, and codes where there are none.
    private mutating func settleIn() throws {
        try apply()
        try load()
        try drain()
    }

    private mutating func pick<Element>(_ elements: [Element]) -> Element { elements.randomElement(using: &random)! }

    private mutating func customer() -> String { "u\(Int.random(in: 0..<9, using: &random))" }

    // MARK: Steps

    mutating func step() throws {
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<18: decide()
        case 18..<56: use()
        case 56..<64: tellOfOrder()
        case 64..<84: try engine.commitOnce()
        case 84..<88: engine.tick()
        case 88..<91: clock.set(clock.now + .seconds(Double.random(in: 1...400_000, using: &random)))
        case 91..<93: try load()
        case 93..<94: try changeLimit()
        case 94..<95: try engine.checkpoint()
        case 95..<98: try crash()
        default: try restart(isQuiet: false)
        }
        read()
    }

    private mutating func decide() {
        let request = DecisionRequest(userID: customer(), placement: pick(["home", "home", "till"]))
        engine.decide(request) { [inbox] in inbox.put(.given($0)) }
    }

    private mutating func use() {
        var code = "SAVE5"
        var customer: String? = customer()
        if !codes.isEmpty, Int.random(in: 0..<5, using: &random) > 0 {
            let known = pick(codes.suffix(12).map { $0 })
            code = known.code
            switch Int.random(in: 0..<8, using: &random) {
            case 0: break  // Somebody.
            case 1: customer = nil
            default: customer = known.customer
            }
        } else if Bool.random(using: &random) {
            code = "X\(Int.random(in: 0..<max(1, loaded), using: &random))YZ"  // Perhaps nobody has it yet.
        }
        if Int.random(in: 0..<10, using: &random) == 0 { customer = nil }
        let action = pick([CouponRequest.Action.redeem, .redeem, .redeem, .redeem, .validate, .release, .rollback])
        let order = "o\(Int.random(in: 0..<30, using: &random))"
        let request = CouponRequest(
            action, code: pick([code, code.lowercased(), "\(code) "]), customer: customer.map { CustomerID($0) },
            order: order,
            basket: Bool.random(using: &random)
                ? nil : Basket(value: Money(minorUnits: Int64.random(in: 0...3_000, using: &random), currency: .usd)),
            time: clock.now)
        for _ in 0..<pick([1, 1, 1, 2, 3]) { engine.use(request) { [inbox] in inbox.put(.used(request, $0)) } }
    }

    private mutating func tellOfOrder() {
        sent += 1
        guard !codes.isEmpty else { return }
        let known = pick(codes.suffix(12).map { $0 })
        let event = Event(
            messageID: "m\(sent)", source: "shop", kind: .track,
            name: pick(["Order Completed", "Order Completed", "Order Refunded"]), userID: known.customer,
            eventTime: clock.now, receivedTime: clock.now,
            properties: [
                "order_id": .string("o\(Int.random(in: 0..<30, using: &random))"), "coupon": .string(known.code),
                "revenue": 40,
            ])
        engine.collect([event]) { [inbox] result in inbox.put(.other(isFine: (try? result.get()) != nil)) }
    }

    private mutating func load() throws {
        let codes = (0..<4).map { "X\(loaded + $0)YZ" }
        loaded += 4
        engine.keep(CouponLot(pool: "spring", origin: .loaded, codes: codes, time: clock.now, actor: "test")) {
            [inbox] result in inbox.put(.other(isFine: (try? result.get()) != nil))
        }
    }

    private mutating func apply() throws {
        do { try engine.apply(CouponShop.catalog(limit: limit, leaked: leaked)) { _ in } } catch is LedgerError {}
    }

    private mutating func changeLimit() throws {
        limit = pick([60, 200, 400])
        try apply()
    }

    // MARK: Crashes

    private mutating func crash() throws {
        engine.tick()
        store.failure = Bool.random(using: &random) ? .beforeCommit : .afterCommit
        #expect(throws: SimulatedCrash.self) { try engine.commitOnce() }
        read(isCrashed: true)
        try restart(isQuiet: false)
    }

    mutating func restart(isQuiet: Bool) throws {
        let before = engine
        inbox = Inbox()
        store = store.reopened()
        engine = try Engine(store: store, clock: clock, settings: settings)
        try check()
        if isQuiet {
            #expect(before.couponPools == engine.couponPools)
            #expect(before.ledger.openReservations.filter { !$0.amounts.isEmpty } == engine.ledger.openReservations)
        }
        if engine.plan == nil { try settleIn() }
    }

    mutating func drain() throws {
        while try engine.commitOnce() {}
        read()
    }

    // MARK: What must hold

    private mutating func read(isCrashed: Bool = false) {
        for answer in inbox.take() {
            switch answer {
            case .given(.success(let reply)):
                let situation = reply.record.situation
                guard let code = situation.code else { continue }
                let other = decisions.updateValue(situation.id, forKey: CouponKey(code))
                #expect(other == nil, "\(code) was given twice")
                codes.append((code, situation.customer.rawValue))
            case .used(let request, .success(let reply)): keep(request, reply)
            case .given(.failure(let error)), .used(_, .failure(let error)): #expect(isCrashed, "\(error)")
            case .other(let isFine): #expect(isFine || isCrashed)
            }
        }
        #expect(engine.ledger.trialBalance == 0)
        for account in engine.ledger.accounts {
            #expect(account.available >= 0 && account.spent >= 0 && account.reserved >= 0, "\(account)")
        }
    }

    private mutating func keep(_ request: CouponRequest, _ reply: CouponReply) {
        if let refusal = reply.refusal { refusals.insert(refusal.name) }
        guard let use = reply.use, let order = request.order, request.action != .validate else { return }
        let name = "\(request.key.text)/\(order)"
        if reply.isRepeated, request.action == .redeem, let known = redeemed[name], known.kind == .redeemed {
            #expect(known == use, "told again, \(name) must be answered alike")
        }
        redeemed[name] = use
    }

    /// Holds the log against the rules: each code given once and in use by one order at a time, money where the uses are.
    func check() throws {
        var given: [CouponKey: CouponUse] = [:]
        var inUse: [CouponKey: String] = [:]
        var last: [String: CouponUse] = [:]
        var usesOfDecisions: [DecisionID: CouponUse] = [:]
        for entry in try store.records(after: 0, kinds: [.couponUse], limit: .max) {
            guard case .couponUse(let use) = entry.record else { continue }
            let key = CouponKey(use.code)
            if use.kind == .given {
                #expect(given.updateValue(use, forKey: key) == nil, "\(use.code) was given twice")
                continue
            }
            let order = try #require(use.order)
            last["\(key.text)/\(order)"] = use
            if use.kind == .redeemed {
                if use.pool != nil {
                    #expect(inUse.updateValue(order, forKey: key) == nil, "\(use.code) was used twice")
                }
                if let decision = use.decision, !use.isLeaked {
                    #expect(usesOfDecisions.updateValue(use, forKey: decision) == nil, "\(decision) was used twice")
                }
            } else {
                if use.pool != nil { #expect(inUse.removeValue(forKey: key) == order) }
                if let decision = use.decision, !use.isLeaked { usesOfDecisions[decision] = nil }
            }
        }
        for (code, decision) in decisions {
            #expect(given[code]?.decision == decision, "\(code.text) is not in the log")
        }
        for (name, use) in redeemed { #expect(last[name] != nil, "\(name) was lost: \(use)") }
        try checkMoney(usesOfDecisions, leaked: last.values.filter(\.isLeaked))
    }

    /// What is spent is what the codes in use took off.
    private func checkMoney(_ uses: [DecisionID: CouponUse], leaked: [CouponUse]) throws {
        let accounts = try store.balancesFromEntries()
        #expect(try store.balances() == accounts)
        var spent: [DecisionID: Int64] = [:]
        for entry in try store.records(after: 0, kinds: [.ledger], limit: .max) {
            guard case .ledger(let entry) = entry.record, let decision = entry.decision else { continue }
            if entry.to == .spent { spent[decision, default: 0] += entry.amount.minorUnits }
            if entry.from == .spent { spent[decision, default: 0] -= entry.amount.minorUnits }
        }
        for (decision, use) in uses { #expect(spent[decision, default: 0] == use.amount?.minorUnits, "\(use)") }
        for (decision, amount) in spent where uses[decision] == nil && amount != 0 {
            // Only an order of which an event told uses a code for all without a record of its own.
            let coupon = try store.decision(decision).flatMap { entry -> String? in
                guard case .decision(let stored) = entry.record else { return nil }
                return stored.coupon
            }
            let isLeaked = coupon.map { code in leaked.contains { CouponKey($0.code) == CouponKey(code) } } ?? false
            #expect(coupon == "SAVE5" || isLeaked, "\(amount) is spent for \(decision) and nobody uses its code")
        }
        let onLeaks = accounts.filter { $0.key.rawValue.hasPrefix("leaked/") }
            .reduce(Int64(0)) { $0 + ($1.value[.spent]?.minorUnits ?? 0) }
        #expect(onLeaks == leaked.reduce(Int64(0)) { $0 + ($1.kind == .redeemed ? $1.amount?.minorUnits ?? 0 : 0) })
        for (_, balances) in accounts { #expect(balances.values.reduce(0) { $0 + $1.minorUnits } == 0) }
    }

    func checkAudit() throws {
        let (checked, different) = try Audit(store: store).replayAll()
        #expect(checked == (try store.counts().decisions))
        #expect(different.isEmpty, "\(different.prefix(3))")
    }
}
