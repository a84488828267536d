public import WeirDomain

/// Where a budget stood at a moment, in minor units.
public struct BudgetSample: Sendable, Equatable {
    public var time: Timestamp
    public var spent: Int64
    public var reserved: Int64
    public var price: Double
}

/// How the budgets went, for the lines that people look at.
struct BudgetHistory: Sendable {
    /// How many points a budget's line has at most.
    static let samplesPerBudget = 400

    private(set) var samples: [BudgetID: [BudgetSample]] = [:]

    /// Takes a sample, if the budget's last one is long enough ago.
    mutating func record(_ sample: BudgetSample, of budget: Budget) {
        let step = budget.end.since(budget.start).microseconds / Int64(Self.samplesPerBudget)
        let last = samples[budget.id]?.last?.time
        guard sample.time >= budget.start, last == nil || sample.time.since(last!).microseconds >= step else { return }
        samples[budget.id, default: []].append(sample)
    }

    // MARK: Stored form

    static let snapshotName = "budget history"

    var bytes: [UInt8] {
        var writer = ByteWriter()
        writer.fixed(UInt8(1))
        writer.list(samples.sorted { $0.key < $1.key }) { writer, entry in
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
            samples[id] = try reader.list { reader throws(DamagedRecord) in
                BudgetSample(
                    time: try reader.timestamp(), spent: Int64(try reader.integer()),
                    reserved: Int64(try reader.integer()), price: try reader.double())
            }
        }
    }
}
