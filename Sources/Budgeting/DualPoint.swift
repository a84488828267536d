/// The dual of an allocation at given prices: what the budgets' limits are worth, plus what each customer's best offer
/// brings beyond its price.
///
///     D(λ) = Σ_b λ_b · limit_b + Σ_i w_i · max(0, max_j value_ij − λ · cost_ij)
///
/// D bounds the value of every allocation within the limits from above, for any prices, and its least value is that of
/// the linear relaxation: the multiple-choice knapsack without whole numbers. D is convex; its slope along λ_b is what
/// budget b would have left.
///
/// Source: Sinha, Zoltners, "The Multiple-Choice Knapsack Problem" (Operations Research 27(3), 1979); the dual of many
/// customers is from Fisher, "The Lagrangian Relaxation Method" (Management Science 27(1), 1981).
struct DualPoint {
    var prices: [Double]
    var bound = 0.0
    /// By budget, at these prices.
    var spend: [Double]
    /// The second derivatives of D, row by row, estimated from customers whose two best choices are less than
    /// `bandwidth` apart.
    var curvature: [Double]
    /// How many customers `curvature` rests on.
    var near = 0

    /// - Parameters:
    ///   - weights: How often each customer counts; nil is once.
    ///   - bandwidth: In units of value; 0 leaves the curvature at 0.
    init(
        _ problem: borrowing AllocationProblem, prices: [Double], limits: [Double],
        weights: ContiguousArray<Double>? = nil,
        bandwidth: Double
    ) {
        self.prices = prices
        let budgets = prices.count
        let sourcePrices = problem.sources.map { $0.reduce(0) { $0 + prices[$1] } }
        let sources = sourcePrices.count
        let choices = ChoiceSums(problem, sourcePrices: sourcePrices, weights: weights, bandwidth: bandwidth)
        spend = [Double](repeating: 0, count: budgets)
        curvature = [Double](repeating: 0, count: budgets * budgets)
        for (index, drawn) in problem.sources.enumerated() {
            for budget in drawn { spend[budget] += choices.bySource[index] }
            guard bandwidth > 0 else { continue }
            for (other, alsoDrawn) in problem.sources.enumerated() {
                // Choices less than the bandwidth apart lie on both sides of the border, hence the 2.
                let density = choices.crossed[index * (sources + 1) + other] / (2 * bandwidth)
                for budget in drawn { for also in alsoDrawn { curvature[budget * budgets + also] += density } }
            }
        }
        bound = choices.surplus
        for budget in prices.indices { bound += prices[budget] * limits[budget] }
        near = choices.near
    }
}

/// What the customers' best choices at given prices add up to; one source more than there are stands for no offer.
private struct ChoiceSums {
    /// Σ of what each best offer brings beyond its price.
    private(set) var surplus = 0.0
    /// The cost of the best offers, by source.
    private(set) var bySource: [Double]
    /// Of customers whose two best choices are less than the bandwidth apart, the products of the costs, by pairs of
    /// sources.
    private(set) var crossed: [Double]
    /// How many such customers there are.
    private(set) var near = 0

    init(
        _ problem: borrowing AllocationProblem, sourcePrices: [Double], weights: ContiguousArray<Double>?,
        bandwidth: Double
    ) {
        bySource = [Double](repeating: 0, count: sourcePrices.count + 1)
        crossed = [Double](repeating: 0, count: (sourcePrices.count + 1) * (sourcePrices.count + 1))
        let starts = problem.starts
        let source = problem.source
        let value = problem.value
        let cost = problem.cost
        starts.withUnsafeBufferPointer { starts in
            source.withUnsafeBufferPointer { source in
                value.withUnsafeBufferPointer { value in
                    cost.withUnsafeBufferPointer { cost in
                        sourcePrices.withUnsafeBufferPointer { prices in
                            sum(starts, source, value, cost, prices, weights, bandwidth)
                        }
                    }
                }
            }
        }
    }

    private mutating func sum(
        _ starts: UnsafeBufferPointer<Int>, _ source: UnsafeBufferPointer<UInt16>,
        _ value: UnsafeBufferPointer<Double>, _ cost: UnsafeBufferPointer<Double>,
        _ sourcePrices: UnsafeBufferPointer<Double>, _ weights: ContiguousArray<Double>?, _ bandwidth: Double
    ) {
        let sources = sourcePrices.count
        for customer in 0..<starts.count - 1 {
            var best = 0.0
            var bestOffer = -1
            var second = -Double.infinity
            var secondOffer = -1
            for offer in starts[customer]..<starts[customer + 1] {
                let utility = value[offer] - sourcePrices[Int(source[offer])] * cost[offer]
                if utility > best {
                    second = best
                    secondOffer = bestOffer
                    best = utility
                    bestOffer = offer
                } else if utility > second {
                    second = utility
                    secondOffer = offer
                }
            }
            let weight = weights.map { $0[customer] } ?? 1
            surplus += weight * best
            if bestOffer >= 0 { bySource[Int(source[bestOffer])] += weight * cost[bestOffer] }
            guard best - second < bandwidth else { continue }
            near += 1
            let from = bestOffer >= 0 ? Int(source[bestOffer]) : sources
            let to = secondOffer >= 0 ? Int(source[secondOffer]) : sources
            let fromCost = bestOffer >= 0 ? cost[bestOffer] : 0
            let toCost = secondOffer >= 0 ? cost[secondOffer] : 0
            crossed[from * (sources + 1) + from] += weight * fromCost * fromCost
            crossed[to * (sources + 1) + to] += weight * toCost * toCost
            crossed[from * (sources + 1) + to] -= weight * fromCost * toCost
            crossed[to * (sources + 1) + from] -= weight * fromCost * toCost
        }
    }
}

/// Where D is least.
struct DualSearch {
    var limits: [Double]
    var floors: [Double]
    /// In units of value; follows how many customers lie near a border.
    var bandwidth: Double
    /// Customers near a border that are wanted for the curvature.
    var wantedNear = 200
    /// Of a usual offer; the bandwidth stays within reach of it.
    var typicalValue = 1.0
    /// Value per cost of a usual offer; no price rises by more than twice this or itself in one step.
    var typicalPrice = 1.0

    /// Minimises D by damped Newton steps, which need a handful of passes where plain subgradients need hundreds: with
    /// many customers D is nearly smooth, and the customers near a border tell its curvature.
    ///
    /// - Parameters:
    ///   - passes: Over all customers, at most.
    ///   - tolerance: Ends when the next step promises to lower D by a smaller share.
    mutating func minimise(
        _ problem: borrowing AllocationProblem, from prices: [Double], weights: ContiguousArray<Double>? = nil,
        passes: Int,
        tolerance: Double
    ) -> DualPoint {
        var best = DualPoint(problem, prices: prices, limits: limits, weights: weights, bandwidth: bandwidth)
        adjustBandwidth(best.near)
        var direction = step(from: best)
        var length = 1.0
        for _ in 1..<max(passes, 2) {
            let promised = zip(direction, zip(limits, best.spend)).reduce(0) { $0 - $1.0 * ($1.1.0 - $1.1.1) } * length
            if promised <= tolerance * abs(best.bound) { break }
            let tried = zip(best.prices, direction).map { $0 + length * $1 }
            let point = DualPoint(problem, prices: tried, limits: limits, weights: weights, bandwidth: bandwidth)
            adjustBandwidth(point.near)
            if point.bound < best.bound {
                best = point
                direction = step(from: best)
                length = 1
                continue
            }
            // Too far: the slopes at both ends tell where between them D is least.
            let slope = zip(direction, zip(limits, best.spend)).reduce(0) { $0 + $1.0 * ($1.1.0 - $1.1.1) }
            let slopeThere = zip(direction, zip(limits, point.spend)).reduce(0) { $0 + $1.0 * ($1.1.0 - $1.1.1) }
            let share = slopeThere > 0 ? -slope / (slopeThere - slope) : 0.5
            length *= min(max(share, 0.1), 0.7)
        }
        return best
    }

    private mutating func adjustBandwidth(_ near: Int) {
        let ratio = Double(wantedNear) / Double(max(near, 1))
        bandwidth = min(max(bandwidth * min(max(ratio, 0.25), 4), 1e-4 * typicalValue), typicalValue)
    }

    /// The Newton step, cut so that no price falls below its floor or rises more than threefold.
    private func step(from point: DualPoint) -> [Double] {
        let count = limits.count
        let slope = zip(limits, point.spend).map { $0 - $1 }
        let free = (0..<count).filter { point.prices[$0] > floors[$0] || slope[$0] < 0 }
        var matrix = free.map { row in free.map { point.curvature[row * count + $0] } }
        let scale = matrix.indices.map { matrix[$0][$0] }.max() ?? 0
        for (place, budget) in free.enumerated() {
            // Where nobody is near a border, a step of the price's own size is tried.
            let fallback = abs(slope[budget]) / max(point.prices[budget], 1e-9)
            matrix[place][place] += max(1e-6 * scale, matrix[place][place] < 1e-3 * fallback ? fallback : 0)
        }
        let solved = Self.solve(matrix, free.map { -slope[$0] })
        var step = [Double](repeating: 0, count: count)
        for (place, budget) in free.enumerated() {
            let price = point.prices[budget]
            let most = 2 * max(price, typicalPrice)
            let least = price > typicalPrice / 1000 ? -0.7 * price : -price
            step[budget] = max(min(max(solved[place], least), most), floors[budget] - price)
        }
        return step
    }

    /// Solves a symmetric positive definite system by elimination.
    private static func solve(_ matrix: [[Double]], _ right: [Double]) -> [Double] {
        var matrix = matrix
        var right = right
        for pivot in right.indices {
            for row in right.indices where row > pivot {
                let factor = matrix[row][pivot] / matrix[pivot][pivot]
                for column in pivot..<right.count { matrix[row][column] -= factor * matrix[pivot][column] }
                right[row] -= factor * right[pivot]
            }
        }
        for row in right.indices.reversed() {
            for column in row + 1..<right.count { right[row] -= matrix[row][column] * right[column] }
            right[row] /= matrix[row][row]
        }
        return right
    }
}
