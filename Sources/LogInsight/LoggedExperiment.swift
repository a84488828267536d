public import WeirExperiments
import WeirDecisioning
public import WeirDomain
public import WeirEngine
import WeirJSON
import WeirLog
public import WeirStorage

/// An experiment as the log tells of it, ready to be measured.
public struct LoggedExperiment: Sendable {
    public var experiment: Experiment
    /// One row per customer who was exposed, in a switchback per customer and period.
    public var data: ExperimentData
    /// Customers who were seen in two arms: left out.
    public var contaminated: Int
    /// In the order of the log.
    public var stops: [ArmStop]
    /// What is left out, and why.
    public var notes: [String]
    private let names: [(metric: ExperimentMetric, name: String)]

    /// How far back a customer's value before the experiment is looked at, to take noise away.
    static let before = TimeSpan.day * 28

    /// Reads an experiment from the log; works beside a running server.
    ///
    /// A customer counts from the first decision on where arms differed in something that was open, with what they were
    /// worth since. Where an arm was stopped the others go on without it; where none but the control is left, only what
    /// happened until then counts.
    ///
    /// - Parameter progress: Called with how many decisions, events and outcomes were read.
    /// - Throws: `EngineError.noCatalog` or `unknownExperiment`, or what the store throws.
    public init(store: any Store, id: ExperimentID, progress: (Int) -> Void = { _ in }) throws {
        let recovery = Recovery(store: store)
        let (experiment, plan, first) = try recovery.declaration(of: id)
        let stops = try recovery.stops(of: id)
        let stopped = Set(stops.map(\.arm))
        let isOver = experiment.arms.count { !stopped.contains($0.id) } < 2
        let cutoff = isOver ? stops.map(\.time).max() : nil

        var reading = LogReading(
            experiment, plan: plan, identities: IdentityMap(restoring: try store.links()), cutoff: cutoff)
        try reading.readExposures(store, after: first, progress: progress)
        if experiment.switchback == nil { try reading.readValues(store, progress: progress) }

        self.experiment = experiment
        self.stops = stops
        contaminated = reading.tally.contaminated
        names = reading.tally.counters.map { ($0.metric, $0.name) }
        data = reading.tally.data(before: reading.before, groups: reading.groups, arms: isOver ? [] : stopped)
        notes = []
        note(stops, isOver: isOver)
    }

    private mutating func note(_ stops: [ArmStop], isOver: Bool) {
        if contaminated > 0 {
            notes.append(
                "\(contaminated) customers were seen in two arms, mostly because two identifiers turned out to be one "
                    + "person after the first decisions. They are left out; decide by a user id where there is one.")
        }
        for stop in stops {
            notes.append(
                "Arm “\(stop.arm)” was stopped on \(stop.time.iso8601) by \(stop.actor) (\(stop.reason)). "
                    + (isOver
                        ? "What happened later is left out: nothing was compared any more." : "It is left out here."))
        }
    }

    /// What a metric is called in the data.
    func name(of metric: ExperimentMetric) -> String {
        names.first { $0.metric == metric }?.name ?? metric.description
    }

    private mutating func note(stopped: Set<ArmID>, cutoff: Timestamp?) {
        if contaminated > 0 {
            notes.append(
                "\(contaminated) customers were seen in two arms, mostly because two identifiers turned out to be one "
                    + "person after the first decisions. They are left out; decide by a user id where there is one.")
        }
        for stop in stops where stopped.contains(stop.arm) {
            notes.append(
                "Arm “\(stop.arm)” was stopped on \(stop.time.iso8601) by \(stop.actor) (\(stop.reason)). "
                    + (cutoff == nil
                        ? "It is left out here." : "What happened later is left out: nothing was compared any more."))
        }
    }
}

/// The log on its way into columns.
private struct LogReading {
    var tally: ExperimentTally
    /// Traits whose levels are looked at, one code per row.
    var groups: [LevelList]
    /// For each metric and row what came before the exposure.
    var before: [ContiguousArray<Double>] = []
    private let identities: IdentityMap
    /// What happened from then on does not count.
    private let cutoff: Timestamp?
    private var count = 0

    init(_ experiment: Experiment, plan: CatalogPlan, identities: IdentityMap, cutoff: Timestamp?) {
        tally = ExperimentTally(experiment, plan: plan)
        groups = plan.catalog.groups.map { LevelList($0) }
        self.identities = identities
        self.cutoff = cutoff
    }

    /// Who was exposed when; of a switchback, whose people change arms, what they were worth too, in the log's order.
    mutating func readExposures(_ store: any Store, after first: Int64, progress: (Int) -> Void) throws {
        let changes = tally.experiment.switchback != nil
        try store.forEachRecord(after: first, kinds: changes ? [.decision, .event, .outcome] : [.decision]) { entry in
            count += 1
            progress(count)
            if let (customer, time) = entry.record.subject(identities) {
                if counts(time) { tally.note(entry.record, of: customer) }
                return
            }
            guard case .decision(let stored) = entry.record, DecisionRecord.mayHoldExperiments(stored.body),
                counts(stored.time)
            else { return }
            let record = try DecisionRecord(decoding: stored.body)
            guard tally.note(record, of: identities.current(stored.customer)) else { return }
            for index in groups.indices { groups[index].add(record.situation.traits[JSONPath(groups[index].name)]) }
        }
    }

    /// What the exposed were worth before and since. What came before stands before the exposures in the log, so the log
    /// is read once more, from its beginning.
    mutating func readValues(_ store: any Store, progress: (Int) -> Void) throws {
        before = tally.counters.map { _ in ContiguousArray(repeating: 0, count: tally.rows.count) }
        try store.forEachRecord(after: 0, kinds: [.event, .outcome]) { entry in
            count += 1
            progress(count)
            guard let (customer, time) = entry.record.subject(identities), counts(time),
                let row = tally.row(of: customer)
            else { return }
            let exposedAt = tally.rows[row].exposedAt
            if time >= exposedAt { return tally.note(entry.record, of: customer) }
            guard time >= exposedAt - LoggedExperiment.before else { return }
            for metric in tally.counters.indices {
                before[metric][row] += tally.counters[metric].amount(of: entry.record) ?? 0
            }
        }
    }

    private func counts(_ time: Timestamp) -> Bool { cutoff.map { time < $0 } ?? true }
}

/// Texts as they come, numbered.
private struct LevelList {
    let name: String
    var codes: ContiguousArray<Int32> = []
    var levels: [String] = []
    private var codeOf: [String: Int32] = [:]

    init(_ name: String) { self.name = name }

    mutating func add(_ value: JSON?) {
        guard let text = value.map({ $0.string ?? $0.text }) else { return codes.append(-1) }
        if codeOf[text] == nil {
            codeOf[text] = Int32(levels.count)
            levels.append(text)
        }
        codes.append(codeOf[text]!)
    }
}

extension ExperimentTally {
    /// The rows that count, by column.
    ///
    /// - Parameters:
    ///   - before: For each metric and row the total before the exposure.
    ///   - stopped: Arms that are left out.
    fileprivate func data(
        before: [ContiguousArray<Double>], groups: [LevelList], arms stopped: Set<ArmID>
    ) -> ExperimentData {
        let arms = experiment.arms.indices.filter { !stopped.contains(experiment.arms[$0].id) }
        let kept = rows.indices.filter { !rows[$0].isContaminated && arms.contains(rows[$0].arm) }
        let codeOfArm = experiment.arms.indices.map { arm in Int32(arms.firstIndex(of: arm) ?? -1) }
        let metrics = counters.indices.map { metric in
            let counter = counters[metric]
            // None in a switchback, where it would be the people's and not the period's.
            let earlier =
                before.isEmpty ? [] : ContiguousArray(kept.map { counter.value(before[metric][$0]) })
            // A covariate that is the same for everybody explains nothing.
            let explains = earlier.contains { $0 != earlier[0] }
            return ExperimentData.Metric(
                counter.name, counter.isShare ? .share : .amount,
                values: ContiguousArray(kept.map { value(metric, of: $0) }), covariate: explains ? earlier : nil,
                allowsNegative: !counter.isShare)
        }
        var period: ExperimentData.Category?
        if experiment.switchback != nil {
            var codes: [Participation.Block: Int32] = [:]
            var levels: [String] = []
            let ofRow = ContiguousArray<Int32>(
                kept.map { row in
                    let block = rows[row].block!
                    if let code = codes[block] { return code }
                    codes[block] = Int32(levels.count)
                    levels.append("\(block.unit), \(name(of: block))")
                    return Int32(levels.count - 1)
                })
            period = ExperimentData.Category("period", codes: ofRow, levels: levels)
        }
        return ExperimentData(
            name: experiment.name,
            arms: arms.map {
                ExperimentData.Arm(experiment.arms[$0].id.rawValue, plannedShare: experiment.arms[$0].share)
            },
            armOfRow: ContiguousArray(kept.map { codeOfArm[rows[$0].arm] }), metrics: metrics,
            segments: groups.filter { $0.levels.count > 1 }.map { group in
                ExperimentData.Category(
                    group.name, codes: ContiguousArray(kept.map { group.codes[$0] }), levels: group.levels)
            }, period: period,
            exposedAt: ContiguousArray(kept.map { Double(rows[$0].exposedAt.microseconds) / 1e6 }))
    }

    /// When a period of the switchback began.
    private func name(of block: Participation.Block) -> String {
        let length = experiment.switchback?.period.microseconds ?? 1
        return Timestamp(microseconds: Int64(block.period) * length).iso8601
    }

    fileprivate mutating func note(_ record: Record, of customer: CustomerID) {
        switch record {
        case .event(let event): note(event, of: customer)
        case .outcome(let outcome): note(outcome, of: customer)
        default: break
        }
    }
}

extension MetricCounter {
    fileprivate func amount(of record: Record) -> Double? {
        switch record {
        case .event(let event): amount(of: event)
        case .outcome(let outcome): amount(of: outcome)
        default: nil
        }
    }
}

extension Record {
    /// Of an event or an outcome whom it is about, and when it happened.
    fileprivate func subject(_ identities: IdentityMap) -> (CustomerID, Timestamp)? {
        switch self {
        case .event(let event): event.customer.map { (identities.current($0), event.eventTime) }
        case .outcome(let outcome): (identities.current(outcome.customer), outcome.eventTime)
        default: nil
        }
    }
}

extension Recovery {
    /// An experiment as the newest catalog that has it declares it, that catalog, and the record of the first.
    fileprivate func declaration(of id: ExperimentID) throws -> (Experiment, CatalogPlan, Int64) {
        guard let newest = try store.catalog(version: nil) else { throw EngineError.noCatalog }
        guard let first = try firstSequence(declaring: id) else {
            let known = try compile(newest).catalog.experiments.map(\.id.rawValue)
            throw EngineError.unknownExperiment(id.rawValue, known: known)
        }
        for version in stride(from: newest.version, through: 1, by: -1) {
            guard let stored = try store.catalog(version: version) else { continue }
            let plan = try compile(stored)
            if let experiment = plan.experiment(id) { return (experiment, plan, first) }
        }
        throw EngineError.unknownExperiment(id.rawValue, known: [])
    }

    fileprivate func stops(of id: ExperimentID) throws -> [ArmStop] {
        var stops: [ArmStop] = []
        try store.forEachRecord(after: 0, kinds: [.armStop]) { entry in
            if case .armStop(let stop) = entry.record, stop.experiment == id { stops.append(stop) }
        }
        return stops
    }
}
