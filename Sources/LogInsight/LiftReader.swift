import WeirLift
import WeirDecisioning
import WeirDomain
import WeirEngine
import WeirJSON
import WeirLearning
import WeirLog
import WeirProfiles
import WeirStorage

/// Collects a lift trial from the records of the log, in their order.
struct LiftReader: LogReader {
    enum Assignment: Equatable {
        case universal
        case campaign(CampaignID)
    }

    /// What a decision's conversion is worth and costs.
    private struct Prospect {
        var customer: Int
        var value: Double
        var cost: Double
        var followsOffer: Bool
        /// Whether the goal can be reached without an offer, so that both arms are seen.
        var isComparable: Bool
        var deed: Int?
    }

    let plan: CatalogPlan
    /// Catalogs under which customers were assigned as they are now.
    let versions: ClosedRange<Int>
    let assignment: Assignment
    let segment: String?
    let since: Double?
    private let inputs: [(name: String, input: ModelLayout.Input)]
    private var places: [CustomerID: Int] = [:]
    private(set) var customers: [LiftTrial.Customer] = []
    private(set) var isContaminated: [Bool] = []
    private(set) var deeds: [LiftTrial.Deed] = []
    private var prospects: [DecisionID: Prospect] = [:]
    private(set) var campaigns: [String] = []
    private(set) var traits: [String?] = []
    private(set) var values: [Double?] = []
    private(set) var last = -Double.infinity
    private(set) var skipped = 0
    private(set) var given = 0
    private(set) var hasBoundOffers = false
    private(set) var mixesGoals = false
    private var toldOrders = ToldOrders()

    init(
        plan: CatalogPlan, versions: ClosedRange<Int>, assignment: Assignment, segment: String?, since: Timestamp?
    ) {
        self.plan = plan
        self.versions = versions
        self.assignment = assignment
        self.segment = segment
        self.since = since?.seconds
        inputs = plan.schema.scalars.map { ($0.name, ModelLayout.Input($0)) }
    }

    var kinds: Set<RecordKind> {
        plan.catalog.metric == nil ? [.decision, .outcome] : [.decision, .outcome, .event]
    }

    mutating func read(_ entry: LogEntry) throws {
        switch entry.content {
        case .decision(let decision):
            if let person = entry.person { enrol(person, by: try decision.record, plan: try decision.plan) }
        case .outcome(let outcome): bookConversion(outcome)
        case .event(let event): if let person = entry.person { bookMetric(event, of: person) }
        case .other: break
        }
    }

    // MARK: Decisions

    private mutating func enrol(_ person: CustomerID, by record: DecisionRecord, plan: CatalogPlan) {
        guard versions.contains(plan.version) else {
            skipped += 1
            return
        }
        let decision = record.decision
        guard decision.assignment != .given else {
            given += 1
            return
        }
        guard let (isTreated, share) = arm(of: record, plan: plan) else { return }
        let time = record.situation.time.seconds
        last = max(last, time)
        let place: Int
        if let known = places[person] {
            place = known
            if customers[place].isTreated != isTreated { isContaminated[place] = true }
        } else {
            place = customers.count
            places[person] = place
            customers.append(
                LiftTrial.Customer(
                    isTreated: isTreated, propensity: 1 - share, exposed: time,
                    features: features(of: record, plan: plan)))
            isContaminated.append(false)
            recordSegment(record, plan: plan)
        }
        recordFirstOffer(decision, at: time, place, plan: plan)
        prospects[record.situation.id] = prospect(decision, place, plan: plan)
    }

    /// The arm of a decision's customer and the share that is held out; nil where neither arm was reached.
    private func arm(of record: DecisionRecord, plan: CatalogPlan) -> (isTreated: Bool, share: Double)? {
        switch assignment {
        case .universal:
            return (record.decision.assignment == .treated, plan.catalog.universalHoldout)
        case .campaign(let id):
            // Who is held out from everything is in neither arm.
            guard record.decision.assignment == .treated,
                let index = plan.campaigns.firstIndex(where: { $0.campaign.id == id })
            else { return nil }
            let gates = record.decision.candidates.lazy.filter { plan.offers[$0.offer].campaign == index }.map(\.gate)
            guard let gate = gates.first else { return nil }
            let share = plan.campaigns[index].campaign.holdout
            return switch gate?.stage {
            // The campaign does not reach them, whatever the holdout says.
            case .beforeAssignment: nil
            case .assignment: (false, share)
            case .afterAssignment, nil: (true, share)
            }
        }
    }

    private mutating func recordFirstOffer(_ decision: Decision, at time: Double, _ place: Int, plan: CatalogPlan) {
        guard customers[place].offered == nil, let choice = decision.intended else { return }
        let campaign = plan.campaigns[plan.offers[decision.candidates[choice].offer].campaign].campaign
        if case .campaign(let id) = assignment, campaign.id != id { return }
        customers[place].offered = time
        let name = campaign.id.rawValue
        let index = campaigns.firstIndex(of: name) ?? campaigns.count
        if index == campaigns.count { campaigns.append(name) }
        customers[place].campaign = index
    }

    private mutating func prospect(_ decision: Decision, _ place: Int, plan: CatalogPlan) -> Prospect {
        // What "no offer" awaits: the first goal that can be reached without one, as the engine has it.
        let judge = decision.candidates.lazy.map { plan.offers[$0.offer] }
            .first { plan.goals[$0.goal].baseline == .learned }
        guard let chosen = decision.intended else {
            return Prospect(
                customer: place, value: judge?.offer.value.majorUnits ?? 0, cost: 0, followsOffer: false,
                isComparable: judge != nil)
        }
        let use = decision.candidates[chosen].use
        let offer = plan.offers[decision.candidates[chosen].offer]
        let isComparable = plan.goals[offer.goal].baseline == .learned
        if !isComparable { hasBoundOffers = true } else if judge?.goal != offer.goal { mixesGoals = true }
        guard decision.chosen != nil else {
            return Prospect(
                customer: place, value: judge?.offer.value.majorUnits ?? 0, cost: 0, followsOffer: false,
                isComparable: judge != nil)
        }
        return Prospect(
            customer: place, value: use?.value ?? offer.offer.value.majorUnits,
            cost: use?.cost ?? offer.offer.cost.majorUnits,
            followsOffer: true, isComparable: isComparable)
    }

    // MARK: What was known before

    /// By the newest catalog's names, as its models see them; 0 and a mark where the decision did not see a feature.
    private func features(of record: DecisionRecord, plan: CatalogPlan) -> [Double] {
        inputs.flatMap { name, input -> [Double] in
            guard let value = value(of: name, record, plan: plan), !value.isNaN else { return [0, 1] }
            return [input.standardized(value), 0]
        }
    }

    private func value(of feature: String, _ record: DecisionRecord, plan: CatalogPlan) -> Float? {
        guard let index = plan.schema.scalarIndex(of: feature), index < record.situation.features.count else {
            return nil
        }
        return record.situation.features[index]
    }

    private mutating func recordSegment(_ record: DecisionRecord, plan: CatalogPlan) {
        guard let segment else { return }
        if plan.traitNames.contains(segment) {
            let trait = record.situation.traits[segment]
            traits.append(trait.map { $0.string ?? $0.text })
        } else {
            values.append(value(of: segment, record, plan: plan).map(Double.init))
        }
    }

    // MARK: Outcomes

    private mutating func bookConversion(_ outcome: Outcome) {
        guard var prospect = prospects[outcome.decision] else { return }
        let time = outcome.eventTime.seconds
        switch outcome.kind {
        case .converted:
            last = max(last, time)
            prospect.deed = deeds.count
            deeds.append(
                LiftTrial.Deed(
                    customer: prospect.customer, time: time, conversions: prospect.isComparable ? 1 : 0,
                    value: prospect.isComparable ? outcome.value?.majorUnits ?? prospect.value : 0,
                    cost: prospect.cost, followsOffer: prospect.followsOffer))
        case .reversed:
            // As if it had not been: what was taken back earned nothing and cost nothing.
            guard let deed = prospect.deed else { return }
            deeds[deed].conversions = 0
            deeds[deed].value = 0
            deeds[deed].cost = 0
            prospect.deed = nil
        case .partlyReversed:
            guard let deed = prospect.deed else { return }
            deeds[deed].conversions *= outcome.remainingPart
            deeds[deed].value *= outcome.remainingPart
            deeds[deed].cost *= outcome.remainingPart
        case .notConverted, .presumedNot, .expired, .settled, .open, .corrected: return
        }
        prospects[outcome.decision] = prospect
    }

    private mutating func bookMetric(_ event: Event, of person: CustomerID) {
        let worth = plan.catalog.metric?.value(of: event).flatMap { $0.isFinite ? $0 : nil }
        let place = places[person]
        let isCounted = place.map { event.eventTime.seconds >= customers[$0].exposed } ?? false
        guard let orders = plan.catalog.orders, orders.isTold(by: event), let id = orders.id(of: event) else {
            if isCounted, let place, let worth { append(worth, to: place, at: event.eventTime.seconds) }
            return
        }
        // Told again it is the same order, worth what its newest telling says.
        let change = toldOrders.tell(
            id, by: event, isValued: orders.value(of: event) != nil, amounts: [worth ?? 0], isCounted: isCounted)
        if let change, let place { append(change.amounts[0], to: place, at: change.time.seconds) }
    }

    private mutating func append(_ worth: Double, to place: Int, at time: Double) {
        last = max(last, time)
        deeds.append(LiftTrial.Deed(customer: place, time: time, metric: worth))
    }
}

extension Timestamp {
    /// Since 1970.
    var seconds: Double { Double(microseconds) / 1e6 }
}

extension Decision {
    /// The offer that the person got, or would have got were they not held out. What only an experiment's arm withheld counts
    /// as none, in both arms alike.
    fileprivate var intended: Int? { chosen ?? (assignment == .heldOut ? ghost : nil) }
}
