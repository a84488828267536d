package import WeirStatistics

/// Finds the mix of points that lies nearest the origin: weights of at least 0 that sum to 1.
///
/// An active-set method: it ends after finitely many steps with the exact optimum, without a step size or a tolerance on
/// progress. Points may depend on each other, since the points with weight always stay independent.
///
/// Source: Wolfe, "Finding the nearest point in a polytope" (Mathematical Programming 11, 1976).
struct SimplexSolver {
    /// One per point; those outside the support are exactly 0.
    private(set) var weights: [Double]
    /// The points with weight, in order of entry.
    private(set) var support: [Int] = []
    private var factor: [Double]
    private var candidate: [Double]
    private var products: [Double]

    init(count: Int) {
        precondition(count > 0, "at least one point")
        weights = [Double](repeating: 0, count: count)
        factor = [Double](repeating: 0, count: count * count)
        candidate = weights
        products = weights
    }

    /// Starts from the last solution where there is one, which costs little where points have moved little.
    ///
    /// - Parameter gram: The points' inner products, count × count numbers.
    /// - Returns: The squared distance of the mix from the origin.
    @discardableResult
    mutating func solve(gram: [Double]) -> Double {
        let count = weights.count
        precondition(gram.count == count * count, "an inner product for each pair")
        let largest = largest(gram)
        if support.isEmpty || !settle(gram, scale: largest) { restart(gram, scale: largest) }
        // Each pass strictly shortens the distance, so no support comes twice; the bound only guards against rounding.
        for _ in 0..<(20 * count + 100) {
            var (distance, best, least) = (0.0, -1, Double.infinity)
            for index in 0..<count {
                var product = 0.0
                for member in support { product += gram[index * count + member] * weights[member] }
                products[index] = product
                distance += weights[index] * product
                if weights[index] == 0, product < least { (best, least) = (index, product) }
            }
            guard best >= 0, distance > 1e-15 * largest, least < distance - 1e-13 * max(largest, 0) else {
                return max(0, distance)
            }
            let before = (weights, support)
            support.append(best)
            if !settle(gram, scale: largest) {
                (weights, support) = before
                return max(0, distance)
            }
        }
        return distance(gram)
    }

    /// Moves to the nearest point of the support's affine hull, dropping those points whose weight would fall below 0.
    ///
    /// - Returns: False where the support's points depend on each other.
    private mutating func settle(_ gram: [Double], scale: Double) -> Bool {
        while true {
            guard solveAffine(gram, scale: scale) else { return false }
            var step = 1.0
            for (place, member) in support.enumerated() where candidate[place] <= 0 {
                let weight = weights[member]
                step = min(step, weight / (weight - candidate[place]))
            }
            var kept: [Int] = []
            var total = 0.0
            for (place, member) in support.enumerated() {
                var weight = weights[member] + step * (candidate[place] - weights[member])
                if step < 1, candidate[place] <= 0, weight <= 1e-14 { weight = 0 }
                weights[member] = max(0, weight)
                total += weights[member]
                if weights[member] > 0 { kept.append(member) }
            }
            for member in kept { weights[member] /= total }
            if kept.count == support.count, step == 1 { return true }
            guard kept.count < support.count, !kept.isEmpty else { return !kept.isEmpty }
            support = kept
        }
    }

    /// Fills `candidate` with the weights, of any sign and sum 1, of the hull's nearest point.
    ///
    /// They are A⁻¹·1, scaled, with A = gram + scale·1·1ᵀ, which is positive definite where the points are independent.
    private mutating func solveAffine(_ gram: [Double], scale: Double) -> Bool {
        let (size, count) = (support.count, weights.count)
        let shift = scale > 0 ? scale : 1
        for row in 0..<size {
            for column in 0...row {
                var sum = gram[support[row] * count + support[column]] + shift
                for inner in 0..<column { sum -= factor[row * count + inner] * factor[column * count + inner] }
                if row == column {
                    guard sum > 1e-14 * shift else { return false }
                    factor[row * count + row] = sum.squareRoot()
                } else {
                    factor[row * count + column] = sum / factor[column * count + column]
                }
            }
        }
        for place in 0..<size { candidate[place] = 1 }
        substitute(size)
        var total = 0.0
        for place in 0..<size { total += candidate[place] }
        for place in 0..<size { candidate[place] /= total }
        return true
    }

    /// Solves A·x = candidate in place by the factor.
    private mutating func substitute(_ size: Int) {
        let count = weights.count
        for row in 0..<size {
            for inner in 0..<row { candidate[row] -= factor[row * count + inner] * candidate[inner] }
            candidate[row] /= factor[row * count + row]
        }
        for row in stride(from: size - 1, through: 0, by: -1) {
            for inner in row + 1..<max(size, row + 1) {
                candidate[row] -= factor[inner * count + row] * candidate[inner]
            }
            candidate[row] /= factor[row * count + row]
        }
    }

    private mutating func restart(_ gram: [Double], scale: Double) {
        let count = weights.count
        for index in 0..<count { weights[index] = 0 }
        var first = 0
        for index in 0..<count where gram[index * count + index] < gram[first * count + first] { first = index }
        support = [first]
        weights[first] = 1
    }

    private func distance(_ gram: [Double]) -> Double {
        var sum = 0.0
        for row in support {
            for column in support { sum += weights[row] * weights[column] * gram[row * weights.count + column] }
        }
        return max(0, sum)
    }

    /// What a loss with this slope in the supported weights gains per unit of change in the solution's equations: a in
    /// gram·a + μ·1 = slope, 1ᵀ·a = 0, over the support.
    mutating func adjoint(gram: [Double], slope: [Double]) -> [Double] {
        guard solveAffine(gram, scale: largest(gram)) else { return slope.map { _ in 0 } }
        return solveCentred(slope)
    }

    /// Solves gram·a + μ·1 = right, 1ᵀ·a = 0 over the support by the factor at hand.
    private mutating func solveCentred(_ right: [Double]) -> [Double] {
        let size = support.count
        for place in 0..<size { candidate[place] = 1 }
        substitute(size)
        let ones = Array(candidate[..<size])
        for place in 0..<size { candidate[place] = right[place] }
        substitute(size)
        let multiplier = -candidate[..<size].reduce(0, +) / ones.reduce(0, +)
        return (0..<size).map { candidate[$0] + multiplier * ones[$0] }
    }

    private func largest(_ gram: [Double]) -> Double {
        weights.indices.reduce(0) { max($0, gram[$1 * weights.count + $1]) }
    }

    /// Sharpens the weights by residuals taken from the points themselves, whose rounding is far below that of `gram`.
    fileprivate mutating func refine(points: Matrix, gram: [Double]) {
        guard support.count > 1, solveAffine(gram, scale: largest(gram)) else { return }
        let mix = points * weights
        let slope = support.map { member in
            (0..<points.rows).reduce(0) { $0 - points[$1, member] * mix[$1] }
        }
        let change = solveCentred(slope)
        let refined = support.indices.map { weights[support[$0]] + change[$0] }
        guard refined.allSatisfy({ $0 > 0 }) else { return }
        for (place, member) in support.enumerated() { weights[member] = refined[place] }
    }
}

/// The weights of at least 0 with sum 1 that minimise ‖donors·w − target‖, exactly.
///
/// - Parameters:
///   - donors: One column per donor.
///   - target: As long as a column.
package func simplexWeights(donors: Matrix, target: [Double]) -> [Double] {
    precondition(target.count == donors.rows, "a target as long as a column")
    var points = donors
    // The distance to the target does not change when both are moved; near it the inner products round least.
    for column in 0..<points.columns { for row in 0..<points.rows { points[row, column] -= target[row] } }
    let gram = points.gram.values
    var solver = SimplexSolver(count: donors.columns)
    solver.solve(gram: gram)
    solver.refine(points: points, gram: gram)
    return solver.weights
}
