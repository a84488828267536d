import WeirBudgeting
import WeirDecisioning
import WeirDomain
import WeirProfiles

/// What changes from decision to decision: the money, its prices and what the models have learned.
///
/// All of it are values; a program keeps them as it likes. What must be done at once, deciding and reserving, it does under
/// one lock, or decides again where `reserve` says that the money went to someone else.
struct Desk {
    let plan: CatalogPlan
    var ledger = Ledger()
    /// One per account of the plan; nil for stock, which has no price.
    var prices: [PriceController?]
    /// One per goal of the plan.
    var models: [GoalModel]
    var decisions: Int64 = 0
    var lessons: Int64 = 0

    init(_ plan: CatalogPlan, openedAt time: Timestamp) throws {
        self.plan = plan
        prices = plan.accounts.map { $0.budget.map { PriceController($0) } }
        models = plan.goals.map { GoalModel(of: $0, plan: plan) }
        for account in plan.accounts { _ = try ledger.fund(account.id, limit: account.limit, at: time) }
    }

    /// Decides, reserves what the chosen offer may cost, and lets the person's frequency caps know of it.
    mutating func decide(
        for customer: CustomerID, _ profile: inout Profile, at time: Timestamp
    ) throws -> DecisionRecord {
        decisions += 1
        let request = DecisionRequest(userID: customer.rawValue, placement: "home")
        let placement = plan.placement(request.placement)!
        var situation = Situation(
            deriving: request, id: DecisionID(number: decisions), customer: customer, at: time, from: profile,
            recentDecisions: profile.recentDecisions, plan: plan, placement: placement, modelVersion: lessons)
        situation.available = placement.accounts.map { ledger.accounts[$0].available }
        situation.prices = placement.accounts.map { prices[$0]?.publishedPrice ?? 0 }

        let decision = WeirDecisioning.decide(situation, plan: plan, models: models)
        let draws = decision.chosen.map { plan.offers[decision.candidates[$0].offer].draws } ?? []
        // The ledger numbers its accounts in the order in which they were funded: the plan's.
        _ = try ledger.reserve(
            draws.map { Ledger.Draw(budget: $0.account, amount: $0.amount) }, for: situation.id, at: time)
        for account in placement.accounts {
            let cost = expectedCost(decision, of: account)
            prices[account]?.observe(cost: cost, at: time, remaining: ledger.accounts[account].available)
        }
        let record = DecisionRecord(situation: situation, decision: decision, plan: plan)
        if let recent = record.recentDecision(plan) { profile.remember(recent, keeping: plan.longestCap) }
        return record
    }

    /// Spends or gives back what a decision has reserved, and lets its goal's model learn.
    mutating func close(_ record: DecisionRecord, isReached: Bool, at time: Timestamp) throws -> Outcome? {
        guard let goal = record.awaitedOutcome(plan)?.goal, let index = plan.goalIndex(goal.id) else { return nil }
        let id = record.situation.id
        _ = try isReached ? ledger.spend(id, at: time) : ledger.release(id, at: time)

        let outcome = Outcome(
            decision: id, customer: record.situation.customer, goal: goal.id,
            kind: isReached ? .converted : .notConverted, joined: .decisionID, eventTime: time, receivedTime: time,
            lesson: isReached ? .learnedYes : .learnedNo)
        lessons += 1
        models[index].learn(outcome, of: record, plan: plan, sequence: lessons)
        return outcome
    }

    /// What a decision is expected to take from an account, in minor units.
    private func expectedCost(_ decision: Decision, of account: Int) -> Double {
        guard let chosen = decision.chosen else { return 0 }
        let candidate = decision.candidates[chosen]
        let amounts = plan.offers[candidate.offer].draws.filter { $0.account == account }.map(\.amount.minorUnits)
        return candidate.probability * Double(amounts.reduce(0, +))
    }
}
