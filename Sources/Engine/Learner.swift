import WeirDecisioning
import WeirDomain
import WeirLearning
import WeirProfiles

/// The models, one per goal, and the lessons that outcomes give them.
///
/// A value that is a pure function of the sequence of outcomes and catalogs, so an audit can rebuild it from the log.
struct Learner: Sendable {
    private(set) var models: [OnlineLogistic]
    /// Sequence number of the last lesson or change of layout.
    private(set) var version: Int64
    private(set) var plan: CatalogPlan
    /// The first catalog version since which features have been declared as they are now.
    private var featuresSince: Int

    init(plan: CatalogPlan, version: Int64) {
        self.plan = plan
        self.version = version
        featuresSince = plan.version
        models = plan.goals.map { _ in OnlineLogistic(layout: plan.layout) }
    }

    /// Learns from an outcome, given the decision that it belongs to.
    ///
    /// - Returns: Whether anything was learned.
    mutating func learn(_ outcome: Outcome, of record: DecisionRecord, sequence: Int64) -> Bool {
        guard outcome.lesson != .none, let goal = plan.goalIndex(outcome.goal),
            let input = input(of: record, goal: plan.goals[goal])
        else { return false }
        switch outcome.lesson {
        case .none: return false
        case .learnedNo: models[goal].learn(input, label: 0, sequence: sequence)
        case .learnedYes: models[goal].learn(input, label: 1, sequence: sequence)
        case .turnedToYes: models[goal].relabel(input, from: 0, to: 1, sequence: sequence)
        case .turnedToNo: models[goal].relabel(input, from: 1, to: 0, sequence: sequence)
        }
        version = sequence
        return true
    }

    /// Takes over another catalog: models of goals that remain keep what they know.
    mutating func adapt(to plan: CatalogPlan, sequence: Int64) {
        let old = Dictionary(uniqueKeysWithValues: zip(self.plan.goals.map(\.id), models))
        models = plan.goals.map { old[$0.id]?.adapted(to: plan.layout) ?? OnlineLogistic(layout: plan.layout) }
        if plan.schema.fingerprint != self.plan.schema.fingerprint { featuresSince = plan.version }
        self.plan = plan
        version = sequence
    }

    /// The inputs as they were at the decision; nil where the catalog's features have changed since, so that they would
    /// mean something else.
    private func input(of record: DecisionRecord, goal: Goal) -> ModelInput? {
        let situation = record.situation
        guard situation.catalogVersion >= featuresSince else { return nil }
        let keyed = plan.schema.keyed.count
        guard let chosen = record.decision.chosen else {
            return plan.layout.input(
                features: situation.features, affinities: [Float](repeating: 0, count: keyed), kind: nil,
                bucket: noOfferBucket(goal.id))
        }
        guard situation.affinities.count >= (chosen + 1) * keyed, let index = plan.offerIndex(record.offers[chosen])
        else { return nil }
        let offer = plan.offers[index]
        return plan.layout.input(
            features: situation.features, affinities: situation.affinities[chosen * keyed..<(chosen + 1) * keyed],
            kind: plan.campaigns[offer.campaign].campaign.kind, bucket: offer.bucket)
    }

    // MARK: Snapshots

    static let snapshotName = "models"

    var bytes: [UInt8] {
        var writer = ByteWriter(reserving: 1 << 16)
        writer.fixed(UInt8(1))
        writer.integer(plan.version)
        writer.integer(featuresSince)
        writer.integer(version)
        writer.integer(models.count)
        for (goal, model) in zip(plan.goals, models) {
            writer.string(goal.id.rawValue)
            model.encode(into: &writer)
        }
        return writer.bytes
    }

    /// - Parameter plan: Of the catalog version that the snapshot names, which `plans` finds.
    init(decoding bytes: [UInt8], plans: (Int) throws -> CatalogPlan) throws {
        var reader = ByteReader(bytes)
        try reader.version(atMost: 1)
        plan = try plans(try reader.integer())
        featuresSince = try reader.integer()
        version = Int64(try reader.integer())
        models = []
        let count = try reader.count()
        guard count == plan.goals.count else { throw DamagedRecord(offset: 0) }
        for goal in plan.goals {
            guard try reader.string() == goal.id.rawValue else { throw DamagedRecord(offset: 0) }
            models.append(try OnlineLogistic(decoding: &reader, layout: plan.layout))
        }
    }
}
