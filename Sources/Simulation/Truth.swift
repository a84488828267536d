import WeirDomain
import WeirStatistics

/// What each person would do at a visit, with each incentive and without: known here, never to a policy.
struct Truth: Sendable {
    let world: World
    /// Of a use and of a purchase with the usual basket; see `cost(of:at:)` and `margin(at:)`.
    let costs: [Double]
    let margin: Double
    private let incentives: [World.Incentive]
    /// Per customer: how many recent offers they have got used to, and as of when.
    private var habits: [(level: Double, moment: Double)]
    private let customers: [Population.Customer]

    init(_ population: Population) {
        world = population.world
        customers = population.customers
        incentives = world.incentives
        costs = incentives.map(\.cost.majorUnits)
        margin = world.margin.majorUnits
        habits = Array(repeating: (0, 0), count: population.customers.count)
    }

    /// Probabilities of a purchase at a visit.
    struct Odds: Sendable {
        /// Had there never been an offer.
        var never = 0.0
        /// Without an offer now.
        var none = 0.0
        /// With each incentive.
        var given: [Double] = []
    }

    /// - Parameter isSeen: Whether to leave out what shows in no behaviour; the odds are then a best guess.
    func odds(at visit: Population.Visit, isSeen: Bool = false) -> Odds {
        let customer = customers[visit.customer]
        let base = customer.base + world.mood(on: visit.day)
        let hasDrifted = world.driftDay.map { visit.moment >= Double($0) } ?? false
        let waiting = customer.isStrategic ? world.waiting * min(3, habit(of: visit)) : 0
        return Odds(
            never: sigmoid(base), none: sigmoid(base - waiting),
            given: incentives.map { sigmoid(base + lift($0, customer, hasDrifted: hasDrifted, isSeen: isSeen)) })
    }

    private func lift(
        _ incentive: World.Incentive, _ customer: Population.Customer, hasDrifted: Bool, isSeen: Bool
    ) -> Double {
        guard world.isMoved else { return 0 }
        var taste = world.tasteEffect * customer.taste[incentive.category]
        // Half of the categories lose their pull and the other half gain as much.
        if hasDrifted { taste += incentive.category < World.categories / 2 ? -0.35 : 0.35 }
        let strength = incentive.depth == 0 ? 1 : world.deepStrength
        let sensitivity = isSeen ? customer.visibleSensitivity : customer.sensitivity
        return strength * max(0, sensitivity[hasDrifted ? 1 : 0] + taste)
    }

    func habit(of visit: Population.Visit) -> Double {
        let (level, moment) = habits[visit.customer]
        return level * Portable.exp2(-(visit.moment - moment) / world.habitHalfLifeDays)
    }

    /// What an offer will cost in purchases that later wait for the next one, to first order.
    func habitCost(at visit: Population.Visit, _ odds: Odds) -> Double {
        let customer = customers[visit.customer]
        guard customer.isStrategic else { return 0 }
        let laterVisits = customer.visitsPerDay * world.habitHalfLifeDays / 0.693
        return laterVisits * world.waiting * odds.never * (1 - odds.never) * margin(at: visit)
    }

    /// What a use of an incentive costs at a visit.
    func cost(of incentive: Int, at visit: Population.Visit) -> Double {
        world.baskets?.cost(depth: incentives[incentive].depth, of: visit.basket).majorUnits ?? costs[incentive]
    }

    /// What a purchase at a visit brings before the incentive's cost.
    func margin(at visit: Population.Visit) -> Double {
        world.baskets.map { visit.basket.majorUnits * Double($0.margin) / 100 } ?? margin
    }

    /// What a choice is worth beyond a world without offers, before what the budget charges: expected margin and cost.
    func effect(of choice: Int?, _ odds: Odds, at visit: Population.Visit) -> (margin: Double, cost: Double) {
        let margin = margin(at: visit)
        guard let choice else { return ((odds.none - odds.never) * margin, 0) }
        return ((odds.given[choice] - odds.never) * margin, odds.given[choice] * cost(of: choice, at: visit))
    }

    func buys(_ visit: Population.Visit, _ choice: Int?, _ odds: Odds) -> Bool {
        visit.luck < (choice.map { odds.given[$0] } ?? odds.none)
    }

    /// Takes note of an offer that somebody has got.
    mutating func remember(offerAt visit: Population.Visit) {
        guard world.waiting > 0 else { return }
        habits[visit.customer] = (habit(of: visit) + 1, visit.moment)
    }
}
