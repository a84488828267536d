import WeirBudgeting
import WeirConsole
import WeirDecisioning
import WeirDomain
import WeirEngine

extension BudgetStatus {
    init(_ report: BudgetReport, at now: Timestamp) {
        let budget = report.budget
        let currency = report.limit.currency
        func money(_ units: Int64) -> Money { Money(minorUnits: units, currency: currency) }
        var points = report.history.map { sample in
            Point(time: sample.time, spent: money(sample.spent), planned: report.curve.planned(at: sample.time))
        }
        let isOn = now >= budget.start && now < budget.end
        if isOn { points.append(Point(time: now, spent: report.spent, planned: report.planned)) }
        // The plan goes on to the end, where nothing is spent yet.
        let length = budget.end.since(budget.start).microseconds
        for step in 0...48 {
            let time = budget.start + TimeSpan(microseconds: length / 48 * Int64(step))
            if time > now || points.isEmpty {
                points.append(Point(time: time, spent: nil, planned: report.curve.planned(at: time)))
            }
        }
        self.init(
            id: budget.id, name: budget.name, limit: report.limit, spent: report.spent, reserved: report.reserved,
            plannedByNow: report.planned, start: budget.start, end: budget.end, series: points,
            projectedEnd: isOn && report.spent.minorUnits > 0
                ? Projection(
                    low: report.spent.minorUnits < report.projected.minorUnits ? report.spent : report.projected,
                    high: report.projected)
                : nil,
            shadowPrice: report.price, shadowPrices: report.history.map { Price(time: $0.time, value: $0.price) },
            returnFloor: budget.returnFloor)
    }
}

extension RecentDecision {
    init(_ reply: DecisionReply) {
        let situation = reply.record.situation
        let decision = reply.record.decision
        self.init(
            id: situation.id, time: situation.time, customer: situation.customer,
            placement: reply.plan.placement(situation.placement)?.placement.name ?? situation.placement.rawValue,
            result: DecisionResult(reply),
            utility: decision.assignment == .heldOut ? nil : decision.chosen.map { decision.candidates[$0].utility },
            why: reply.why, propensity: decision.propensity, policy: reply.policy.name)
    }
}

extension DecisionResult {
    init(_ reply: DecisionReply) {
        if reply.record.decision.assignment == .heldOut {
            self = .heldOut
        } else {
            self = reply.offer.map { .offer($0.name) } ?? .noOffer
        }
    }
}

extension DecisionMix {
    /// Nil where there are no decisions yet.
    init?(_ replies: [DecisionReply]) {
        let own = replies.filter { $0.record.decision.assignment != .given }
        guard !own.isEmpty else { return nil }
        func share(_ isCounted: (Decision) -> Bool) -> Double {
            Double(own.count { isCounted($0.record.decision) }) / Double(own.count)
        }
        self.init(
            noOffer: share { $0.assignment == .treated && $0.chosen == nil },
            heldOut: share { $0.assignment == .heldOut }, explored: share(\.isExplored),
            over: "the last \(own.count)")
    }
}

extension ExplainedDecision {
    /// The same with one line for all offers that one gate has stopped; the decision's own page lists them.
    func gatheringGates() -> ExplainedDecision {
        var gathered = self
        gathered.gated = []
        for gate in gated where !gathered.gated.contains(where: { $0.reason == gate.reason }) {
            let count = gated.count { $0.reason == gate.reason }
            gathered.gated.append(
                count == 1 ? gate : Gated(name: "\(count) offers", campaign: nil, reason: gate.reason))
        }
        return gathered
    }

    init(_ reply: DecisionReply, codeVersion: String) {
        let situation = reply.record.situation
        let decision = reply.record.decision
        let catalog = reply.plan.catalog
        var candidates: [Candidate] = []
        var gated: [Gated] = []
        for (index, candidate) in decision.candidates.enumerated() {
            let offer = reply.plan.offers[candidate.offer]
            let campaign = reply.plan.campaigns[offer.campaign].campaign.name
            let terms = offer.offer.discount.map { " · \($0)" } ?? ""
            if let gate = candidate.gate, decision.chosen != index {
                gated.append(Gated(name: offer.offer.name, campaign: campaign + terms, reason: gate.words))
                continue
            }
            let price = candidate.cost > 0 ? (candidate.value - candidate.utility) / candidate.cost : 0
            candidates.append(
                Candidate(
                    name: offer.offer.name, campaign: campaign + terms, probability: candidate.probability,
                    uncertainty: 1.96 * candidate.deviation,
                    baseline: candidate.probabilityWithout(reply.plan).map {
                        Baseline(probability: $0, worth: candidate.use?.value ?? offer.offer.value.majorUnits)
                    },
                    value: candidate.value, cost: candidate.cost, price: price, utility: candidate.utility,
                    propensity: candidate.choiceProbability,
                    isChosen: decision.chosen == index))
        }
        let without = candidates.lazy.compactMap(\.baseline).first?.probability
        candidates.append(
            Candidate(
                name: "no offer", probability: without ?? 0, uncertainty: 0, value: 0, cost: 0, price: 0, utility: 0,
                propensity: decision.noOfferProbability,
                isChosen: decision.chosen == nil && decision.assignment == .treated))
        candidates.sort { ($0.utility, $0.propensity) > ($1.utility, $1.propensity) }
        self.init(
            id: situation.id, time: situation.time, customer: situation.customer,
            placement: reply.plan.placement(situation.placement)?.placement.name ?? situation.placement.rawValue,
            result: DecisionResult(reply), policy: reply.policy.name, propensity: decision.propensity,
            currency: catalog.currency, candidates: candidates, gated: gated,
            versions: Versions(
                catalog: "\(situation.catalogVersion)", model: "\(situation.modelVersion)", code: codeVersion))
        isChosenElsewhere = decision.assignment == .given
    }
}

extension FirstCommands {
    init(baseURL: String) {
        self.init(
            event: """
                curl \(baseURL)/v1/track -u WRITE_KEY: \\
                  -H 'content-type: application/json' \\
                  -d '{"userId": "ada", "event": "Order Completed", "properties": {"revenue": 42.5}}'
                """,
            decision: """
                curl \(baseURL)/v1/decide \\
                  -H 'content-type: application/json' \\
                  -d '{"customer": "ada", "placement": "home"}'
                """,
            outcome: """
                curl \(baseURL)/v1/outcomes \\
                  -H 'content-type: application/json' \\
                  -d '{"decision": "d-1", "outcome": "converted"}'
                """,
            catalog: "weir init shop && weir apply shop --url \(baseURL)")
    }
}

extension OpenDecisions {
    /// Nil where none is open.
    init?(_ open: OpenOutcomes, of goal: GoalID) {
        guard let first = open.firstCloses else { return nil }
        self.init(goal: goal.rawValue, count: open.count, firstCloses: first)
    }
}
