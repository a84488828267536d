import Synchronization
import WeirBudgeting
import WeirDecisioning
import WeirDomain
import WeirJSON
import WeirLearning
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
                if let reply = try earlierReply(key, fingerprint) {
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
    private func earlierReply(_ key: String, _ fingerprint: UInt64) throws(EngineError) -> DecisionReply? {
        do {
            guard let stored = try store.decision(idempotencyKey: key) else { return nil }
            guard stored.fingerprint == fingerprint else { throw EngineError.keyReused(key) }
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
        return DecisionReply(record: record, plan: plan, isRepeated: true)
    }

    // MARK: One decision

    private func makeDecision(
        _ request: DecisionRequest, fingerprint: UInt64,
        completion: @escaping @Sendable (Result<DecisionReply, EngineError>) -> Void
    ) throws(EngineError) {
        if request.time != nil, !clock.followsRequests { throw .timeNotAllowed }
        if request.userID == nil, request.anonymousID == nil { throw .missingCustomer }
        var id: DecisionID?
        while true {
            let current = published.withLock { $0 }
            guard let plan = current.plan else { throw .noCatalog }
            guard let placement = plan.placement(request.placement) else {
                throw .unknownPlacement(request.placement.rawValue, known: plan.placementNames)
            }
            if let given = request.given, !placement.candidates.contains(where: { plan.offers[$0].offer.id == given }) {
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
                var situation = situation(
                    of: entry, id: id, customer: customer, request, at: time, plan: plan, placement: placement,
                    modelVersion: current.modelVersion)
                situation.stoppedArms = current.stoppedArms.filter { stopped in
                    placement.experiments.contains { plan.experiments[$0].experiment.id == stopped.experiment }
                }
                let (record, ledgerEntries) = settle(
                    &situation, plan: plan, placement: placement, models: current.models)
                if let recent = record.recentDecision(plan) { entry.pending.append((id, recent)) }
                // Appended under the shard's lock, so that a customer's records are in the order of what happened.
                append(record, ledgerEntries, request, fingerprint: fingerprint, plan: plan, completion: completion)
            }
            return true
        }
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
            let decision = WeirDecisioning.decide(situation, plan: plan, models: models)
            let record = DecisionRecord(situation: situation, decision: decision, plan: plan)
            let entries = treasury.withLock { treasury -> [LedgerEntry]? in
                guard decision.assignment != .given else { return [] }
                var entries: [LedgerEntry] = []
                var draws: [OfferPlan.Draw] = []
                var probability = 0.0
                if let chosen = decision.chosen {
                    let candidate = decision.candidates[chosen]
                    draws = plan.offers[candidate.offer].draws
                    probability = candidate.probability
                    let reserved = treasury.reserve(draws, of: plan, for: situation.id, at: situation.time)
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
        }
    }

    private func situation(
        of entry: Shard.Entry, id: DecisionID, customer: CustomerID, _ request: DecisionRequest, at time: Timestamp,
        plan: CatalogPlan, placement: PlacementPlan, modelVersion: Int64
    ) -> Situation {
        let schema = plan.schema
        let profile = entry.profile
        var affinities: [Float] = []
        affinities.reserveCapacity(placement.candidates.count * schema.keyed.count)
        for index in placement.candidates {
            let offer = plan.offers[index]
            // An offer that is not on at the moment is stopped by its schedule; its keys need not be looked up.
            let isOn = plan.campaigns[offer.campaign].campaign.isOn(at: time)
            for feature in schema.keyed.indices {
                let keys = offer.affinities[feature]
                affinities.append(
                    isOn && !keys.isEmpty ? profile.keyed(feature, keys: keys, at: time, schema: schema) : 0)
            }
        }
        return Situation(
            id: id, customer: customer, placement: request.placement, time: time, catalogVersion: plan.version,
            modelVersion: modelVersion, context: request.context, traits: traits(of: profile, plan),
            given: request.given,
            features: profile.features(at: time, schema: schema), affinities: affinities,
            consents: plan.consents.map { need in
                profile.consent.isGranted(need.purpose, on: need.channel)
                    ?? plan.catalog.consentByDefault[need.purpose] ?? false
            },
            cappedBy: capHits(entry.recentDecisions, at: time, plan: plan, placement: placement), available: [],
            prices: [])
    }

    /// Of the person's traits those that rules and messages read.
    private func traits(of profile: Profile, _ plan: CatalogPlan) -> JSON {
        .object((profile.traits.members ?? []).filter { plan.traitNames.contains($0.name) })
    }

    private func capHits(
        _ recentDecisions: [RecentDecision], at time: Timestamp, plan: CatalogPlan, placement: PlacementPlan
    ) -> [CapHit?] {
        guard !recentDecisions.isEmpty else { return placement.candidates.map { _ in nil } }
        return placement.candidates.map { index in
            let offer = plan.offers[index]
            let campaign = plan.campaigns[offer.campaign].campaign
            let hit = (campaign.caps + plan.catalog.caps).first { cap in
                let since = time - cap.per
                let count = recentDecisions.lazy.filter { recent in
                    guard recent.time > since, recent.time <= time else { return false }
                    return switch cap.scope {
                    case .offer: recent.offer == offer.offer.id
                    case .campaign: recent.campaign == campaign.id
                    case .channel: recent.channel == campaign.channel
                    case .overall: true
                    }
                }.count
                return count >= cap.limit
            }
            return hit.map { CapHit($0) }
        }
    }

    private func storedDecision(
        _ record: DecisionRecord, _ request: DecisionRequest, fingerprint: UInt64, plan: CatalogPlan
    ) -> StoredDecision {
        let situation = record.situation
        var goal: Goal?
        var coupon: String?
        if let chosen = record.decision.chosen {
            let offer = plan.offers[record.decision.candidates[chosen].offer]
            goal = plan.goals[offer.goal]
            coupon = offer.offer.coupon
        } else {
            // Doing nothing is an action whose outcome counts wherever the goal can be reached without an offer.
            goal = record.decision.candidates.lazy.map { plan.goals[plan.offers[$0.offer].goal] }
                .first { $0.baseline == .learned }
        }
        return StoredDecision(
            id: situation.id, customer: situation.customer, placement: situation.placement, time: situation.time,
            offer: record.chosenOffer, goal: goal?.id, coupon: coupon,
            closesAt: goal.map { situation.time + $0.window },
            idempotencyKey: request.idempotencyKey, fingerprint: fingerprint, body: record.bytes)
    }
}

extension Campaign {
    func isOn(at time: Timestamp) -> Bool {
        if let start, time < start { return false }
        if let end, time >= end { return false }
        return true
    }
}
