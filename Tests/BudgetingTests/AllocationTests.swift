import Testing
import WeirBudgeting
import WeirStatistics

@Suite("Allocation")
struct AllocationTests {
    private static let shapes: [(customers: Int, budgets: Int, sources: [[Int]]?)] = [
        (1, 1, nil), (7, 2, nil), (300, 5, nil), (2000, 2, [[0], [1], [0, 1], []]), (70_000, 1, nil),
    ]

    @Test("No budget is overspent, the value is below the bound, and the figures add up", arguments: 0..<5, 0..<12)
    func feasible(shape: Int, seed: Int) {
        let (customers, budgets, sources) = Self.shapes[shape]
        let tightness = [0.0, 0.01, 0.1, 0.6, 5][seed % 5]
        let problem = problem(
            seed: UInt64(seed), customers: customers, budgets: budgets, tightness: tightness, sources: sources)
        let allocation = problem.solved()
        let (value, spend) = problem.sums(of: allocation.choices)
        #expect(zip(spend, problem.limits).allSatisfy { $0 <= $1 })
        #expect(abs(value - allocation.value) <= 1e-9 * max(1, value))
        #expect(zip(spend, allocation.spend).allSatisfy { abs($0 - $1) <= 1e-9 * max(1, $0) })
        #expect(allocation.value <= allocation.upperBound * (1 + 1e-9))
        #expect(allocation.choices.count == customers)
        for (customer, choice) in allocation.choices.enumerated() where choice >= 0 {
            #expect(problem.offers(of: customer).contains(choice))
            #expect(problem.value[choice] > 0)
        }
    }

    @Test("At least 99.9 % of the bound is reached", arguments: [1, 2, 5], UInt64(0)..<4)
    func nearOptimal(budgets: Int, seed: UInt64) {
        let allocation = problem(seed: seed, customers: 20_000, offers: 10, budgets: budgets).solved()
        #expect(allocation.gap < 0.001)
        #expect(allocation.value > 0)
    }

    @Test(
        "The bound is the optimum of the linear relaxation, as HiGHS finds it",
        arguments: [(1, 525.3645893003545), (2, 851.1284305122471), (5, 1516.7244280168354)])
    func reference(budgets: Int, optimum: Double) {
        let allocation = problem(seed: 7, customers: 2000, budgets: budgets).solved()
        #expect(allocation.upperBound >= optimum * (1 - 1e-9))
        #expect(allocation.upperBound <= optimum * 1.0001)
    }

    @Test("Tiny problems come close to the best of all possible choices", arguments: UInt64(0)..<60)
    func bruteForce(seed: UInt64) {
        let problem = problem(seed: seed, customers: 6, offers: 3, budgets: 2, tightness: 0.3)
        var best = 0.0
        func search(_ customer: Int, _ value: Double, _ spend: [Double]) {
            guard customer < problem.customers else { return best = max(best, value) }
            search(customer + 1, value, spend)
            for offer in problem.offers(of: customer) {
                var spend = spend
                for budget in problem.sources[Int(problem.source[offer])] { spend[budget] += problem.cost[offer] }
                guard zip(spend, problem.limits).allSatisfy({ $0 <= $1 }) else { continue }
                search(customer + 1, value + problem.value[offer], spend)
            }
        }
        search(0, 0, [0, 0])
        let allocation = problem.solved()
        #expect(allocation.value <= best * (1 + 1e-9))
        #expect(best <= allocation.upperBound * (1 + 1e-9))
        // The linear relaxation splits at most one customer for each budget.
        #expect(best - allocation.value <= 2 * (problem.value.max() ?? 0))
        #expect(allocation.value >= 0.6 * best)
    }

    @Test("Nothing is spent that brings less than the floor", arguments: [0.0, 1, 3, 8, 1e6], [false, true])
    func floors(floor: Double, isOnline: Bool) {
        let problem = problem(seed: 3, customers: 3000, tightness: 0.5, floors: [floor, 0])
        let choices = isOnline ? problem.solvedOnline().choices : problem.solved().choices
        for (customer, choice) in choices.enumerated() where choice >= 0 && problem.source[choice] == 0 {
            #expect(problem.value[choice] >= floor * problem.cost[choice])
            // Neither does the step from a cheaper offer of the budget to this one.
            for other in problem.offers(of: customer) where problem.source[other] == 0 {
                let saved = problem.cost[choice] - problem.cost[other]
                if saved > 0 { #expect(problem.value[choice] - problem.value[other] >= floor * saved - 1e-9) }
            }
        }
        let spend = problem.sums(of: choices).spend
        #expect((spend[0] == 0) == (floor == 1e6))
        #expect(spend[1] > 0)
    }

    @Test("Where a budget is ample, everyone gets the best offer and the price is 0")
    func ample() {
        let problem = problem(seed: 5, customers: 500, tightness: 100)
        let allocation = problem.solved()
        #expect(allocation.prices.allSatisfy { $0 < 1e-9 })
        #expect(allocation.gap < 1e-12)
        for customer in 0..<problem.customers {
            let best = problem.offers(of: customer).map { problem.value[$0] }.max() ?? 0
            #expect(
                max(best, 0) == (allocation.choices[customer] < 0 ? 0 : problem.value[allocation.choices[customer]]))
        }
    }

    @Test("A customer without offers and a problem without customers are no trouble")
    func empty() {
        var problem = AllocationProblem(limits: [1])
        #expect(problem.solved().value == 0)
        problem.endCustomer()
        #expect(problem.solved().choices == [-1])
        problem.appendOffer(source: 0, value: 3, cost: 1)
        problem.endCustomer()
        #expect(problem.solved().choices == [-1, 0] || problem.solved().value == 0)
        #expect(problem.solved().upperBound >= 3)
    }

    @Test("Offers that cost nothing are given whatever the limit")
    func free() {
        var problem = AllocationProblem(limits: [0])
        problem.appendOffer(source: 0, value: 1, cost: 0)
        problem.appendOffer(source: 0, value: 2, cost: 1)
        problem.endCustomer()
        #expect(problem.solved().choices == [0])
        #expect(problem.solvedOnline().choices == [0])
    }
}
