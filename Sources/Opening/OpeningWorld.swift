package import WeirDomain
import WeirStatistics

/// A shop whose customers' truth is known, from the first day on which it lets Weir decide.
///
/// Everyone comes once in five weeks, so that no offer's cap and no window of another visit is in the way of checking what
/// is believed of one decision.
package struct OpeningWorld: Sendable {
    /// What tells people apart, and how much money there is.
    package enum Name: String, Sendable, CaseIterable {
        /// Nothing: all are alike.
        case same
        /// What they have looked at.
        case visible
        /// Something that nobody sees.
        case hidden
        /// Offers change nothing for anybody.
        case null
        /// As `visible`, with a third of the money that who knows the truth would spend.
        case tight
    }

    /// How many visits a day.
    package enum Traffic: String, Sendable, CaseIterable {
        case small, middle, large

        package var visitsPerDay: Double {
            switch self {
            case .small: 20
            case .middle: 100
            case .large: 400
            }
        }
    }

    package struct Visit: Sendable {
        package var customer: String
        package var time: Timestamp
        /// Looks at coffee, which is seen; else at kitchenware.
        package var looksAtCoffee: Bool
        /// Easily moved, which is not.
        package var isEasilyMoved: Bool
        /// In 0 ... 1; decides whether it buys: it does where the chance is above.
        package var luck: Double
        /// From the visit to its order, in seconds.
        package var delay: Double
    }

    package let name: Name
    package let delay: OpeningDelay
    package let traffic: Traffic
    package let days: Int
    /// The moment of the first visit; a Monday.
    package let start = Timestamp(iso8601: "2026-03-02T00:00:00Z")!
    /// What the offers of the starter catalog cost when used, in dollars.
    package static let costs = ["free-shipping": 4.90, "five-off": 5, "free-sample": 1.20]
    /// What an order is worth, in dollars.
    package static let value = 18.0
    static let chanceWithout = 0.15
    /// Of the starter catalog's goal.
    static let window = TimeSpan.days(7)

    package init(_ name: Name, delay: OpeningDelay, traffic: Traffic, days: Int) {
        self.name = name
        self.delay = delay
        self.traffic = traffic
        self.days = days
    }

    /// The chance that a visit ends in an order within the window, with an offer or without.
    package func chance(_ visit: Visit, offer: String?) -> Double {
        response(looksAtCoffee: visit.looksAtCoffee, isEasilyMoved: visit.isEasilyMoved, offer: offer)
            * delay.share(within: Self.window)
    }

    /// The chance that it ends in an order at all.
    private func response(looksAtCoffee: Bool, isEasilyMoved: Bool, offer: String?) -> Double {
        guard let offer, name != .null else { return Self.chanceWithout }
        let usual = Self.usualChance[offer] ?? Self.chanceWithout
        switch name {
        case .same, .null: return usual
        case .hidden: return isEasilyMoved ? 2 * usual - Self.chanceWithout : Self.chanceWithout
        case .visible, .tight:
            // A sample moves those who look at coffee, what lowers the price moves the others.
            let moves = (offer == "free-sample") == looksAtCoffee
            return moves ? Self.chanceWithout + 0.13 : Self.chanceWithout
        }
    }

    private static let usualChance = ["free-shipping": 0.22, "five-off": 0.26, "free-sample": 0.20]

    /// Whether a visit ends in an order at all.
    func buys(_ visit: Visit, offer: String?) -> Bool {
        visit.luck < response(looksAtCoffee: visit.looksAtCoffee, isEasilyMoved: visit.isEasilyMoved, offer: offer)
    }

    /// What an offer is expected to earn at a visit, against none: (p₁ − p₀) · value − p₁ · cost, in dollars.
    package func worth(_ visit: Visit, offer: String?) -> Double {
        guard let offer else { return 0 }
        let chance = chance(visit, offer: offer)
        return (chance - self.chance(visit, offer: nil)) * Self.value - chance * Self.costs[offer, default: 0]
    }

    /// p · cost of an offer, in dollars.
    package func cost(_ visit: Visit, offer: String?) -> Double {
        offer.map { chance(visit, offer: $0) * Self.costs[$0, default: 0] } ?? 0
    }

    /// All visits, in their order.
    package func visits(seed: UInt64) -> [Visit] {
        var random = SplitMix64(seed: seed &* 0x9e37_79b9 &+ 0x0be1)
        let perDay = traffic.visitsPerDay
        let customers = Int(perDay * 36)
        return (0..<Int(perDay * Double(days))).map { number in
            let customer = number % customers
            var kind = SplitMix64(seed: StableHash.combining(seed, UInt64(customer)))
            let time = start + .seconds((Double(number) + random.unit()) * 86_400 / perDay)
            return Visit(
                customer: "customer-\(customer)", time: time, looksAtCoffee: kind.unit() < 0.5,
                isEasilyMoved: kind.unit() < 0.5, luck: random.unit(), delay: delay.draw(at: time, &random))
        }
    }
}
