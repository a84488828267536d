import WeirDomain

/// What a `MemoryStore` would have on its disk.
struct MemoryContents: Sendable {
    struct MessageID: Hashable { var source: SourceID, id: String }

    /// Ascending, without known events.
    var records: [Sequenced] = []
    private(set) var messages: [MessageID: Event] = [:]
    private(set) var decisions: [DecisionID: (sequence: Int64, decision: StoredDecision)] = [:]
    private(set) var decisionsByKey: [String: DecisionID] = [:]
    private(set) var open: Set<DecisionID> = []
    private(set) var outcomes: [DecisionID: [Outcome]] = [:]
    private(set) var entries: [DecisionID: [LedgerEntry]] = [:]
    private(set) var balances = Balances()
    private(set) var catalogs: [Int: StoredCatalog] = [:]
    private(set) var models: Set<ModelID> = []
    private(set) var profiles: [CustomerID: StoredProfile] = [:]
    /// Ascending by sequence.
    var snapshots: [String: [StoredSnapshot]] = [:]
    var keys: [SourceID: StoredKey] = [:]
    var users: [String: StoredUser] = [:]
    var accessLog: [SealedAccessEntry] = []
    private(set) var lastSequence: Int64 = 0
    private(set) var lastDecision: Int64 = 0

    /// The records above a sequence number, found by halving.
    func records(after sequence: Int64) -> ArraySlice<Sequenced> {
        var (low, high) = (0, records.count)
        while low < high {
            let middle = (low + high) / 2
            if records[middle].sequence <= sequence { low = middle + 1 } else { high = middle }
        }
        return records[low...]
    }

    /// The sequence numbers of events whose message is kept already or comes earlier in the group.
    ///
    /// - Throws: `StoreError.conflict` where the group contradicts what is kept.
    func knownEvents(in group: RecordGroup) throws(StoreError) -> [Int64] {
        _ = try group.checkOrder(after: lastSequence)
        let (records, known) = resolve(group.records)
        _ = try check(records, known: Set(known))
        return known
    }

    /// The records as they are kept: an event whose message id is another message's goes by its content too.
    ///
    /// - Returns: With the sequence numbers of the events that are known already.
    private func resolve(_ records: [Sequenced]) -> (records: [Sequenced], known: [Int64]) {
        var inGroup: [MessageID: Event] = [:]
        var known: [Int64] = []
        let records = records.map { record in
            guard case .event(var event) = record.record else { return record }
            var message = MessageID(source: event.source, id: event.messageID)
            if let other = messages[message] ?? inGroup[message] {
                if !other.tellsAll(of: event) { event = event.namedByContent }
                message = MessageID(source: event.source, id: event.messageID)
            }
            if messages[message] == nil, inGroup[message] == nil {
                inGroup[message] = event
            } else {
                known.append(record.sequence)
            }
            return Sequenced(record.sequence, .event(event))
        }
        return (records, known)
    }

    /// Keeps a group and what was derived from it; on an error nothing has changed.
    mutating func keep(_ group: RecordGroup, derived: RecordGroup) throws(StoreError) {
        let known = Set(try knownEvents(in: group))
        var group = group
        group.records = resolve(group.records).records
        let newest = try derived.checkOrder(after: try group.checkOrder(after: lastSequence))
        let balances = try check(group.records + derived.records, known: known)

        // Nothing below can fail.
        self.balances = balances
        lastSequence = newest
        for group in [group, derived] {
            for record in group.records where !known.contains(record.sequence) { append(record) }
            for profile in group.profiles { profiles[profile.customer] = profile }
            for customer in group.removedProfiles { profiles[customer] = nil }
            for snapshot in group.snapshots { keep(snapshot) }
        }
    }

    /// Looks for what SQLite's unique indexes would refuse.
    ///
    /// - Returns: The balances after the records.
    private func check(_ records: [Sequenced], known: Set<Int64>) throws(StoreError) -> Balances {
        var (ids, idempotencyKeys, versions): (Set<DecisionID>, Set<String>, Set<Int>) = ([], [], [])
        var modelIDs: Set<ModelID> = []
        var inGroup: Set<MessageID> = []
        var balances = balances
        for record in records where !known.contains(record.sequence) {
            switch record.record {
            case .event(let event):
                let message = MessageID(source: event.source, id: event.messageID)
                guard messages[message] == nil, inGroup.insert(message).inserted else {
                    throw .conflict(detail: "a derived event is known already")
                }
            case .decision(let decision):
                guard decisions[decision.id] == nil, ids.insert(decision.id).inserted else {
                    throw .conflict(detail: "decision \(decision.id) is there already")
                }
                guard let key = decision.idempotencyKey else { continue }
                guard decisionsByKey[key] == nil, idempotencyKeys.insert(key).inserted else {
                    throw .conflict(detail: "idempotency key “\(key)” is there already")
                }
            case .ledger(let entry):
                do { try balances.post(entry) } catch { throw .conflict(detail: "budget \(entry.budget): \(error)") }
            case .catalog(let catalog):
                guard catalogs[catalog.version] == nil, versions.insert(catalog.version).inserted else {
                    throw .conflict(detail: "catalog \(catalog.version) is there already")
                }
            case .model(let model):
                guard !models.contains(model.id), modelIDs.insert(model.id).inserted else {
                    throw .conflict(detail: "model \(model.id) is there already")
                }
            // Of the rest there may be any number.
            default: continue
            }
        }
        return balances
    }

    private mutating func append(_ record: Sequenced) {
        records.append(record)
        switch record.record {
        case .event(let event): messages[MessageID(source: event.source, id: event.messageID)] = event
        case .decision(let decision):
            decisions[decision.id] = (record.sequence, decision)
            lastDecision = max(lastDecision, decision.id.number)
            if let key = decision.idempotencyKey { decisionsByKey[key] = decision.id }
            if decision.closesAt != nil { open.insert(decision.id) }
        case .close(let id): open.remove(id)
        case .outcome(let outcome): outcomes[outcome.decision, default: []].append(outcome)
        case .ledger(let entry): if let decision = entry.decision { entries[decision, default: []].append(entry) }
        case .catalog(let catalog): catalogs[catalog.version] = catalog
        case .model(let model): models.insert(model.id)
        // The rest is only read back in order.
        default: break
        }
    }

    private mutating func keep(_ snapshot: StoredSnapshot) {
        var kept = snapshots[snapshot.name] ?? []
        let place = kept.firstIndex { $0.sequence >= snapshot.sequence } ?? kept.endIndex
        if place < kept.endIndex, kept[place].sequence == snapshot.sequence {
            kept[place] = snapshot
        } else {
            kept.insert(snapshot, at: place)
        }
        snapshots[snapshot.name] = kept
    }
}
