import Foundation
import WeirBudgeting
import WeirStatistics

/// A random problem: customers differ in taste and in how many offers they could get.
///
/// - Parameters:
///   - swing: How much demand rises and falls over the horizon; 0 is steady.
///   - tightness: The part of the cost of all offers that may be spent.
func problem(
    seed: UInt64, customers: Int, offers: Int = 6, budgets: Int = 2, tightness: Double = 0.1, floors: [Double]? = nil,
    sources: [[Int]]? = nil, swing: (Double) -> Double = { _ in 0 }
) -> AllocationProblem {
    var random = Xoshiro256StarStar(seed: seed)
    var rows: [[AllocationOffer]] = []
    var total = [Double](repeating: 0, count: budgets)
    let sources = sources ?? (0..<budgets).map { [$0] }
    for customer in 0..<customers {
        let basket = exp(0.5 * random.standardNormal())
        let demand = exp(swing(Double(customer) / Double(customers)))
        let count = random.next() % 8 == 0 ? Int(random.next() % UInt64(offers)) : offers
        rows.append(
            (0..<count).map { offer in
                let depth = 0.5 + 2 * Double(offer) / Double(offers)
                let response = demand * 0.2 * (0.3 + depth) * random.unit()
                return AllocationOffer(
                    source: offer % sources.count, value: basket * 6 * (response - 0.05 * demand),
                    cost: response * depth)
            })
        for offer in rows[customer] { for budget in sources[offer.source] { total[budget] += offer.cost } }
    }
    let limits = total.map { $0 / Double(offers) * tightness * Double(sources.count) }
    var problem = AllocationProblem(limits: limits, floors: floors, sources: sources)
    for row in rows {
        for offer in row { problem.appendOffer(source: offer.source, value: offer.value, cost: offer.cost) }
        problem.endCustomer()
    }
    return problem
}

extension AllocationProblem {
    /// Value and spend of choices, added up anew.
    func sums(of choices: some Sequence<Int>) -> (value: Double, spend: [Double]) {
        var total = 0.0
        var spend = limits.map { _ in 0.0 }
        for choice in choices where choice >= 0 {
            total += value[choice]
            for budget in sources[Int(source[choice])] { spend[budget] += cost[choice] }
        }
        return (total, spend)
    }
}
