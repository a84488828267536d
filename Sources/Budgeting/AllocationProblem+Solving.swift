extension AllocationProblem {
    /// Chooses for all customers at once.
    ///
    /// The dual gives the price of each budget and an upper bound; every customer's best offer at those prices is
    /// nearly the optimum, since the linear relaxation splits no more customers than there are budgets. The prices are
    /// raised until the choices fit, and what is left is filled with those that lose least at the dual's prices.
    ///
    /// With floors, a unit left over is worth its floor, so no cost is spent that brings less.
    ///
    /// O(offers) for each of some 30 passes, whatever the number of budgets.
    public func solved() -> Allocation {
        var prices = limits.indices.map { max(floors[$0], 1) }
        if customers >= 1 << 16 {
            let stride = customers >> 14
            prices = sampled(every: stride).leastDual(from: prices, passes: 40, tolerance: 1e-7).prices
        }
        let dual = leastDual(from: prices, passes: 40, tolerance: 1e-8)
        var choices = feasibleChoices(at: dual.prices)
        fill(&choices, at: dual.prices)
        var (value, spend) = totals(of: choices)
        // Only few customers leave a gap: then one who does not fit weighs much, and other orders of filling may do better.
        if upperBound(dual, spend: spend) - value > 0.001 * value {
            for isByGain in [false, true] {
                var others = ContiguousArray(repeating: -1, count: customers)
                fill(&others, at: dual.prices, isByGain: isByGain)
                let (otherValue, otherSpend) = totals(of: others)
                if net(otherValue, otherSpend) > net(value, spend) {
                    (choices, value, spend) = (others, otherValue, otherSpend)
                }
            }
        }
        return Allocation(
            choices: choices, value: value, upperBound: upperBound(dual, spend: spend), spend: spend,
            prices: dual.prices)
    }

    private func net(_ value: Double, _ spend: [Double]) -> Double {
        zip(floors, spend).reduce(value) { $0 - $1.0 * $1.1 }
    }

    /// What no allocation that spends as much can exceed, from the dual at any prices ≥ the floors.
    public func upperBound(at prices: [Double], spend: [Double]) -> Double {
        upperBound(DualPoint(self, prices: prices, limits: limits, bandwidth: 0), spend: spend)
    }

    /// D counts the whole limit at its price, also the floor's part of what stays unspent; that part buys nothing.
    private func upperBound(_ dual: DualPoint, spend: [Double]) -> Double {
        dual.bound - limits.indices.reduce(0) { $0 + floors[$1] * (limits[$1] - spend[$1]) }
    }

    func leastDual(from prices: [Double], passes: Int, tolerance: Double) -> DualPoint {
        var search = DualSearch(
            limits: limits, floors: floors, bandwidth: typicalValue / 10, wantedNear: max(200, customers / 200),
            typicalValue: typicalValue, typicalPrice: typicalPrice)
        return search.minimise(self, from: prices, passes: passes, tolerance: tolerance)
    }

    /// The mean size of a value.
    var typicalValue: Double { max(1e-12, value.reduce(0) { $0 + abs($1) } / Double(max(1, value.count))) }

    /// The mean size of a value ÷ the mean cost.
    var typicalPrice: Double {
        let total = cost.reduce(0, +)
        return total > 0 ? value.reduce(0) { $0 + abs($1) } / total : 1
    }

    /// What the choices bring, and what they spend by budget.
    func totals(of choices: ContiguousArray<Int>) -> (value: Double, spend: [Double]) {
        var total = 0.0
        var bySource = [Double](repeating: 0, count: sources.count)
        for choice in choices where choice >= 0 {
            total += value[choice]
            bySource[Int(source[choice])] += cost[choice]
        }
        var spend = limits.map { _ in 0.0 }
        for (index, drawn) in sources.enumerated() { for budget in drawn { spend[budget] += bySource[index] } }
        // What rounding adds beyond a limit is none of its money.
        for budget in limits.indices where spend[budget] > limits[budget] && limits[budget].holds(spend[budget]) {
            spend[budget] = limits[budget]
        }
        return (total, spend)
    }

    func isWithinLimits(_ spend: [Double]) -> Bool { zip(spend, limits).allSatisfy { $1.holds($0) } }

    /// Each customer's best offer at those prices.
    func choices(at prices: [Double]) -> ContiguousArray<Int> {
        let sourcePrices = sources.map { $0.reduce(0) { $0 + prices[$1] } }
        return ContiguousArray(
            (0..<customers).map { customer in
                var best = 0.0
                var choice = -1
                for offer in starts[customer]..<starts[customer + 1] {
                    let utility = value[offer] - sourcePrices[Int(source[offer])] * cost[offer]
                    if utility > best {
                        best = utility
                        choice = offer
                    }
                }
                return choice
            })
    }

    /// The best offers at prices that are raised as little as the limits demand.
    private func feasibleChoices(at prices: [Double]) -> ContiguousArray<Int> {
        let scale = max(prices.max() ?? 0, 1e-9)
        func raised(_ share: Double) -> ContiguousArray<Int> {
            choices(at: prices.map { $0 + share * ($0 + scale * 1e-3) })
        }
        var fitting = raised(0)
        if isWithinLimits(totals(of: fitting).spend) { return fitting }
        var low = 0.0
        var high = 1e-5
        while true {
            fitting = raised(high)
            if isWithinLimits(totals(of: fitting).spend) { break }
            low = high
            high *= 4
            // A value of infinity per cost would need infinite prices.
            if high > 1e12 { return ContiguousArray(repeating: -1, count: customers) }
        }
        for _ in 0..<6 {
            let middle = (low + high) / 2
            let tried = raised(middle)
            if isWithinLimits(totals(of: tried).spend) {
                fitting = tried
                high = middle
            } else {
                low = middle
            }
        }
        return fitting
    }

    /// Moves customers to better offers as long as these fit, first those that lose least at the prices for what they gain.
    ///
    /// - Parameter isByGain: First those that gain most instead.
    private func fill(_ choices: inout ContiguousArray<Int>, at prices: [Double], isByGain: Bool = false) {
        let sourcePrices = sources.map { $0.reduce(0) { $0 + prices[$1] } }
        let sourceFloors = sources.map { $0.reduce(0) { $0 + floors[$1] } }
        var (_, spend) = totals(of: choices)
        let total = customers > 0 ? choices.reduce(0) { $1 >= 0 ? $0 + value[$1] : $0 } : 0
        for largestLoss in [0.001, 0.01, 0.1, customers < 1 << 14 ? .infinity : 1] {
            let left = limits.indices.reduce(0) { $0 + prices[$1] * (limits[$1] - spend[$1]) }
            if left < 1e-7 * total { return }
            let most = sources.map { $0.map { limits[$0] - spend[$0] }.min() ?? .infinity }
            var moves: [(loss: Double, customer: Int, offer: Int)] = []
            for customer in 0..<customers {
                let current = choices[customer]
                var net = 0.0
                var utility = 0.0
                if current >= 0 {
                    net = value[current] - sourceFloors[Int(source[current])] * cost[current]
                    utility = value[current] - sourcePrices[Int(source[current])] * cost[current]
                }
                for offer in starts[customer]..<starts[customer + 1] where offer != current {
                    let from = Int(source[offer])
                    let gain = value[offer] - sourceFloors[from] * cost[offer] - net
                    let loss = utility - (value[offer] - sourcePrices[from] * cost[offer])
                    // What the current offer frees can be up to its cost.
                    let freed = current >= 0 ? cost[current] : 0
                    guard gain > 0, loss < largestLoss * gain, cost[offer] <= most[from] + freed else { continue }
                    moves.append((isByGain ? -gain : loss / gain, customer, offer))
                }
            }
            moves.sort { ($0.loss, $0.offer) < ($1.loss, $1.offer) }
            for move in moves {
                let current = choices[move.customer]
                if current >= 0,
                    value[current] - sourceFloors[Int(source[current])] * cost[current]
                        >= value[move.offer] - sourceFloors[Int(source[move.offer])] * cost[move.offer]
                {
                    continue
                }
                var next = spend
                if current >= 0 { for budget in sources[Int(source[current])] { next[budget] -= cost[current] } }
                for budget in sources[Int(source[move.offer])] { next[budget] += cost[move.offer] }
                guard isWithinLimits(next) else { continue }
                spend = next
                choices[move.customer] = move.offer
            }
        }
    }
}
