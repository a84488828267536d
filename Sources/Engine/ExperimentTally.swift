package import WeirDecisioning
package import WeirDomain

/// Who was exposed to which arm of one experiment, and what they were worth since; without clock, lock or store.
///
/// A row is a customer, in a switchback a customer in one period of one unit. Whoever was seen in two arms tells nothing
/// of either and is left out of the sums.
package struct ExperimentTally: Sendable {
    package struct Row: Sendable, Equatable {
        package var customer: CustomerID
        /// Index into the experiment's arms.
        package var arm: Int
        package var exposedAt: Timestamp
        package var block: Participation.Block?
        package var isContaminated = false
    }

    /// Of one metric over the rows of one arm.
    struct Sums: Sendable, Equatable {
        var sum = 0.0
        var sumOfSquares = 0.0
    }

    package let experiment: Experiment
    /// Those compared, then those only guarded.
    package let counters: [MetricCounter]
    package private(set) var rows: [Row] = []
    /// For each arm how many rows count.
    private(set) var exposed: [Int]
    package private(set) var contaminated = 0
    /// By arm, then metric.
    private(set) var sums: [[Sums]]
    /// The same totals by size, of metrics that have a size.
    private(set) var sizes: [[TotalSizes?]]
    /// By metric, what the catalog's range of it did.
    private(set) var ranged: [RangeCount]
    /// For each row the metrics' totals, side by side.
    private var totals: ContiguousArray<Double> = []
    /// The latest row of each customer.
    private var rowOfCustomer: [CustomerID: Int] = [:]
    private let orders: Orders?
    private var toldOrders = ToldOrders()

    package init(_ experiment: Experiment, plan: CatalogPlan) {
        self.experiment = experiment
        orders = plan.catalog.orders
        var metrics = experiment.metrics
        for guardrail in experiment.guardrails where !metrics.contains(guardrail.metric) {
            metrics.append(guardrail.metric)
        }
        counters = metrics.map { MetricCounter($0, of: experiment, plan: plan) }
        exposed = experiment.arms.map { _ in 0 }
        sums = experiment.arms.map { _ in metrics.map { _ in Sums() } }
        let counters = counters
        sizes = experiment.arms.map { _ in counters.map { $0.isShare ? nil : TotalSizes() } }
        ranged = metrics.map { _ in RangeCount() }
    }

    /// The value of a metric in a row.
    package func value(_ metric: Int, of row: Int) -> Double {
        counters[metric].value(totals[row * counters.count + metric])
    }

    /// The row of a customer who counts.
    package func row(of customer: CustomerID) -> Int? {
        rowOfCustomer[customer].flatMap { rows[$0].isContaminated ? nil : $0 }
    }

    // MARK: What happens

    /// A decision exposed a customer.
    ///
    /// - Returns: Whether that made a new row.
    @discardableResult
    package mutating func count(_ record: DecisionRecord, of customer: CustomerID) -> Bool {
        guard record.decision.assignment == .treated,
            let participation = record.decision.experiments.first(where: { $0.experiment == experiment.id }),
            participation.isExposed, !participation.isStopped,
            let arm = experiment.arms.firstIndex(where: { $0.id == participation.arm })
        else { return false }
        if let row = rowOfCustomer[customer] {
            guard !rows[row].isContaminated, rows[row].block != participation.block || rows[row].arm != arm else {
                return false
            }
            if participation.block == nil || rows[row].block == participation.block {
                contaminate(row)
                return false
            }
        }
        rowOfCustomer[customer] = rows.count
        rows.append(Row(customer: customer, arm: arm, exposedAt: record.situation.time, block: participation.block))
        totals.append(contentsOf: repeatElement(0, count: counters.count))
        exposed[arm] += 1
        return true
    }

    /// The order that an event tells of; nil where it tells of none, or each event counts for itself.
    package func order(of event: Event) -> String? {
        orders.flatMap { $0.isTold(by: event) ? $0.id(of: event) : nil }
    }

    /// Whether an event says what its order is worth.
    package func isValued(_ event: Event) -> Bool { orders?.value(of: event) != nil }

    package mutating func count(_ event: Event, of customer: CustomerID) {
        let row = row(of: customer)
        guard let id = order(of: event) else {
            guard let row else { return }
            for metric in counters.indices {
                if let amount = counters[metric].amount(of: event) {
                    credit(amount, to: metric, of: row, at: event.eventTime)
                    ranged[metric].record(isCut: counters[metric].cuts(event))
                }
            }
            return
        }
        // Told again it is the same order, worth what its newest telling says.
        let amounts = counters.map { $0.amount(of: event) ?? 0 }
        guard row != nil || amounts.contains(where: { $0 != 0 }),
            let change = toldOrders.tell(
                id, by: event, isValued: isValued(event), amounts: amounts, isCounted: row != nil),
            let row
        else { return }
        for metric in counters.indices where counters[metric].amount(of: event) != nil || change.amounts[metric] != 0 {
            credit(change.amounts[metric], to: metric, of: row, at: change.time)
            ranged[metric].record(isCut: counters[metric].cuts(event))
        }
    }

    package mutating func count(_ outcome: Outcome, of customer: CustomerID) {
        guard let row = row(of: customer) else { return }
        for metric in counters.indices {
            if let amount = counters[metric].amount(of: outcome) {
                credit(amount, to: metric, of: row, at: outcome.eventTime)
            }
        }
    }

    /// Two customers turned out to be one, who counts once, with what both were worth.
    mutating func merge(_ old: CustomerID, into new: CustomerID) {
        guard let gone = rowOfCustomer.removeValue(forKey: old) else { return }
        rows[gone].customer = new
        guard let kept = rowOfCustomer[new] else {
            rowOfCustomer[new] = gone
            return
        }
        // The rows of a switchback are people in periods: those of both stay.
        guard rows[kept].block == nil else { return }
        let isContaminated = rows[kept].isContaminated || rows[gone].isContaminated || rows[kept].arm != rows[gone].arm
        let amounts = counters.indices.map { totals[gone * counters.count + $0] }
        if rows[gone].isContaminated { contaminated -= 1 } else { remove(gone) }
        rows[gone].isContaminated = true
        rows[kept].exposedAt = min(rows[kept].exposedAt, rows[gone].exposedAt)
        if isContaminated {
            if !rows[kept].isContaminated { contaminate(kept) }
        } else {
            for metric in counters.indices { change(metric, of: kept, by: amounts[metric]) }
        }
    }

    // MARK: Sums

    private mutating func credit(_ amount: Double, to metric: Int, of row: Int, at time: Timestamp) {
        guard amount.isFinite, time >= rows[row].exposedAt else { return }
        if let end = counters[metric].end, time >= end { return }
        if let block = rows[row].block, let length = experiment.switchback?.period,
            ExperimentPlan.period(at: time, length: length) != block.period
        {
            return
        }
        change(metric, of: row, by: amount)
    }

    private mutating func change(_ metric: Int, of row: Int, by amount: Double) {
        let old = value(metric, of: row)
        totals[row * counters.count + metric] += amount
        move(metric, of: rows[row].arm, from: old, to: value(metric, of: row))
    }

    private mutating func contaminate(_ row: Int) {
        remove(row)
        rows[row].isContaminated = true
        contaminated += 1
    }

    private mutating func remove(_ row: Int) {
        exposed[rows[row].arm] -= 1
        for metric in counters.indices { move(metric, of: rows[row].arm, from: value(metric, of: row), to: 0) }
    }

    private mutating func move(_ metric: Int, of arm: Int, from old: Double, to new: Double) {
        sums[arm][metric].sum += new - old
        sums[arm][metric].sumOfSquares += new * new - old * old
        sizes[arm][metric]?.move(from: old, to: new)
    }
}

/// What counts for one metric of an experiment, alike in every arm.
package struct MetricCounter: Sendable, Equatable {
    package let metric: ExperimentMetric
    /// What people read.
    package let name: String
    /// First moment at which nothing counts any more; nil where the experiment has no end.
    let end: Timestamp?
    private let goal: Goal?
    private let declared: Metric?
    private let orders: Orders

    init(_ metric: ExperimentMetric, of experiment: Experiment, plan: CatalogPlan) {
        self.metric = metric
        orders = plan.catalog.orders ?? Orders()
        switch metric {
        case .goal(let id):
            let goal = plan.goalIndex(id).map { plan.goals[$0] }
            self.goal = goal
            name = id.rawValue
            declared = nil
            end = experiment.end.map { $0 + (goal?.window ?? .zero) }
        case .value:
            goal = nil
            declared = plan.catalog.metric
            name = plan.catalog.metric?.name ?? "value"
            end = experiment.end
        }
    }

    /// What a total is worth: a goal counts once per row.
    package func value(_ total: Double) -> Double { isShare ? (total > 0 ? 1 : 0) : total }

    package var isShare: Bool { if case .goal = metric { true } else { false } }

    /// What an event adds; nil where it does not count.
    ///
    /// A goal that any event of the customer can fulfil counts by the event itself: arms that give nothing await no
    /// outcome, and would else have none.
    package func amount(of event: Event) -> Double? {
        if let declared { return declared.value(of: event) }
        guard let goal, goal.countsEvents, event.kind == .track else { return nil }
        if goal.pattern?.matches(event) == true { return 1 }
        return goal.isTakenBack(by: event, orders: orders) ? -1 : nil
    }

    /// Whether an event's amount lies outside the range that the catalog declares.
    func cuts(_ event: Event) -> Bool { declared?.cuts(event) ?? false }

    /// What an outcome adds, for goals that only an offer's code or a report can fulfil.
    package func amount(of outcome: Outcome) -> Double? {
        guard let goal, !goal.countsEvents, outcome.goal == goal.id else { return nil }
        switch outcome.kind {
        case .converted: return 1
        case .reversed, .partlyReversed: return -outcome.takenPart
        default: return nil
        }
    }
}

extension Goal {
    /// Whether any matching event of a customer fulfils it.
    fileprivate var countsEvents: Bool { pattern != nil && couponPath == nil }
}
