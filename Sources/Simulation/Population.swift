import WeirDomain
import WeirStatistics

/// The people of one world and everything that will happen to them, drawn from one seed.
///
/// Nothing in it depends on what a policy does: each visit brings its own random numbers along, so that two policies
/// meet the same people at the same moments with the same luck.
package struct Population: Sendable {
    struct Customer: Sendable, Equatable {
        var id: String
        /// Logit of a purchase without an offer.
        var base: Double
        /// Rise of the logit by the shallow incentive, before taste; before and after the drift.
        var sensitivity: [Double]
        /// The same as far as behaviour shows it: its mean given all that can be seen.
        var visibleSensitivity: [Double]
        /// How much each category is liked, in standard deviations.
        var taste: [Double]
        /// Share of each category in what is looked at.
        var interest: [Double]
        /// Probability that a visit looks at the sale.
        var saleInterest: Double
        var isStrategic: Bool
        var visitsPerDay: Double
        /// Uniform; for the peers' test groups.
        var lot: Double
        /// What their orders are worth on average; 0 in worlds where nothing hangs on it.
        var basket = 0.0
    }

    /// A moment at which somebody comes and can be given an offer.
    struct Visit: Sendable, Equatable {
        var customer: Int
        /// Days since the world's start; negative in the history.
        var moment: Double
        /// They buy where this lies below the probability of a purchase.
        var luck: Double
        var viewed: [UInt8]
        var looksAtSale: Bool
        var revenue: Double
        /// Days until a purchase is known.
        var delay: Double
        /// Uniform; for whatever a peer draws at a visit.
        var lot: Double

        var day: Int { Int(moment.rounded(.down)) }
    }

    let world: World
    let customers: [Customer]
    /// In the order of time; before `firstDecision` is history.
    let visits: [Visit]
    let firstDecision: Int

    package var decisions: Int { visits.count - firstDecision }

    package init(_ world: World, seed: UInt64) {
        self.world = world
        var customers: [Customer] = []
        var visits: [Visit] = []
        for index in 0..<world.customers {
            // Each has a generator, so that one more customer changes nobody else.
            let own = StableHash.mixed(StableHash.mixed(seed &+ 1) &+ UInt64(index))
            var random = Xoshiro256StarStar(seed: own)
            let customer = Self.customer(index, of: world, &random)
            Self.drawVisits(of: customer, index, world, &random, to: &visits)
            customers.append(customer)
        }
        visits.sort { ($0.moment, $0.customer) < ($1.moment, $1.customer) }
        self.customers = customers
        self.visits = visits
        firstDecision = visits.firstIndex { $0.moment >= 0 } ?? visits.count
    }

    private static func customer(
        _ index: Int, of world: World, _ random: inout Xoshiro256StarStar
    ) -> Customer {
        let pace = random.standardNormal()
        let perWeek = Portable.exp(world.visitsLogMean + world.visitsLogDeviation * pace)
        let readiness = random.standardNormal()
        var base = world.baseMean + world.baseDeviation * readiness
        if world.baseFollowsVisits {
            // The next two days bring a trip anyway.
            let anyway = 1 - Portable.exp(-2 * perWeek / 7)
            base = Portable.log(anyway / (1 - anyway)) + 0.3 * readiness
        }
        let ownInterest = random.standardNormal()
        let share = world.saleFollowsBase
        let sale = share * readiness + (1 - share * share).squareRoot() * ownInterest
        let hidden = random.standardNormal()
        let visible = world.visibleShare
        let unseen = (1 - visible * visible).squareRoot()
        // A rival's standing sale takes away what moved the bargain hunters; others get more open to offers.
        let seen = [visible * sale, -0.3 * visible * sale]
        let taste = (0..<World.categories).map { _ in random.standardNormal() }
        let weights = taste.map { Portable.exp(world.tasteDeviation * $0) }
        let total = weights.reduce(0, +)
        let isStrategic = random.unit() < world.strategicShare
        var customer = Customer(
            id: "c\(index)", base: base, sensitivity: seen.map { world.sensitivity($0 + unseen * hidden) },
            visibleSensitivity: seen.map { world.sensitivity($0, unseen: unseen) }, taste: taste,
            interest: weights.map { $0 / total }, saleInterest: sigmoid(-0.6 + 1.2 * sale), isStrategic: isStrategic,
            visitsPerDay: (world.baseFollowsVisits ? min(1, max(0.5, perWeek)) : perWeek) / 7, lot: random.unit())
        // Drawn last, so that worlds without baskets are what they were.
        if let baskets = world.baskets { customer.basket = baskets.mean(random.standardNormal()) }
        return customer
    }

    private static func drawVisits(
        of customer: Customer, _ index: Int, _ world: World, _ random: inout Xoshiro256StarStar,
        to visits: inout [Visit]
    ) {
        let busiest = (0..<365).map { world.traffic(on: $0) }.max() ?? 1
        var moment = -Double(world.historyDays)
        while true {
            moment += -Portable.log(1 - random.unit()) / (customer.visitsPerDay * busiest)
            guard moment < Double(world.days) else { return }
            let isKept = random.unit() * busiest < world.traffic(on: Int(moment.rounded(.down)))
            guard isKept else { continue }
            let viewed = (0..<3).map { _ in UInt8(draw(customer.interest, random.unit())) }
            let delay =
                world.delayMean > 0 ? min(world.delayLimit, -world.delayMean * Portable.log(1 - random.unit())) : 0.004
            visits.append(
                Visit(
                    customer: index, moment: moment, luck: random.unit(), viewed: viewed,
                    looksAtSale: random.unit() < customer.saleInterest,
                    revenue: revenue(of: customer, world, random.standardNormal()),
                    delay: delay, lot: random.unit()))
            // A decision's window has closed when the next visit comes, so that each purchase has one cause.
            moment += 1
        }
    }

    private static func revenue(of customer: Customer, _ world: World, _ normal: Double) -> Double {
        world.baskets?.order(of: customer.basket, normal) ?? 29.5 * Portable.exp(0.6 * normal)
    }

    private static func draw(_ shares: [Double], _ unit: Double) -> Int {
        var sum = 0.0
        for (index, share) in shares.enumerated() {
            sum += share
            if unit < sum { return index }
        }
        return shares.count - 1
    }
}
