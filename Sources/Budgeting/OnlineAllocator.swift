import WeirStatistics

/// Chooses for customers one by one as they come, without knowing who comes next.
///
/// The price of each budget is solved for again and again: the one at which the customers still to come, if they are
/// like those seen, would spend just what is left. Half a dozen choices make that hold under drift:
///
/// - **What is left** is divided anew each time. So an error of the past is spread over the rest of the horizon. Solving
///   again this way has a regret that does not grow with the horizon, where mirror descent's grows with its root.
/// - **A sample of everyone seen** (a reservoir) carries seven tenths of the weight, the latest customers the rest.
///   Spending evenly would be wrong under drift: where demand doubles for a while, the best price hardly moves and
///   spending doubles with it. A price learned from everyone keeps still then, and the latest customers still show where
///   things are going.
/// - **The customer at hand** counts among the seen, so that even the first one meets a sensible price.
/// - Where a **forecast** of demand is given, the seen and the still to come are weighed by it.
/// - Prices are solved for most often **at the start and at the end**, where each choice weighs most; what is left near
///   the end thus finds its last customers.
/// - What does not fit a limit is never chosen; **the next best offer that fits** is.
///
/// Sources: Agrawal, Wang, Ye, "A Dynamic Near-Optimal Algorithm for Online Linear Programming" (Operations Research
/// 62(4), 2014) for prices from a sample at geometric times; Li, Ye, "Online Linear Programming: Dual Convergence, New
/// Algorithms, and Regret Bounds" (Operations Research 70(5), 2022), Algorithm 3, for dividing what is left; Balseiro, Lu,
/// Mirrokni, "The Best of Many Worlds" (Operations Research 71(1), 2023) for the mirror descent it is compared with.
public struct OnlineAllocator: Sendable {
    public struct Settings: Sendable, Hashable {
        /// The part that the latest customers play in the forecast of those to come; in 0 ... 1.
        ///
        /// This and the following were chosen on drifting and steady instances other than those reported.
        public var recentShare = 0.3
        /// How many customers count as the latest, as a part of all; at most `reservoir` / 2 are kept.
        public var recentPart = 0.1
        /// How many of the seen customers are kept; more make better prices and cost time.
        public var reservoir = 4096
        /// Prices are solved for at least this often over the whole.
        public var solutions = 200
        /// Near the end, prices are solved for whenever this part of the customers still to come has passed.
        public var lastPart = 1.0 / 12

        public init() {}
    }

    private struct Seen {
        var offers: [AllocationOffer]
        /// The forecast demand at the time.
        var demand: Double
    }

    private let limits: [Double]
    private let floors: [Double]
    private let sources: [[Int]]
    private let customers: Int
    private let settings: Settings
    /// Forecast demand per customer: at the customers before which each equal part begins.
    private let forecast: [Double]
    /// Value per unit of cost, by budget.
    public private(set) var prices: [Double]
    public private(set) var spend: [Double]
    public private(set) var value = 0.0
    private var count = 0
    private var nextSolution = 1
    private var bandwidth: Double?
    private var sample: [Seen] = []
    private var latest: [Seen] = []
    private var random: Xoshiro256StarStar

    /// - Parameters:
    ///   - floors: A unit of cost must bring at least this value; nil is 0.
    ///   - sources: The sets of budgets that offers draw on; nil where each offer draws on one.
    ///   - customers: How many are expected; more may come.
    ///   - forecast: The demand expected per customer, compared with each other, in equal parts of the customers; > 0.
    ///     None expects all parts to be alike.
    public init(
        limits: [Double], floors: [Double]? = nil, sources: [[Int]]? = nil, customers: Int, forecast: [Double] = [],
        settings: Settings = Settings(), seed: UInt64 = 1
    ) {
        precondition(forecast.allSatisfy { $0 > 0 && $0.isFinite }, "a forecast is above 0")
        self.limits = limits
        self.floors = floors ?? limits.map { _ in 0 }
        self.sources = sources ?? limits.indices.map { [$0] }
        self.customers = customers
        self.forecast = forecast.isEmpty ? [1] : forecast
        self.settings = settings
        prices = self.floors
        spend = limits.map { _ in 0 }
        random = Xoshiro256StarStar(seed: seed)
    }

    /// Chooses for the customer who has come.
    ///
    /// - Returns: The index of one of the offers, nil for none. Its cost has then been spent.
    public mutating func choose(_ offers: [AllocationOffer]) -> Int? {
        remember(offers)
        if count >= nextSolution {
            solve()
            let rest = Double(max(0, customers - count)) * settings.lastPart
            nextSolution = count + max(1, min(count / 8, customers / settings.solutions, Int(rest)))
        }
        var best = 0.0
        var choice: Int?
        for (index, offer) in offers.enumerated() {
            let drawn = sources[offer.source]
            let price = drawn.reduce(0) { $0 + prices[$1] }
            let utility = offer.value - price * offer.cost
            guard utility > best, drawn.allSatisfy({ limits[$0].holds(spend[$0] + offer.cost) }) else { continue }
            best = utility
            choice = index
        }
        guard let choice else { return nil }
        for budget in sources[offers[choice].source] { spend[budget] += offers[choice].cost }
        value += offers[choice].value
        return choice
    }

    private mutating func remember(_ offers: [AllocationOffer]) {
        let seen = Seen(offers: offers, demand: demand(at: count))
        let window = min(max(Int(Double(customers) * settings.recentPart), 50), settings.reservoir / 2)
        if latest.count < window { latest.append(seen) } else { latest[count % window] = seen }
        count += 1
        if sample.count < settings.reservoir {
            sample.append(seen)
        } else {
            let place = Int(random.next() % UInt64(count))
            if place < sample.count { sample[place] = seen }
        }
    }

    private func demand(at customer: Int) -> Double {
        forecast[min(customer * forecast.count / max(customers, 1), forecast.count - 1)]
    }

    /// The forecast demand of the customer at hand and of all still to come.
    private var demandToCome: Double {
        let parts = Double(forecast.count)
        let position = min(Double(count - 1) / Double(max(customers, 1)) * parts, parts)
        var total = 0.0
        for part in min(Int(position), forecast.count - 1)..<forecast.count {
            total += forecast[part] * (Double(part + 1) - max(position, Double(part)))
        }
        return max(total / parts * Double(customers), demand(at: count - 1))
    }

    private mutating func solve() {
        var problem = AllocationProblem(limits: limits, floors: floors, sources: sources)
        var weights: ContiguousArray<Double> = []
        let toCome = demandToCome
        for (group, share) in [(sample, 1 - settings.recentShare), (latest, settings.recentShare)] where share > 0 {
            let weight = share * toCome / group.reduce(0) { $0 + $1.demand }
            for seen in group {
                for offer in seen.offers {
                    problem.appendOffer(source: offer.source, value: offer.value, cost: offer.cost)
                }
                problem.endCustomer()
                weights.append(weight)
            }
        }
        let typicalPrice = problem.typicalPrice
        var search = DualSearch(
            limits: zip(limits, spend).map { max(0, $0 - $1) }, floors: floors,
            bandwidth: bandwidth ?? problem.typicalValue / 10, wantedNear: max(10, problem.customers / 20),
            typicalValue: problem.typicalValue, typicalPrice: typicalPrice)
        // Among few customers D has sharp edges on which a search could rest, so it then starts afresh.
        let areFew = count < 300
        let start = areFew ? floors.map { max($0, typicalPrice) } : prices
        prices =
            search.minimise(problem, from: start, weights: weights, passes: areFew ? 40 : 8, tolerance: 1e-6).prices
        bandwidth = search.bandwidth
    }
}

extension AllocationProblem {
    /// Chooses customer by customer in their order; of the later ones only the number is known, and the forecast if given.
    ///
    /// Its upper bound is that of hindsight.
    public func solvedOnline(
        forecast: [Double] = [], settings: OnlineAllocator.Settings = .init()
    ) -> (choices: ContiguousArray<Int>, value: Double, spend: [Double], prices: [Double]) {
        var allocator = OnlineAllocator(
            limits: limits, floors: floors, sources: sources, customers: customers, forecast: forecast,
            settings: settings)
        var choices = ContiguousArray<Int>()
        choices.reserveCapacity(customers)
        for customer in 0..<customers {
            let range = offers(of: customer)
            let choice = allocator.choose(
                range.map { AllocationOffer(source: Int(source[$0]), value: value[$0], cost: cost[$0]) })
            choices.append(choice.map { range.lowerBound + $0 } ?? -1)
        }
        return (choices, allocator.value, allocator.spend, allocator.prices)
    }
}
