import WeirDomain

/// Everyone the same: one offer for everybody who comes, while the part of the budget that is due by then lasts.
///
/// The offer is the one that a perfect test beforehand would have picked.
struct Uniform {
    static func run(_ population: Population) -> Account {
        let world = population.world
        var truth = Truth(population)
        var account = Account()
        let choice = bestOnAverage(population, truth)
        let limit = world.limit.majorUnits
        for visit in population.visits[population.firstDecision...] {
            let odds = truth.odds(at: visit)
            let cost = truth.cost(of: choice, at: visit)
            let isGiven = account.paid + cost <= limit * world.plannedShare(at: visit.moment)
            let (margin, expected) = truth.effect(of: isGiven ? choice : nil, odds, at: visit)
            account.book(day: visit.day, margin: margin, cost: expected, isOffer: isGiven)
            guard isGiven else { continue }
            truth.remember(offerAt: visit)
            if truth.buys(visit, choice, odds) { account.pay(cost) }
        }
        return account
    }

    private static func bestOnAverage(_ population: Population, _ truth: Truth) -> Int {
        var sums = truth.costs.map { _ in 0.0 }
        for visit in population.visits[..<population.firstDecision] {
            let odds = truth.odds(at: visit)
            for index in sums.indices {
                let (margin, cost) = truth.effect(of: index, odds, at: visit)
                sums[index] += margin - cost
            }
        }
        return sums.indices.max { sums[$0] < sums[$1] }!
    }
}

extension World {
    /// The share of all traffic that is forecast to have come by then.
    func plannedShare(at moment: Double) -> Double {
        var share = 0.0
        let starts = monthStarts
        for (index, part) in forecast.enumerated() {
            let length = Double(starts[index + 1] - starts[index])
            share += part * min(1, max(0, (moment - Double(starts[index])) / length))
        }
        return share
    }
}
