import Foundation
import Testing
import WeirBudgeting
import WeirStatistics

@Suite("OnlineAllocator")
struct OnlineAllocatorTests {
    private static let swings: [(name: String, swing: @Sendable (Double) -> Double, share: Double)] = [
        ("steady", { _ in 0 }, 0.993), ("wave", { 0.6 * sin(2 * .pi * $0) + 0.5 * $0 }, 0.975),
        ("falling", { -1.2 * $0 }, 0.94), ("rising", { 1.2 * $0 }, 0.955),
        ("burst", { $0 > 0.4 && $0 < 0.5 ? 1.2 : 0 }, 0.975),
    ]

    @Test("Close to hindsight under demand of any shape, and never over a budget", arguments: 0..<5, UInt64(0)..<3)
    func shapes(shape: Int, seed: UInt64) {
        let (_, swing, share) = Self.swings[shape]
        let problem = problem(seed: seed, customers: 10_000, swing: swing)
        let online = problem.solvedOnline()
        let (value, spend) = problem.sums(of: online.choices)
        #expect(zip(spend, problem.limits).allSatisfy { $0 <= $1 })
        #expect(abs(value - online.value) < 1e-6)
        #expect(value >= share * problem.solved().upperBound)
    }

    @Test("No budget is overspent, whatever comes", arguments: UInt64(0)..<60)
    func neverOver(seed: UInt64) {
        var random = Xoshiro256StarStar(seed: seed)
        let limits = [3 * random.unit(), 20 * random.unit(), 0]
        var allocator = OnlineAllocator(
            limits: limits, sources: [[0], [1], [2], [0, 1]], customers: Int(random.next() % 200), seed: seed)
        var spend = [0.0, 0, 0]
        for _ in 0..<300 {
            let offers = (0..<Int(random.next() % 5)).map { _ in
                AllocationOffer(
                    source: Int(random.next() % 4), value: 4 * random.unit() - 1, cost: exp(2 * random.standardNormal())
                )
            }
            guard let choice = allocator.choose(offers) else { continue }
            let offer = offers[choice]
            for budget in [[0], [1], [2], [0, 1]][offer.source] { spend[budget] += offer.cost }
            #expect(offer.value > 0)
        }
        #expect(zip(spend, limits).allSatisfy { $0 <= $1 })
        #expect(spend == allocator.spend)
    }

    @Test("It does not look ahead: what comes later changes no earlier choice")
    func noLookAhead() {
        let first = problem(seed: 1, customers: 2000)
        let other = problem(seed: 2, customers: 2000)
        var mixed = AllocationProblem(limits: first.limits)
        for customer in 0..<2000 {
            let from = customer < 900 ? first : other
            for offer in from.offers(of: customer) {
                mixed.appendOffer(source: Int(from.source[offer]), value: from.value[offer], cost: from.cost[offer])
            }
            mixed.endCustomer()
        }
        let whole = first.solvedOnline().choices
        #expect(mixed.solvedOnline().choices.prefix(900) == whole.prefix(900))
        #expect(whole == first.solvedOnline().choices)
    }

    @Test("A forecast that knows of a late rise saves for it", arguments: UInt64(0)..<3)
    func forecast(seed: UInt64) {
        let problem = problem(seed: seed, customers: 6000, swing: { $0 < 0.5 ? 0 : 1.2 })
        let bound = problem.solved().upperBound
        let blind = problem.solvedOnline().value / bound
        let knowing = problem.solvedOnline(forecast: [1, exp(1.2)]).value / bound
        #expect(knowing > blind)
        #expect(knowing > 0.98)
    }

    @Test("More customers than announced are served from what is left")
    func moreThanAnnounced() {
        let problem = problem(seed: 4, customers: 1000)
        var allocator = OnlineAllocator(limits: problem.limits, customers: 10)
        for customer in 0..<1000 {
            _ = allocator.choose(
                problem.offers(of: customer).map {
                    AllocationOffer(source: Int(problem.source[$0]), value: problem.value[$0], cost: problem.cost[$0])
                })
        }
        #expect(zip(allocator.spend, problem.limits).allSatisfy { $0 <= $1 })
        #expect(allocator.value > 0)
    }
}
