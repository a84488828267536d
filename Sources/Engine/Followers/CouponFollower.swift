import WeirBudgeting
import WeirCoupons
import WeirDecisioning
import WeirDomain
import WeirStorage

/// Who has which code, and what it was used for: answers at the moment of use, and moves the money for it.
///
/// An order that used a code is an outcome of the decision that gave it, and what events tell of that order later is the
/// same use; the other way round, an order of which an event has told has used its code.
struct CouponFollower: Follower {
    static let follows: [RecordKind] = [.decision, .outcome, .couponLot, .couponUse]

    let shared: SharedState

    init(_ shared: SharedState) { self.shared = shared }

    // MARK: Records

    mutating func follow(
        _ entry: Sequenced, _ attachment: Attachment, _ context: inout FollowerContext
    ) throws -> [Effect] {
        switch (entry.record, attachment) {
        case (.couponLot(let lot), _): shared.coupons.withLock { $0.take(lot) }
        case (.couponUse(let use), _): shared.coupons.withLock { $0.take(use) }
        case (.decision(let decision), .reservation(let entries, _)):
            return given(by: decision, entries, context.plan).map { [.record(.couponUse($0))] } ?? []
        case (.outcome(let outcome), _):
            return try use(told: outcome, &context).map { [.record(.couponUse($0))] } ?? []
        default: break
        }
        return []
    }

    /// The code of a pool that a decision gives; nil where it gives none.
    private func given(by decision: StoredDecision, _ entries: [LedgerEntry], _ plan: CatalogPlan?) -> CouponUse? {
        guard let code = decision.coupon, let plan, let offerID = decision.offer else { return nil }
        let key = CouponKey(code)
        let pool = shared.coupons.withLock { $0.holder(of: key) == nil ? $0.pool(of: key) : nil }
        guard let pool, let offer = plan.offerIndex(offerID).map({ plan.offers[$0] }) else { return nil }
        return CouponUse(
            kind: .given, code: code, pool: pool, decision: decision.id, given: plan.given(offer),
            customer: decision.customer, amount: Self.most(entries, offer.offer), until: decision.closesAt,
            time: decision.time)
    }

    /// The most that a use may cost: what was reserved for it.
    static func most(_ entries: [LedgerEntry], _ offer: Offer) -> Money {
        let reserved = entries.filter { $0.reason == .reserved && $0.amount.currency == offer.cost.currency }
        return reserved.map(\.amount).min { $0.minorUnits < $1.minorUnits } ?? offer.cost
    }

    /// What an outcome says of a code: of one that only its decision gave that an order used it, of all that it was taken
    /// back.
    private func use(told outcome: Outcome, _ context: inout FollowerContext) throws -> CouponUse? {
        let (given, inUse) = shared.coupons.withLock { ($0.code(of: outcome.decision), $0.use(of: outcome.decision)) }
        var told: CouponUse
        switch (outcome.kind, given, inUse) {
        case (.converted, let given?, nil):
            // By a rule, or as reported, it says nothing of the code.
            guard outcome.joined == .coupon, let order = outcome.order else { return nil }
            // Somebody else was faster with a code that leaked.
            guard shared.coupons.withLock({ $0.order(using: CouponKey(given.code)) }) == nil else { return nil }
            told = given
            told.kind = .redeemed
            told.order = order
            told.until = nil
            // As much as the budgets had, where the money had come back before.
            if let amount = told.amount {
                told.amount = try context.ledgerEntries(of: outcome.decision).spent(in: amount.currency) ?? amount
            }
        case (.reversed, _, let inUse?):
            guard outcome.order ?? inUse.order == inUse.order else { return nil }
            told = inUse
            told.kind = .rolledBack
        default: return nil
        }
        told.time = outcome.receivedTime
        return told
    }

    mutating func restore(from recovery: inout Recovery) throws {
        let book = try CouponBook(reading: recovery.store)
        shared.coupons.withLock { $0 = book }
    }

    // MARK: Before the transaction

    mutating func foresee(
        _ entries: [JournalEntry], _ context: FollowerContext, wanting reads: inout StoredReads.Wanted
    ) {
        for case .coupon(let request) in entries {
            let decisions = shared.coupons.withLock { book in
                [book.holder(of: request.key), request.order.flatMap { book.use(of: request.key, by: $0) }]
                    .compactMap { $0?.decision }
            }
            for decision in decisions { reads.askForAll(about: decision) }
        }
    }
}

extension CatalogPlan {
    /// An offer as entries and uses name it.
    func given(_ offer: OfferPlan) -> GivenOffer {
        let campaign = campaigns[offer.campaign].campaign
        return GivenOffer(offer: offer.offer.id, campaign: campaign.id, channel: campaign.channel)
    }
}

extension [LedgerEntry] {
    /// What is spent of a decision's money and has not come back, on one of its budgets of a currency; nil where none is.
    func spent(in currency: Currency) -> Money? {
        guard let budget = first(where: { $0.amount.currency == currency })?.budget else { return nil }
        let units = lazy.filter { $0.budget == budget }.reduce(Int64(0)) { sum, entry in
            switch entry.reason {
            case .spent: sum + entry.amount.minorUnits
            case .refunded: sum - entry.amount.minorUnits
            case .funded, .reserved, .released: sum
            }
        }
        return Money(minorUnits: units, currency: currency)
    }
}
