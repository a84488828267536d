import WeirEconomics
import WeirReporting
import WeirDecisioning
import WeirDomain
import WeirEngine
import WeirJSON
import WeirLog
import WeirStorage

/// Collects from the records of the log, in their order, what used offers cost and brought, by day and group.
///
/// What is spent is what the ledger's entries moved, booked on the day of the use; what is taken back is as if it had not been.
/// An offer that draws on several budgets costs what it draws on each, once. One that draws on none has no entries: its cost
/// is paid when it is used, unless a report had released it before. Decisions made elsewhere are left out: the ledger pays
/// nothing for them.
struct EconomicsReader: LogReader {
    /// An offer that was given, until nothing can follow from it.
    private struct Use {
        /// Index into `groups`.
        var group: Int
        var margin: Double
        var cost: Double
        var closesAt: Timestamp
        /// The budget whose entries tell what it cost; nil where it draws on none.
        var budget: BudgetID?
        /// Without a budget: whether its cost is still to be paid.
        var isOwed = true
        /// Which part of what is spent next stays spent: its order was told anew after a part of it had been refunded.
        var keptPart = 1.0
        /// What its conversion was booked as, with what was spent on it.
        var booking: (row: Int, amounts: Amounts)?
        /// Which part of the conversion has not been taken back.
        var remaining = 1.0
    }

    struct Amounts {
        var offers = 0.0
        var conversions = 0.0
        var spent = 0.0
        var margin = 0.0
        var revenue = 0.0

        static func += (left: inout Amounts, right: Amounts) { left.accumulate(right, times: 1) }
        static func -= (left: inout Amounts, right: Amounts) { left.accumulate(right, times: -1) }

        /// The same amounts, each as a part of itself.
        func times(_ part: Double) -> Amounts {
            var scaled = Amounts()
            scaled.accumulate(self, times: part)
            return scaled
        }

        private mutating func accumulate(_ other: Amounts, times sign: Double) {
            offers += sign * other.offers
            conversions += sign * other.conversions
            spent += sign * other.spent
            margin += sign * other.margin
            revenue += sign * other.revenue
        }
    }

    struct Row: Hashable {
        var day: Int
        var group: Int
    }

    private struct Purchase: Hashable {
        var customer: CustomerID
        var time: Timestamp
    }

    /// A way to tell offers apart, with the names met so far.
    struct Names {
        let name: String
        var names: [String] = []
        private var codes: [String: Int] = [:]

        init(_ name: String) { self.name = name }

        mutating func code(_ text: String) -> Int {
            if let code = codes[text] { return code }
            codes[text] = names.count
            names.append(text)
            return names.count - 1
        }
    }

    let plan: CatalogPlan
    let segment: String?
    /// Campaign, offer, channel, cohort, then the segment and the experiments, where there are.
    private(set) var dimensions: [Names]
    /// Codes by dimension, nil for none.
    private(set) var groups: [[Int?]] = []
    private(set) var rows: [Row] = []
    private(set) var amounts: [Amounts] = []
    private(set) var given = 0
    /// Conversions whose revenue the log does not tell.
    private(set) var unpriced = 0
    private var groupOf: [[Int?]: Int] = [:]
    private var rowOf: [Row: Int] = [:]
    private var people: [CustomerID: (cohort: Int, segment: Int)] = [:]
    private var uses: [DecisionID: Use] = [:]
    /// What events that may be conversions were worth, the newest and those before; older ones have found their outcome.
    private var purchases: [[Purchase: Double]] = [[:], [:]]
    /// What orders are worth by their newest telling, those of late and those before them.
    private var worths: [[String: Double]] = [[:], [:]]
    private var toldOrders = ToldOrders()
    /// Which conversions an order is booked as.
    private var usesOfOrder: [String: [DecisionID]] = [:]
    private var end = Timestamp(microseconds: .min)

    static let firstExperiment = 5

    /// - Parameter segment: A trait; nil for none.
    /// - Throws: `MeasurementError` where the log does not keep the trait.
    init(plan: CatalogPlan, segment: String?) throws(MeasurementError) {
        if let segment, !plan.traitNames.contains(segment) {
            let known = plan.traitNames.subtracting(["suppressed"]).sorted().joined(separator: ", ")
            throw MeasurementError(
                "segment “\(segment)” is no trait that the log keeps (declare it in groups)."
                    + (known.isEmpty ? "" : " Known: \(known)."))
        }
        self.plan = plan
        self.segment = segment
        dimensions = ["campaign", "offer", "channel", "cohort", segment ?? ""].map { Names($0) }
    }

    /// Offers given whose window had not closed at the end of the log.
    var open: Int { uses.values.count { $0.booking == nil && $0.closesAt > end } }

    var kinds: Set<RecordKind> {
        plan.catalog.metric == nil ? [.decision, .outcome, .ledger] : [.decision, .outcome, .ledger, .event]
    }

    mutating func read(_ entry: LogEntry) throws {
        switch entry.content {
        case .decision(let decision):
            if let person = entry.person { bookOffer(of: try decision.record, to: person, plan: try decision.plan) }
        case .outcome(let outcome): if let person = entry.person { bookUse(outcome, by: person) }
        case .event(let event): if let person = entry.person { rememberPurchase(event, by: person) }
        case .other(.ledger(let entry)): bookMovement(entry)
        case .other: break
        }
    }

    // MARK: Decisions

    private mutating func bookOffer(of record: DecisionRecord, to person: CustomerID, plan: CatalogPlan) {
        let decision = record.decision
        let time = record.situation.time
        guard decision.assignment != .given else {
            given += 1
            return
        }
        end = max(end, time)
        let known = people[person] ?? met(person, record)
        guard let chosen = decision.chosen else { return }
        let offer = plan.offers[decision.candidates[chosen].offer]
        let campaign = plan.campaigns[offer.campaign].campaign
        var codes: [Int?] = [
            dimensions[0].code(campaign.id.rawValue), dimensions[1].code(offer.offer.id.rawValue),
            dimensions[2].code(campaign.channel.rawValue), known.cohort, segment == nil ? nil : known.segment,
        ]
        for part in decision.experiments where part.isExposed {
            let place = place(of: part.experiment)
            while codes.count <= place { codes.append(nil) }
            codes[place] = dimensions[place].code(part.arm.rawValue)
        }
        let group = groupOf[codes] ?? groups.count
        if group == groups.count {
            groupOf[codes] = group
            groups.append(codes)
        }
        amounts[row(Row(day: time.day, group: group))].offers += 1
        let expected = decision.candidates[chosen].use
        uses[record.situation.id] = Use(
            group: group, margin: expected?.value ?? offer.offer.value.majorUnits,
            cost: expected?.cost ?? offer.offer.cost.majorUnits,
            closesAt: time + plan.goals[offer.goal].window)
    }

    private mutating func met(_ person: CustomerID, _ record: DecisionRecord) -> (cohort: Int, segment: Int) {
        let trait = segment.flatMap { record.situation.traits[$0] }
        let known = (
            cohort: dimensions[3].code(record.situation.time.month),
            segment: segment == nil ? 0 : dimensions[4].code(trait.map { $0.string ?? $0.text } ?? "not known")
        )
        people[person] = known
        return known
    }

    private mutating func place(of experiment: ExperimentID) -> Int {
        let name = "experiment \(experiment)"
        if let place = dimensions.indices.dropFirst(Self.firstExperiment).first(where: { dimensions[$0].name == name })
        {
            return place
        }
        dimensions.append(Names(name))
        return dimensions.count - 1
    }

    private mutating func row(_ row: Row) -> Int {
        if let place = rowOf[row] { return place }
        rowOf[row] = rows.count
        rows.append(row)
        amounts.append(Amounts())
        return rows.count - 1
    }

    // MARK: What followed

    private mutating func rememberPurchase(_ event: Event, by person: CustomerID) {
        guard let metric = plan.catalog.metric, metric.value != nil, event.kind == .track,
            let worth = metric.value(of: event), worth.isFinite,
            plan.goals.contains(where: { $0.pattern?.matches(event) ?? false })
        else { return }
        if let orders = plan.catalog.orders, orders.isTold(by: event), let id = orders.id(of: event) {
            return rememberOrder(id, event, worth: worth, isValued: orders.value(of: event) != nil)
        }
        // An outcome follows its event within one commit, so that a bounded memory finds it.
        if purchases[0].count >= 50_000 { purchases = [[:], purchases[0]] }
        purchases[0][Purchase(customer: person, time: event.eventTime)] = worth
    }

    /// Takes a telling of an order: told again it is the same one, and brings what its newest telling says.
    private mutating func rememberOrder(_ id: String, _ event: Event, worth: Double, isValued: Bool) {
        let change = toldOrders.tell(id, by: event, isValued: isValued, amounts: [worth], isCounted: true)
        guard change != nil else { return }
        if worths[0].count >= 50_000 { worths = [[:], worths[0]] }
        worths[0][id] = worth
        for decision in usesOfOrder[id] ?? [] {
            guard var use = uses[decision], var booking = use.booking else { continue }
            amounts[booking.row].revenue += worth * use.remaining - booking.amounts.revenue
            booking.amounts.revenue = worth * use.remaining
            use.booking = booking
            uses[decision] = use
        }
    }

    /// What a conversion brought by the event that it followed from; nil where the log does not tell.
    private mutating func revenue(of outcome: Outcome, by person: CustomerID) -> Double? {
        guard outcome.joined == .rule || outcome.joined == .coupon else { return nil }
        if let order = outcome.order, let worth = worths[0][order] ?? worths[1][order] {
            usesOfOrder[order, default: []].append(outcome.decision)
            return worth
        }
        let purchase = Purchase(customer: person, time: outcome.eventTime)
        return purchases[0][purchase] ?? purchases[1][purchase]
    }

    private mutating func bookUse(_ outcome: Outcome, by person: CustomerID) {
        guard var use = uses[outcome.decision] else { return }
        switch outcome.kind {
        case .converted:
            let time = outcome.eventTime
            end = max(end, time)
            let revenue = revenue(of: outcome, by: person)
            if revenue == nil { unpriced += 1 }
            let booked = Amounts(
                conversions: 1, spent: use.budget == nil && use.isOwed ? use.cost : 0,
                margin: outcome.value?.majorUnits ?? use.margin, revenue: revenue ?? 0)
            let row = row(Row(day: time.day, group: use.group))
            amounts[row] += booked
            use.booking = (row, booked)
            use.remaining = 1
            use.isOwed = false
        case .reversed:
            guard let booking = use.booking else { return }
            amounts[booking.row] -= booking.amounts
            // Its entry follows, and finds nothing to take back.
            use.booking = nil
        case .partlyReversed:
            guard let (row, booked) = use.booking else { return }
            let rest = booked.times(outcome.remainingPart)
            amounts[row] -= booked
            amounts[row] += rest
            use.booking = (row, rest)
            use.remaining *= outcome.remainingPart
        case .notConverted:
            // A report gives the money back; the age at which a goal settles does not.
            guard outcome.joined == .decisionID else { return }
            use.isOwed = false
        case .corrected:
            // What it did cost follows, spent anew.
            guard var booking = use.booking else { return }
            amounts[booking.row].spent -= booking.amounts.spent
            booking.amounts.spent = 0
            use.booking = booking
            use.keptPart = outcome.share.map { 1 - $0.upperBound } ?? 1
        case .presumedNot, .expired, .settled, .open: return
        }
        uses[outcome.decision] = use
    }

    /// Takes an entry of the ledger; what moves the money follows what it moves for.
    private mutating func bookMovement(_ entry: LedgerEntry) {
        guard let decision = entry.decision, entry.amount.currency != .pieces, var use = uses[decision] else { return }
        switch entry.reason {
        case .reserved: if use.budget == nil { use.budget = entry.budget }
        case .spent:
            guard entry.budget == use.budget, var booking = use.booking else { return }
            let amount = entry.amount.majorUnits * use.keptPart
            use.keptPart = 1
            amounts[booking.row].spent += amount
            booking.amounts.spent += amount
            use.booking = booking
        case .funded, .released, .refunded: return
        }
        uses[decision] = use
    }
}

extension Timestamp {
    /// `2026-05`.
    var month: String { String(iso8601.prefix(7)) }
}
