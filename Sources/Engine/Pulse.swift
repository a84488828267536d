public import WeirDomain
public import WeirStatistics

/// The live figures: how much passed, how fast, and how the budgets went.
public struct Pulse: Sendable {
    /// Since the start of the process.
    public struct Totals: Sendable {
        public var events = 0
        public var duplicates = 0
        public var quarantined = 0
        public var decisions = 0
        public var outcomes = 0
        public var conversions = 0
        public var groups = 0
    }

    public struct Source: Sendable {
        public var accepted = 0
        /// By the engine's clock.
        public var lastReceived: Timestamp
    }

    public private(set) var totals = Totals()
    public private(set) var sources: [SourceID: Source] = [:]
    /// From asking to the durable answer.
    public var decideLatency = LatencyHistogram()
    /// From the arrival of an outcome to a published model that has learned it.
    public var outcomeLatency = LatencyHistogram()
    public private(set) var budgets: [BudgetID: [BudgetSample]] = [:]

    /// Where a budget stood at a moment, in minor units.
    public struct BudgetSample: Sendable, Equatable {
        public var time: Timestamp
        public var spent: Int64
        public var reserved: Int64
        public var price: Double
    }

    mutating func count(_ group: GroupCounts, at now: Timestamp) {
        totals.groups += 1
        totals.duplicates += group.duplicates
        totals.quarantined += group.quarantined
        totals.decisions += group.decisions
        totals.outcomes += group.outcomes
        totals.conversions += group.conversions
        for (source, count) in group.events {
            totals.events += count
            sources[source, default: Source(lastReceived: now)].accepted += count
            sources[source]!.lastReceived = now
        }
    }

    /// How many points a budget's line has at most.
    static let samplesPerBudget = 400

    /// Notes where a budget stands, if its last point is long enough ago.
    mutating func sample(_ budget: Budget, _ sample: BudgetSample) {
        let step = budget.end.since(budget.start).microseconds / Int64(Self.samplesPerBudget)
        let last = budgets[budget.id]?.last?.time
        guard sample.time >= budget.start, last == nil || sample.time.since(last!).microseconds >= step else { return }
        budgets[budget.id, default: []].append(sample)
    }

    // MARK: Stored form

    static let snapshotName = "budget history"

    var bytes: [UInt8] {
        var writer = ByteWriter()
        writer.fixed(UInt8(1))
        writer.list(budgets.sorted { $0.key < $1.key }) { writer, entry in
            writer.string(entry.key.rawValue)
            writer.list(entry.value) { writer, sample in
                writer.timestamp(sample.time)
                writer.integer(sample.spent)
                writer.integer(sample.reserved)
                writer.double(sample.price)
            }
        }
        return writer.bytes
    }

    mutating func restore(_ bytes: [UInt8]) throws(DamagedRecord) {
        var reader = ByteReader(bytes)
        try reader.version(atMost: 1)
        for _ in 0..<(try reader.count()) {
            let id = BudgetID(try reader.string())
            budgets[id] = try reader.list { reader throws(DamagedRecord) in
                BudgetSample(
                    time: try reader.timestamp(), spent: Int64(try reader.integer()),
                    reserved: Int64(try reader.integer()), price: try reader.double())
            }
        }
    }
}
