import Testing
import WeirBudgeting
import WeirStatistics

@Suite("Allocation against all possible choices")
struct AllocationExactTests {
    /// Small, with costs as shops have them, so that limits are often met exactly.
    private static func problem(seed: UInt64) -> AllocationProblem {
        var random = Xoshiro256StarStar(seed: seed)
        func pick(_ count: Int) -> Int { Int(random.unit() * Double(count)) }
        let costs = [[1.0], [0.1], [1, 2, 3], [0.1, 0.2, 0.7], [2.5, 5], [0, 1, 4]][pick(6)]
        let sources: [[Int]] = [[[0]], [[0], [1]], [[0], [1], [0, 1]]][pick(3)]
        let budgets = sources.count == 1 ? 1 : 2
        let limits = (0..<budgets).map { _ in costs[0] * Double(pick(8)) }
        let floors = pick(4) == 0 ? limits.map { _ in [0, 0.5, 2][pick(3)] } : nil
        var problem = AllocationProblem(limits: limits, floors: floors, sources: sources)
        for _ in 0..<(1 + pick(6)) {
            for _ in 0..<pick(4) {
                problem.appendOffer(
                    source: pick(sources.count), value: [Double(pick(6)), 4 * random.unit() - 0.5][pick(2)],
                    cost: costs[pick(costs.count)])
            }
            problem.endCustomer()
        }
        return problem
    }

    /// The most that choices within the limits are worth, the floor's worth of what they leave included.
    private static func best(_ problem: AllocationProblem) -> Double {
        var best = -Double.infinity
        func search(_ customer: Int, _ value: Double, _ spend: [Double]) {
            guard customer < problem.customers else {
                return best = max(best, zip(problem.floors, spend).reduce(value) { $0 - $1.0 * $1.1 })
            }
            search(customer + 1, value, spend)
            for offer in problem.offers(of: customer) {
                var spend = spend
                for budget in problem.sources[Int(problem.source[offer])] { spend[budget] += problem.cost[offer] }
                guard zip(spend, problem.limits).allSatisfy({ $0 <= $1 * (1 + 1e-12) }) else { continue }
                search(customer + 1, value + problem.value[offer], spend)
            }
        }
        search(0, 0, problem.limits.map { _ in 0 })
        return best
    }

    @Test(
        "2,000 small problems: never above the best, never below it by more than the bound says",
        arguments: UInt64(0)..<2_000)
    func exhaustive(seed: UInt64) {
        let problem = Self.problem(seed: seed)
        let allocation = problem.solved()
        let net = zip(problem.floors, allocation.spend).reduce(allocation.value) { $0 - $1.0 * $1.1 }
        let best = Self.best(problem)
        #expect(net <= best + 1e-9)
        #expect(best - net <= allocation.upperBound - allocation.value + 1e-9)
        #expect(zip(allocation.spend, problem.limits).allSatisfy { $0 <= $1 })
        if allocation.gap == 0 { #expect(abs(best - net) < 1e-9) }
    }

    @Test(
        "Unit costs that fit a limit exactly spend all of it",
        arguments: [(10.0, 5), (0.1, 3), (0.7, 7), (1.1, 30), (0.001, 6), (3.3e9, 9)])
    func exactly(cost: Double, count: Int) {
        let limit = cost * Double(count)
        var problem = AllocationProblem(limits: [limit])
        for customer in 0..<(count + 4) {
            problem.appendOffer(source: 0, value: Double(1 + customer), cost: cost)
            problem.endCustomer()
        }
        let allocation = problem.solved()
        #expect(allocation.treated == count && allocation.gap < 1e-9)
        #expect(allocation.spend[0] <= limit && allocation.spend[0] > limit * (1 - 1e-12))
        let online = problem.solvedOnline()
        #expect(online.spend[0] <= limit * (1 + 1e-12))
    }

    @Test("Equal costs in one budget leave no gap", arguments: UInt64(0)..<200)
    func equalCosts(seed: UInt64) {
        var random = Xoshiro256StarStar(seed: seed)
        var problem = AllocationProblem(limits: [0.1 * Double(1 + Int(random.unit() * 6))])
        for _ in 0..<8 {
            for _ in 0..<2 { problem.appendOffer(source: 0, value: 3 * random.unit(), cost: 0.1) }
            problem.endCustomer()
        }
        let allocation = problem.solved()
        #expect(abs(allocation.value - Self.best(problem)) < 1e-9)
    }
}
