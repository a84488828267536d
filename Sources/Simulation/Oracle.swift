import WeirDomain

/// Knows the true probabilities, and the price of money in hindsight.
///
/// At each visit it takes what is worth most at that price, and the price is the lowest at which the money lasts. Where
/// people get used to offers it also weighs, to first order, what an offer spoils later; such an oracle is a strong
/// policy there, not an upper bound. Elsewhere it is the optimum in expectation, but for at most one offer.
///
/// What it knows and nobody could: the part of each person's sensitivity that shows in no behaviour, the exact readiness
/// to buy and taste behind a few dozen visits, and all visits of the year before the first one.
struct Oracle {
    static func run(_ population: Population, isSeen: Bool = false) -> Account {
        let limit = population.world.limit.majorUnits
        let weights = population.world.waiting > 0 ? [0, 0.5, 1] : [0.0]
        let runs = weights.map { cheapest(population, limit: limit, habitWeight: $0, isSeen: isSeen) }
        return runs.max { $0.totalValue < $1.totalValue }!
    }

    /// The run with the lowest price at which the money lasts.
    private static func cheapest(
        _ population: Population, limit: Double, habitWeight: Double, isSeen: Bool
    ) -> Account {
        let free = run(population, price: 1, habitWeight: habitWeight, isSeen: isSeen)
        if free.totalSpend <= limit { return free }
        var low = 1.0
        var high = 64.0
        var best = run(population, price: high, habitWeight: habitWeight, isSeen: isSeen)
        for _ in 0..<16 {
            let middle = (low * high).squareRoot()
            let account = run(population, price: middle, habitWeight: habitWeight, isSeen: isSeen)
            if account.totalSpend <= limit { (high, best) = (middle, account) } else { low = middle }
        }
        return best
    }

    private static func run(
        _ population: Population, price: Double, habitWeight: Double, isSeen: Bool
    ) -> Account {
        var truth = Truth(population)
        var account = Account()
        for visit in population.visits[population.firstDecision...] {
            let odds = truth.odds(at: visit)
            let known = isSeen ? truth.odds(at: visit, isSeen: true) : odds
            let spoiled = habitWeight > 0 ? habitWeight * truth.habitCost(at: visit, known) : 0
            var choice: Int?
            var best = truth.effect(of: nil, known, at: visit).margin
            for index in truth.costs.indices {
                let (margin, cost) = truth.effect(of: index, known, at: visit)
                let utility = margin - price * cost - spoiled
                if utility > best { (choice, best) = (index, utility) }
            }
            let (margin, cost) = truth.effect(of: choice, odds, at: visit)
            account.book(day: visit.day, margin: margin, cost: cost, isOffer: choice != nil)
            if let choice {
                truth.remember(offerAt: visit)
                if truth.buys(visit, choice, odds) { account.pay(truth.cost(of: choice, at: visit)) }
            }
        }
        return account
    }
}
