/// What can be earned by who knows the truth of all that can be seen, within the money that there is.
package struct OpeningKnowledge {
    /// What is worth giving to everyone of a kind, one step more: in dollars, over all their visits.
    private struct Step {
        var worth: Double
        var cost: Double
    }

    private let steps: [Step]

    package init(_ world: OpeningWorld, _ visits: [OpeningWorld.Visit]) {
        steps = [true, false].flatMap { kind in
            let count = visits.count { $0.looksAtCoffee == kind }
            return visits.first { $0.looksAtCoffee == kind }.map { Self.steps(world, $0, count: Double(count)) } ?? []
        }.sorted { $0.worth * $1.cost > $1.worth * $0.cost }
    }

    /// Up the upper hull of worth over cost, from nothing.
    private static func steps(_ world: OpeningWorld, _ visit: OpeningWorld.Visit, count: Double) -> [Step] {
        let offers = OpeningWorld.costs.keys.map { offer in
            Step(worth: count * seenWorth(world, visit, offer), cost: count * seenCost(world, visit, offer))
        }
        var steps: [Step] = []
        var reached = Step(worth: 0, cost: 0)
        while true {
            func slope(_ offer: Step) -> Double { (offer.worth - reached.worth) / (offer.cost - reached.cost) }
            let next = offers.filter { $0.worth > reached.worth && $0.cost > reached.cost }
                .max { slope($0) < slope($1) }
            guard let next else { return steps }
            steps.append(Step(worth: next.worth - reached.worth, cost: next.cost - reached.cost))
            reached = next
        }
    }

    // Who is easily moved cannot be seen: half of the people are.

    private static func seenWorth(_ world: OpeningWorld, _ visit: OpeningWorld.Visit, _ offer: String) -> Double {
        [true, false].reduce(0) { $0 + world.worth(visit.easilyMoved($1), offer: offer) / 2 }
    }

    private static func seenCost(_ world: OpeningWorld, _ visit: OpeningWorld.Visit, _ offer: String) -> Double {
        [true, false].reduce(0) { $0 + world.cost(visit.easilyMoved($1), offer: offer) / 2 }
    }

    /// In dollars over all visits, where no more than a limit may be spent.
    package func worth(within limit: Double = .infinity) -> Double {
        var left = limit
        return steps.reduce(0) { sum, step in
            let share = min(1, left / step.cost)
            left -= share * step.cost
            return sum + share * step.worth
        }
    }

    /// In dollars, by who gives all that is worth it.
    package var cost: Double { steps.reduce(0) { $0 + $1.cost } }
}

extension OpeningWorld.Visit {
    fileprivate func easilyMoved(_ value: Bool) -> OpeningWorld.Visit {
        var visit = self
        visit.isEasilyMoved = value
        return visit
    }
}
