import WeirBudgeting
import WeirCoupons
import WeirDecisioning
import WeirDomain
import WeirStorage

/// The answers at the moment of use.
extension CouponFollower {
    mutating func answer(
        _ request: CouponRequest, _ context: inout FollowerContext
    ) throws -> (reply: CouponReply, effects: [Effect])? {
        do {
            switch request.action {
            case .validate, .redeem: return try take(request, &context)
            case .release, .rollback: return try takeBack(request, &context)
            }
        } catch let refusal as CouponRefusal {
            return (.refused(refusal), [])
        }
    }

    // MARK: Taking a code

    private func take(
        _ request: CouponRequest, _ context: inout FollowerContext
    ) throws -> (reply: CouponReply, effects: [Effect]) {
        if let order = request.order,
            let same = shared.coupons.withLock({ $0.use(of: request.key, by: order) }), same.kind == .redeemed
        {
            return (.done(same, isRepeated: true), [])
        }
        guard let plan = context.plan else { throw CouponRefusal.unknown(request.code) }
        let isOfPool = shared.coupons.withLock { $0.isKnown(request.key) }
        let use =
            isOfPool
            ? try useOfSingle(request, plan, context) : try useOfShared(request, plan, &context)
        let entries = try money(for: use, plan, isTaken: request.action == .redeem, &context)
        guard request.action == .redeem else { return (.done(use), []) }
        return (.done(use), [.record(.couponUse(use), .momentOfUse)] + entries.map { .record(.ledger($0)) })
    }

    /// What a use of a code of a pool would be.
    private func useOfSingle(
        _ request: CouponRequest, _ plan: CatalogPlan, _ context: FollowerContext
    ) throws(CouponRefusal) -> CouponUse {
        let key = request.key
        let (pool, holder, order) = shared.coupons.withLock {
            ($0.pool(of: key), $0.holder(of: key), $0.order(using: key))
        }
        if let order { throw .used(request.code, order: order) }
        guard let holder else {
            // On a list that somebody else has.
            let offer = plan.offers.first { $0.offer.codes?.pool == pool }
            return try leak(request, pool: pool, offer.map { plan.given($0) }, plan, context)
        }
        if let until = holder.until, request.time >= until { throw .expired(request.code, until: until) }
        if let customer = request.customer, let owner = holder.customer,
            context.current(customer) != context.current(owner)
        {
            return try leak(request, pool: pool, holder.given, plan, context)
        }
        var use = holder
        use.kind = .redeemed
        use.order = request.order
        use.until = nil
        use.time = request.time
        use.amount = discount(on: request.basket, of: holder.given, most: holder.amount, plan)
        return use
    }

    /// What a use of a code would be that an offer gives to everyone: of the latest decision that gave it to this person
    /// and was not used.
    private func useOfShared(
        _ request: CouponRequest, _ plan: CatalogPlan, _ context: inout FollowerContext
    ) throws -> CouponUse {
        guard let offer = plan.offers.first(where: { $0.offer.coupon.map { CouponKey($0) } == request.key }) else {
            throw CouponRefusal.unknown(request.code)
        }
        guard let customer = request.customer.map({ context.current($0) }) else {
            throw CouponRefusal.customerNeeded(request.code)
        }
        var refusal: CouponRefusal?
        for id in context.reads.decisions(of: CouponHolder(key: request.key, customer: customer)) {
            guard let decision = try context.awaited(id) else { continue }
            let order = shared.coupons.withLock { $0.use(of: id)?.order }
            if order != nil
                || decision.state == .converted && !(request.order.map { decision.orders.contains($0) } ?? false)
            {
                refusal = refusal ?? .used(request.code, order: order ?? decision.orders.last)
            } else if request.time >= decision.closesAt {
                refusal = refusal ?? .expired(request.code, until: decision.closesAt)
            } else {
                let offer = decision.offer.flatMap { plan.offerIndex($0) }.map { plan.offers[$0] } ?? offer
                let most = Self.most(try context.ledgerEntries(of: id), offer.offer)
                return CouponUse(
                    kind: .redeemed, code: offer.offer.coupon ?? request.code, decision: id, given: plan.given(offer),
                    customer: customer,
                    order: request.order,
                    amount: discount(on: request.basket, of: plan.given(offer), most: most, plan), time: request.time)
            }
        }
        if let refusal { throw refusal }
        for id in context.reads.pastDecisions(of: customer) {
            guard let past = try context.decision(id), past.coupon.map({ CouponKey($0) }) == request.key,
                let until = past.closesAt
            else { continue }
            throw CouponRefusal.expired(request.code, until: until)
        }
        return try leak(request, pool: nil, plan.given(offer), plan, context)
    }

    /// What a use would be by somebody who was not given the code, where its campaign takes it.
    private func leak(
        _ request: CouponRequest, pool: CouponPoolID?, _ given: GivenOffer?, _ plan: CatalogPlan,
        _ context: FollowerContext
    ) throws(CouponRefusal) -> CouponUse {
        guard let given, let campaign = plan.campaigns.first(where: { $0.campaign.id == given.campaign })?.campaign,
            campaign.leaked == .book, campaign.isOn(at: request.time)
        else { throw .notGiven(request.code) }
        return CouponUse(
            kind: .redeemed, code: request.code, pool: pool, given: given,
            customer: request.customer.map { context.current($0) }, order: request.order,
            amount: discount(on: request.basket, of: given, most: nil, plan), isLeaked: true, time: request.time)
    }

    /// What an offer takes off a basket, at most what was reserved for it.
    private func discount(on basket: Basket?, of given: GivenOffer?, most: Money?, _ plan: CatalogPlan) -> Money? {
        let offer = given.flatMap { plan.offerIndex($0.offer) }.map { plan.offers[$0].offer }
        let discount = offer?.discount(of: basket)
        guard let most else { return discount }
        // An offer that has left the catalog takes off what was promised.
        guard let wanted = discount ?? basket?.value, wanted.currency == most.currency else { return most }
        return wanted.minorUnits < most.minorUnits ? wanted : most
    }

    // MARK: Money

    /// Moves what a use costs from where it was reserved, or sees whether it could be moved.
    ///
    /// - Throws: `CouponRefusal.noBudget`; nothing has then changed.
    private func money(
        for use: CouponUse, _ plan: CatalogPlan, isTaken: Bool, _ context: inout FollowerContext
    ) throws -> [LedgerEntry] {
        if use.isLeaked {
            guard isTaken, let amount = use.amount, let given = use.given else { return [] }
            return try shared.treasury.withLock { (treasury) throws(LedgerError) in
                try treasury.bookLeak(amount, of: given, at: use.time)
            }
        }
        guard let decision = use.decision else { return [] }
        let isReserved = shared.treasury.withLock { $0.isReserved(by: decision) }
        if !isReserved {
            let history = try context.ledgerEntries(of: decision)
            // Nothing was ever paid for it.
            guard !history.isEmpty else { return [] }
            if history.isSpent {
                // By what an event told of the order; what the till takes off is what it cost.
                guard isTaken, let amount = use.amount else { return [] }
                let uses = Ledger.uses(of: decision, in: amount.currency, history: history)
                guard let first = uses.first(where: { $0.spent > 0 }) else { return [] }
                let share = min(max(Double(first.refunded) / Double(first.spent), 0), 1)
                return try shared.treasury.withLock { (treasury) throws(LedgerError) in
                    try treasury.rebook(decision, history: history, cost: amount, share: share, at: use.time)
                }
            }
            // It came back: it takes money that the budgets still have.
            let entries = shared.treasury.withLock { treasury -> [LedgerEntry]? in
                guard let offer = use.given.flatMap({ plan.offerIndex($0.offer) }).map({ plan.offers[$0] }) else {
                    return nil
                }
                if isTaken { return treasury.reserve(offer, of: plan, for: decision, at: use.time) }
                return treasury.canReserve(offer, of: plan) ? [] : nil
            }
            guard let entries else { throw CouponRefusal.noBudget(use.code) }
            return isTaken ? entries + (try spend(use, of: decision)) : []
        }
        return isTaken ? try spend(use, of: decision) : []
    }

    private func spend(_ use: CouponUse, of decision: DecisionID) throws -> [LedgerEntry] {
        try shared.treasury.withLock { (treasury) throws(LedgerError) in
            try treasury.spend(decision, cost: use.amount, at: use.time)
        }
    }

    // MARK: Taking a use back

    private func takeBack(
        _ request: CouponRequest, _ context: inout FollowerContext
    ) throws -> (reply: CouponReply, effects: [Effect]) {
        let order = request.order ?? ""
        let (isKnown, found) = shared.coupons.withLock { ($0.isKnown(request.key), $0.use(of: request.key, by: order)) }
        guard let use = found else {
            let isShared = context.plan?.offers.contains { $0.offer.coupon.map { CouponKey($0) } == request.key }
            throw isKnown || isShared == true
                ? CouponRefusal.notRedeemed(request.code, order: order) : .unknown(request.code)
        }
        guard use.kind == .redeemed else { return (.done(use, isRepeated: true), []) }
        var back = use
        back.kind = request.action == .release ? .released : .rolledBack
        back.time = request.time
        var entries: [LedgerEntry] = []
        if use.isLeaked, let amount = use.amount, let given = use.given {
            entries = try shared.treasury.withLock { (treasury) throws(LedgerError) in
                try treasury.takeBackLeak(amount, of: given, at: request.time)
            }
        } else if let decision = use.decision {
            let history = try context.ledgerEntries(of: decision)
            entries = try shared.treasury.withLock { (treasury) throws(LedgerError) in
                try treasury.refund(decision, history: history, share: 1, at: request.time)
            }
        }
        return (.done(back), [.record(.couponUse(back), .momentOfUse)] + entries.map { .record(.ledger($0)) })
    }
}

extension [LedgerEntry] {
    /// Whether money of a decision is spent, and has not come back.
    fileprivate var isSpent: Bool {
        reduce(Int64(0)) { sum, entry in
            switch entry.reason {
            case .spent: sum + entry.amount.minorUnits
            case .refunded: sum - entry.amount.minorUnits
            case .funded, .reserved, .released: sum
            }
        } > 0
    }
}
