package import WeirExperiments
import WeirDecisioning
package import WeirDomain
import WeirEngine
import WeirJSON
import WeirLog
package import WeirStorage

/// An experiment as the log tells of it, ready to be measured.
package struct LoggedExperiment: Sendable {
    package var experiment: Experiment
    /// One row per customer who was exposed, in a switchback per customer and period.
    package var data: ExperimentData
    /// Customers who were seen in two arms: left out.
    package var contaminated: Int
    /// In the order of the log.
    package var stops: [ArmStop]
    /// What is left out, and why.
    package var notes: [String]
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
    package init(store: any Store, id: ExperimentID, progress: @escaping (Int) -> Void = { _ in }) throws {
        let recovery = Recovery(store: store)
        let (experiment, plan, first) = try recovery.declaration(of: id)
        let stops = try recovery.stops(of: id)
        let stopped = Set(stops.map(\.arm))
        let isOver = experiment.arms.count { !stopped.contains($0.id) } < 2
        let cutoff = isOver ? stops.map(\.time).max() : nil

        let pass = try LogPass(store: store)
        var (exposures, counted) = try pass.run(
            ExposureReader(experiment, plan: plan, cutoff: cutoff),
            ReadingProgress(counting: ExposureReader.kinds(of: experiment), show: progress), after: first)
        var before: [ContiguousArray<Double>] = []
        if experiment.switchback == nil {
            let values: ValueReader
            (values, counted) = try pass.run(
                ValueReader(exposures.tally, cutoff: cutoff), counted.going(on: ValueReader.kinds))
            exposures.tally = values.tally
            before = values.before
        }

        self.experiment = experiment
        self.stops = stops
        let tally = exposures.tally
        contaminated = tally.contaminated
        names = tally.counters.map { ($0.metric, $0.name) }
        data = tally.data(before: before, groups: exposures.groups, arms: isOver ? [] : stopped)
        notes = []
        explainLeftOut(stops, isOver: isOver)
    }

    private mutating func explainLeftOut(_ stops: [ArmStop], isOver: Bool) {
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
}

/// Who was exposed when; of a switchback, whose people change arms, what they were worth too, in the log's order.
private struct ExposureReader: LogReader {
    var tally: ExperimentTally
    /// Traits whose levels are looked at, one code per row.
    private(set) var groups: [LevelList]
    /// What happened from then on does not count.
    private let cutoff: Timestamp?

    init(_ experiment: Experiment, plan: CatalogPlan, cutoff: Timestamp?) {
        tally = ExperimentTally(experiment, plan: plan)
        groups = plan.catalog.groups.map { LevelList($0) }
        self.cutoff = cutoff
    }

    static func kinds(of experiment: Experiment) -> Set<RecordKind> {
        experiment.switchback == nil ? [.decision] : [.decision, .event, .outcome]
    }

    var kinds: Set<RecordKind> { Self.kinds(of: tally.experiment) }

    mutating func read(_ entry: LogEntry) throws {
        guard let person = entry.person else { return }
        switch entry.content {
        case .decision(let decision):
            guard DecisionRecord.mayHoldExperiments(decision.stored.body), decision.stored.time.isBefore(cutoff)
            else { return }
            let record = try decision.record
            guard tally.count(record, of: person) else { return }
            for index in groups.indices { groups[index].append(record.situation.traits[JSONPath(groups[index].name)]) }
        default:
            if let time = entry.eventTime, time.isBefore(cutoff) { tally.count(entry, of: person) }
        }
    }
}

/// What the exposed were worth before and since. What came before stands before the exposures in the log, so that it takes
/// a pass of its own, from the log's beginning.
private struct ValueReader: LogReader {
    private(set) var tally: ExperimentTally
    /// For each metric and row what came before the exposure.
    private(set) var before: [ContiguousArray<Double>]
    /// What happened from then on does not count.
    private let cutoff: Timestamp?
    /// Those that were told before the exposure: told again since, they are no new ones.
    private var earlierOrders = ToldOrders()

    /// - Parameter exposed: With all exposures.
    init(_ exposed: ExperimentTally, cutoff: Timestamp?) {
        tally = exposed
        self.cutoff = cutoff
        before = exposed.counters.map { _ in ContiguousArray(repeating: 0, count: exposed.rows.count) }
    }

    static let kinds: Set<RecordKind> = [.event, .outcome]

    var kinds: Set<RecordKind> { Self.kinds }

    mutating func read(_ entry: LogEntry) {
        guard let person = entry.person, let time = entry.eventTime, time.isBefore(cutoff),
            let row = tally.row(of: person)
        else { return }
        let exposedAt = tally.rows[row].exposedAt
        let isBefore = time < exposedAt
        if case .event(let event) = entry.content, let id = tally.order(of: event), isBefore || earlierOrders.knows(id)
        {
            return countEarlier(id, event, isCounted: time >= exposedAt - LoggedExperiment.before, row)
        }
        guard isBefore else { return tally.count(entry, of: person) }
        guard time >= exposedAt - LoggedExperiment.before else { return }
        for metric in tally.counters.indices {
            before[metric][row] += tally.counters[metric].amount(of: entry) ?? 0
        }
    }

    /// Takes a telling of an order from before the exposure, which counts once, with what its newest telling says.
    private mutating func countEarlier(_ id: String, _ event: Event, isCounted: Bool, _ row: Int) {
        let change = earlierOrders.tell(
            id, by: event, isValued: tally.isValued(event), amounts: tally.counters.map { $0.amount(of: event) ?? 0 },
            isCounted: isCounted)
        for metric in tally.counters.indices { before[metric][row] += change?.amounts[metric] ?? 0 }
    }
}

extension Timestamp {
    fileprivate func isBefore(_ cutoff: Timestamp?) -> Bool { cutoff.map { self < $0 } ?? true }
}

/// Texts as they come, numbered.
private struct LevelList {
    let name: String
    var codes: ContiguousArray<Int32> = []
    var levels: [String] = []
    private var codeOf: [String: Int32] = [:]

    init(_ name: String) { self.name = name }

    mutating func append(_ value: JSON?) {
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
        return Timestamp(microseconds: (TimeSpan(microseconds: length) * block.period).microseconds).iso8601
    }

    fileprivate mutating func count(_ entry: LogEntry, of person: CustomerID) {
        switch entry.content {
        case .event(let event): count(event, of: person)
        case .outcome(let outcome): count(outcome, of: person)
        default: break
        }
    }
}

extension MetricCounter {
    fileprivate func amount(of entry: LogEntry) -> Double? {
        switch entry.content {
        case .event(let event): amount(of: event)
        case .outcome(let outcome): amount(of: outcome)
        default: nil
        }
    }
}

extension LogEntry {
    /// When an event or what an outcome tells of happened; nil for other records.
    fileprivate var eventTime: Timestamp? {
        switch content {
        case .event(let event): event.eventTime
        case .outcome(let outcome): outcome.eventTime
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
