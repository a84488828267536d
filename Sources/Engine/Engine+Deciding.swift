import Synchronization
import WeirBudgeting
import WeirCoupons
public import WeirDecisioning
import WeirDomain
import WeirLearning
import WeirLimits
import WeirLog
import WeirProfiles
import WeirStorage

extension Engine {
    /// Decides, and answers when the decision is durable.
    public func decide(_ request: DecisionRequest) async throws(EngineError) -> DecisionReply {
        let result = await withCheckedContinuation { continuation in
            decide(request) { continuation.resume(returning: $0) }
        }
        return try result.get()
    }

    /// Decides at once; `completion` is called when the decision is durable, or at once where it is refused.
    public func decide(
        _ request: DecisionRequest, completion: @escaping @Sendable (Result<DecisionReply, EngineError>) -> Void
    ) {
        guard let key = request.idempotencyKey else {
            do throws(EngineError) { try makeDecision(request, fingerprint: 0, completion: completion) } catch {
                completion(.failure(error))
            }
            return
        }
        let fingerprint = request.fingerprint
        do throws(EngineError) {
            try claim(key, fingerprint)
            do throws(EngineError) {
                if let reply = try earlierReply(key, request) {
                    release(key)
                    return completion(.success(reply))
                }
                try makeDecision(request, fingerprint: fingerprint) { [self] result in
                    release(key)
                    completion(result)
                }
            } catch {
                release(key)
                throw error
            }
        } catch {
            completion(.failure(error))
        }
    }

    // MARK: Idempotency

    private func claim(_ key: String, _ fingerprint: UInt64) throws(EngineError) {
        let inUse = keysInUse.withLock { keys in
            defer { if keys[key] == nil { keys[key] = fingerprint } }
            return keys[key]
        }
        if let inUse { throw inUse == fingerprint ? .keyInUse(key) : .keyReused(key) }
    }

    private func release(_ key: String) { keysInUse.withLock { $0[key] = nil } }

    /// The answer that was given to this key before.
    private func earlierReply(_ key: String, _ request: DecisionRequest) throws(EngineError) -> DecisionReply? {
        do {
            guard let stored = try store.decision(idempotencyKey: key) else { return nil }
            guard [request.fingerprint, request.formerFingerprint].contains(stored.fingerprint) else {
                throw EngineError.keyReused(key)
            }
            return try reply(to: stored)
        } catch let error as EngineError {
            throw error
        } catch {
            throw .storeFailed("\(error)")
        }
    }

    /// A stored decision with the catalog that it was made with.
    func reply(to stored: StoredDecision) throws -> DecisionReply {
        let record = try DecisionRecord(decoding: stored.body)
        let current = published.withLock(\.plan)
        let plan =
            try current?.version == record.situation.catalogVersion
            ? current! : Recovery(store: store).plan(version: record.situation.catalogVersion)
        try record.check(against: plan)
        return DecisionReply(record: record, plan: plan, isRepeated: true)
    }

    // MARK: One decision

    private func makeDecision(
        _ request: DecisionRequest, fingerprint: UInt64,
        completion: @escaping @Sendable (Result<DecisionReply, EngineError>) -> Void
    ) throws(EngineError) {
        if request.time != nil, !clock.followsRequests { throw .timeNotAllowed }
        if request.userID == nil, request.anonymousID == nil { throw .missingCustomer }
        let time = hear(request.time)
        if !time.isEmpty { journal.append(time) { _ in } }
        var id: DecisionID?
        while true {
            let current = published.withLock { $0 }
            guard let plan = current.plan else { throw .noCatalog }
            guard let placement = plan.placement(request.placement) else {
                throw .unknownPlacement(request.placement.rawValue, known: plan.placementNames)
            }
            if let given = request.given, given != .nothing,
                !placement.candidates.contains(where: { plan.offers[$0].offer.id == given })
            {
                throw .unknownOffer(given.rawValue, placement: request.placement)
            }
            guard let customer = customer(of: request) else { throw .missingCustomer }
            if journal.isFull { throw .overloaded }
            let number = id ?? nextDecision()
            id = number
            do {
                let isDone = try attempt(
                    number, request, of: customer, at: request.time ?? clock.now, current: current, plan: plan,
                    placement: placement, fingerprint: fingerprint, completion: completion)
                if isDone { return }
            } catch let error as EngineError {
                throw error
            } catch {
                throw .storeFailed("\(error)")
            }
        }
    }

    private func nextDecision() -> DecisionID {
        DecisionID(
            number: lastDecision.withLock { last in
                last += 1
                return last
            })
    }

    /// Decides under the lock of the customer's shard.
    ///
    /// - Returns: False where it must be tried again: somebody turned out to be someone else while we waited for the lock,
    ///   so the profile that we found first has gone; or another catalog has come into force.
    private func attempt(
        _ id: DecisionID, _ request: DecisionRequest, of customer: CustomerID, at time: Timestamp, current: Published,
        plan: CatalogPlan, placement: PlacementPlan, fingerprint: UInt64,
        completion: @escaping @Sendable (Result<DecisionReply, EngineError>) -> Void
    ) throws -> Bool {
        let profiles = shared.profiles
        return try profiles.shard(of: customer).withLock { shard in
            guard self.customer(of: request) == customer, shard.follow(plan.schema) == .current else { return false }
            try shard.withEntry(of: customer, capacity: profiles.capacity, load: { try profiles.load($0, plan) }) {
                entry in
                try checkRoom(for: customer, at: time, in: entry, plan)
                var situation = Situation(
                    deriving: request, id: id, customer: customer, at: time, from: entry.profile,
                    recentDecisions: entry.recentDecisions, plan: plan, placement: placement,
                    modelVersion: current.modelVersion, stoppedArms: current.stoppedArms)
                let (record, ledgerEntries) = settle(
                    &situation, plan: plan, placement: placement, models: current.models)
                if let recent = record.recentDecision(plan) { entry.pending.append((id, recent)) }
                // Appended under the shard's lock, so that a customer's records are in the order of what happened.
                append(record, ledgerEntries, request, fingerprint: fingerprint, plan: plan, completion: completion)
            }
            return true
        }
    }

    /// - Throws: `EngineError` where caps still look at as many decisions as are kept of a person.
    private func checkRoom(
        for customer: CustomerID, at time: Timestamp, in entry: Shard.Entry, _ plan: CatalogPlan
    ) throws(EngineError) {
        let limit = Limits.Person.standard.recentDecisions
        guard entry.profile.recentDecisions.count + entry.pending.count >= limit else { return }
        let oldest = time - plan.longestCap
        let seen = entry.recentDecisions.count { $0.time >= oldest }
        guard seen >= limit else { return }
        limitCounts.countHit(of: .recentDecisions)
        throw .tooManyDecisions(customer, count: seen, span: plan.longestCap)
    }

    private func customer(of request: DecisionRequest) -> CustomerID? {
        identities.withLock { $0.customer(userID: request.userID, anonymousID: request.anonymousID) }
    }

    private func append(
        _ record: DecisionRecord, _ ledgerEntries: [LedgerEntry], _ request: DecisionRequest, fingerprint: UInt64,
        plan: CatalogPlan, completion: @escaping @Sendable (Result<DecisionReply, EngineError>) -> Void
    ) {
        let stored = storedDecision(record, request, fingerprint: fingerprint, plan: plan)
        let goal = stored.goal.flatMap { plan.goalIndex($0) }.map { plan.goals[$0] }
        let isPresumedNot = goal?.negatives == .immediate && stored.closesAt != nil
        let attachment = Attachment.reservation(ledgerEntries, isPresumedNot: isPresumedNot)
        journal.append([.record(.decision(stored), attachment)]) { result in
            completion(result.map { _ in DecisionReply(record: record, plan: plan, isRepeated: false) })
        }
    }

    /// Decides and reserves; where the money went to someone else in between, decides again with what is left.
    ///
    /// Falling back to the next best offer instead would make the logged propensity wrong.
    private func settle(
        _ situation: inout Situation, plan: CatalogPlan, placement: PlacementPlan, models: [GoalModel]
    ) -> (DecisionRecord, [LedgerEntry]) {
        while true {
            (situation.available, situation.prices) = treasury.withLock { $0.quote(placement.accounts, of: plan) }
            countCodes(of: placement, plan, into: &situation)
            let decision = WeirDecisioning.decide(situation, at: placement, plan: plan, models: models)
            guard drawCode(for: decision, plan, into: &situation) else { continue }
            let record = DecisionRecord(situation: situation, decision: decision, plan: plan)
            let entries = treasury.withLock { treasury -> [LedgerEntry]? in
                guard decision.assignment != .given else { return [] }
                var entries: [LedgerEntry] = []
                var draws: [OfferPlan.Draw] = []
                var probability = 0.0
                if let chosen = decision.chosen {
                    let candidate = decision.candidates[chosen]
                    let offer = plan.offers[candidate.offer]
                    draws = offer.draws
                    // The prices take what is reserved times this for what it will cost.
                    probability = candidate.probability * offer.reservedShare(of: candidate.use)
                    let reserved = treasury.reserve(offer, of: plan, for: situation.id, at: situation.time)
                    guard let reserved else { return nil }
                    entries = reserved
                }
                // Who is held out, or in an arm without offers, costs nothing by design: the price must not fall
                // because of them.
                if decision.assignment == .treated, !decision.isWithheld {
                    treasury.observe(
                        placement.accounts, of: plan, draws: draws, probability: probability, at: situation.time)
                }
                return entries
            }
            if let entries { return (record, entries) }
            if let code = situation.code { shared.coupons.withLock { $0.putBack(code) } }
        }
    }

    /// Says how many codes the pools of a placement have left.
    private func countCodes(of placement: PlacementPlan, _ plan: CatalogPlan, into situation: inout Situation) {
        for (slot, account) in placement.accounts.enumerated() {
            guard let pool = plan.accounts[account].pool else { continue }
            situation.available[slot] = Int64(shared.coupons.withLock { $0.free(in: pool) })
        }
    }

    /// Draws the code that goes with what was chosen.
    ///
    /// - Returns: False where the last code went to somebody else meanwhile.
    private func drawCode(for decision: Decision, _ plan: CatalogPlan, into situation: inout Situation) -> Bool {
        situation.code = nil
        guard decision.assignment == .treated, let chosen = decision.chosen,
            let pool = plan.offers[decision.candidates[chosen].offer].offer.codes?.pool
        else { return true }
        situation.code = shared.coupons.withLock { $0.draw(from: pool) }
        return situation.code != nil
    }

    private func storedDecision(
        _ record: DecisionRecord, _ request: DecisionRequest, fingerprint: UInt64, plan: CatalogPlan
    ) -> StoredDecision {
        let situation = record.situation
        let awaited = record.awaitedOutcome(plan)
        return StoredDecision(
            id: situation.id, customer: situation.customer, placement: situation.placement, time: situation.time,
            offer: record.chosenOffer, goal: awaited?.goal.id, coupon: awaited?.coupon,
            closesAt: awaited.map { situation.time + $0.goal.window },
            idempotencyKey: request.idempotencyKey, fingerprint: fingerprint, body: record.bytes)
    }
}
