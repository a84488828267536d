import Foundation
import WeirDomain

/// Fixed segments in monthly batches, as a well-run team does it without per-person decisions.
///
/// On the first of each month everybody is put into one of nine segments, by how long ago they last bought and how often
/// they bought in half a year (what they spend follows from that here: every purchase has the same margin). In the first
/// month a random part of everybody gets a random offer, as many as twice the month's money can pay, and the others
/// none. From then on each segment gets the offer with the best margin after cost in that segment so far, judged by all
/// outcomes up to then, with few outcomes drawn toward what the offer did on average; segments that gain most per unit
/// spent are funded first, as far as the month's money is expected to go, and segments where nothing pays get nothing. A
/// tenth of the people goes on getting random offers or none, so that the figures stay current. What a month does not
/// spend is left to the next ones.
struct Segments {
    private struct Cell {
        var trials = 0.0
        var purchases = 0.0
    }

    private static let segments = 9
    /// An offer's results elsewhere count like so many trials in a segment.
    private static let priorTrials = 100.0
    private static let testShare = 0.1

    private let population: Population
    private var truth: Truth
    private var account = Account()
    /// By segment and arm; the last arm is no offer.
    private var cells: [[Cell]]
    private var purchases: [[Double]]
    private var segmentOf: [Int]
    /// What each segment gets this month, and the share of its people who do.
    private var plan: [(choice: Int, share: Double)?]
    private var visitsLastMonth = [Double](repeating: 0, count: segments)

    static func run(_ population: Population) -> Account {
        var policy = Segments(population)
        policy.run()
        return policy.account
    }

    private init(_ population: Population) {
        self.population = population
        truth = Truth(population)
        let arms = truth.costs.count + 1
        cells = Array(repeating: Array(repeating: Cell(), count: arms), count: Self.segments)
        purchases = Array(repeating: [], count: population.customers.count)
        segmentOf = Array(repeating: 0, count: population.customers.count)
        plan = Array(repeating: nil, count: Self.segments)
    }

    private mutating func run() {
        for visit in population.visits[..<population.firstDecision] {
            if truth.buys(visit, nil, truth.odds(at: visit)) { purchases[visit.customer].append(visit.moment) }
        }
        let world = population.world
        let starts = world.monthStarts
        var next = population.firstDecision
        for month in 0..<starts.count - 1 {
            assign(on: starts[month])
            let left = world.limit.majorUnits - account.paid
            let later = world.forecast[month...].reduce(0, +)
            let allowance = month == 0 ? 2 * left * world.forecast[0] : left * world.forecast[month] / later
            let testShare = month == 0 ? firstTest(allowance) : Self.testShare
            if month > 0 { makePlan(allowance: allowance * (1 - testShare)) }
            let first = next
            let ceiling = account.paid + min(left, allowance)
            while next < population.visits.count, population.visits[next].moment < Double(starts[month + 1]) {
                meet(population.visits[next], month: month, testShare: testShare, ceiling: ceiling)
                next += 1
            }
            visitsLastMonth = Array(repeating: 0, count: Self.segments)
            for visit in population.visits[first..<next] { visitsLastMonth[segmentOf[visit.customer]] += 1 }
        }
    }

    /// The share of people who get a random offer in the first month, from how often people bought before.
    private func firstTest(_ allowance: Double) -> Double {
        let month = Double(population.world.monthStarts[1])
        let half = Double(max(1, population.world.historyDays))
        let purchasesPerMonth = purchases.reduce(0.0) { $0 + Double($1.count) } * month / half
        let cost = truth.costs.reduce(0, +) / Double(truth.costs.count)
        return min(1, allowance / max(1e-9, purchasesPerMonth * 1.3 * cost))
    }

    private mutating func assign(on day: Int) {
        let since = Double(day) - 180
        let counts = purchases.map { times in times.count { $0 >= since && $0 < Double(day) } }
        let sorted = counts.sorted()
        let (low, high) = (sorted[sorted.count / 3], sorted[2 * sorted.count / 3])
        for index in segmentOf.indices {
            let recency = purchases[index].last.map { Double(day) - $0 } ?? .infinity
            let recencyClass = recency <= 21 ? 0 : recency <= 60 ? 1 : 2
            let frequencyClass = counts[index] <= low ? 0 : counts[index] <= high ? 1 : 2
            segmentOf[index] = 3 * recencyClass + frequencyClass
        }
    }

    private mutating func makePlan(allowance: Double) {
        let none = truth.costs.count
        func rate(_ cells: [Cell]) -> Double {
            let trials = cells.reduce(0) { $0 + $1.trials }
            return trials > 0 ? cells.reduce(0) { $0 + $1.purchases } / trials : 0
        }
        let overall = (0...none).map { arm in rate(cells.map { $0[arm] }) }
        func estimate(_ segment: Int, _ arm: Int) -> Double {
            let cell = cells[segment][arm]
            let level = arm == none ? overall[none] : min(1, estimate(segment, none) + overall[arm] - overall[none])
            return (cell.purchases + Self.priorTrials * max(0, level)) / (cell.trials + Self.priorTrials)
        }

        var candidates: [(segment: Int, choice: Int, gain: Double, cost: Double)] = []
        for segment in 0..<Self.segments {
            let anyway = estimate(segment, none)
            let options = truth.costs.indices.map { arm in
                let probability = estimate(segment, arm)
                let cost = probability * truth.costs[arm]
                return (arm: arm, gain: (probability - anyway) * truth.margin - cost, cost: cost)
            }
            let best = options.max { $0.gain < $1.gain }!
            if best.gain > 0 { candidates.append((segment, best.arm, best.gain, best.cost)) }
        }
        candidates.sort { $0.gain / $0.cost > $1.gain / $1.cost }
        plan = Array(repeating: nil, count: Self.segments)
        var left = allowance
        for candidate in candidates where left > 0 {
            let needed = max(1e-9, candidate.cost * visitsLastMonth[candidate.segment])
            plan[candidate.segment] = (candidate.choice, min(1, left / needed))
            left -= needed
        }
    }

    private mutating func meet(_ visit: Population.Visit, month: Int, testShare: Double, ceiling: Double) {
        let odds = truth.odds(at: visit)
        let segment = segmentOf[visit.customer]
        var choice = chosen(visit, month: month, segment: segment, testShare: testShare)
        if let offer = choice, account.paid + truth.cost(of: offer, at: visit) > ceiling { choice = nil }
        let (margin, cost) = truth.effect(of: choice, odds, at: visit)
        account.book(day: visit.day, margin: margin, cost: cost, isOffer: choice != nil)
        let isBought = truth.buys(visit, choice, odds)
        let arm = choice ?? truth.costs.count
        cells[segment][arm].trials += 1
        if isBought {
            cells[segment][arm].purchases += 1
            purchases[visit.customer].append(visit.moment)
        }
        guard let choice else { return }
        truth.remember(offerAt: visit)
        if isBought { account.pay(truth.cost(of: choice, at: visit)) }
    }

    /// A person's arm stays the same through a month.
    private func chosen(_ visit: Population.Visit, month: Int, segment: Int, testShare: Double) -> Int? {
        let lot = population.customers[visit.customer].lot
        func unit(_ salt: UInt64) -> Double {
            StableHash.unit(StableHash.combining(UInt64(month) &+ salt, lot.bitPattern))
        }
        if unit(1_000) < testShare {
            let arm = Int(unit(2_000) * Double(truth.costs.count + 1))
            return arm == truth.costs.count ? nil : arm
        }
        guard let plan = plan[segment], unit(3_000) < plan.share else { return nil }
        return plan.choice
    }
}
