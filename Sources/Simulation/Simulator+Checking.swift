import WeirBudgeting
import WeirDomain
import WeirEngine
import WeirStorage

/// What tests look at.
extension Simulator {
    package struct Books: Sendable {
        package var account: Account
        /// Of the engine's ledger at the end, in minor units.
        package var spent: Int64
        package var reserved: Int64
        /// What the customers' purchases cost by the truth.
        package var paid: Int64
        /// The most that was spent and reserved together at any hour.
        package var largestCommitment: Int64
        /// The effects of all logged decisions, added up one by one from the engine's own log.
        package var valueOfDecisions: Double
        package var decisions: Int
    }

    /// A run whose books are compared with the engine's own store.
    package func checkedRun(seed: UInt64, isPriced: Bool) throws -> Books {
        let population = Population(world, seed: seed)
        let run = try EngineRun(population, seed: seed, pricing: isPriced ? .shadowPrice : .firstCome)
        let account = try run.run()
        var truth = Truth(population)
        var value = 0.0
        var decisions = 0
        for (visit, stored) in zip(population.visits[population.firstDecision...], try run.decisions()) {
            decisions += 1
            let choice = stored.offer.flatMap { world.incentive(named: $0.rawValue) }
            let (margin, cost) = truth.effect(of: choice, truth.odds(at: visit), at: visit)
            value += margin - cost
            if choice != nil { truth.remember(offerAt: visit) }
        }
        let ledger = run.engine.ledger.accounts[0]
        return Books(
            account: account, spent: ledger.spent, reserved: ledger.reserved,
            paid: Int64((account.paid * 100).rounded()), largestCommitment: run.largestCommitment,
            valueOfDecisions: value, decisions: decisions)
    }

    package struct Outcomes: Sendable {
        package var moment: Double
        package var never: Bool
        package var none: Bool
        package var given: [Bool]
    }

    /// What each visit would lead to with each incentive, under a policy that always gives one of them or none.
    package func outcomes(seed: UInt64, giving choice: Int?) -> [Outcomes] {
        let population = Population(world, seed: seed)
        var truth = Truth(population)
        return population.visits[population.firstDecision...].map { visit in
            let odds = truth.odds(at: visit)
            if choice != nil { truth.remember(offerAt: visit) }
            return Outcomes(
                moment: visit.moment, never: visit.luck < odds.never, none: visit.luck < odds.none,
                given: odds.given.map { visit.luck < $0 })
        }
    }
}

extension Account {
    /// Figures by hand.
    package init(values: [Double]) {
        for (week, value) in values.enumerated() { book(day: 7 * week, margin: value + 1, cost: 1, isOffer: true) }
    }
}
