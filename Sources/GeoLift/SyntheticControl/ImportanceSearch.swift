import WeirStatistics

/// How much each predictor counts: the importances that give donor weights with the least squared gap before the
/// treatment.
///
/// The donor weights for given importances are exact (`SimplexSolver`). Within a support they are smooth, so the outer loss has a
/// gradient, which one more solve with the same factor gives (adjoint method); the search is BFGS on the importances'
/// logarithms, from a fixed start.
///
/// The loss has many local minima, and in which of them a search ends may hang on the last bit of a sum. So that a study
/// gives the same ranks on every machine, the search computes in a fixed order, without BLAS.
///
/// Source of the nested problem: Abadie, Gardeazabal, "The Economic Costs of Conflict" (American Economic Review 93(1),
/// 2003), appendix B.
struct ImportanceSearch {
    struct Result {
        /// At least 0, sum 1; one per predictor.
        var importances: [Double]
        /// Of the donors.
        var weights: [Double]
        /// Mean squared gap over the periods of the search.
        var loss: Double
        /// The same where the search from equal importances ended.
        var firstLoss: Double
    }

    /// Donor minus treated.
    private let predictors: Matrix
    private let outcomes: Matrix
    private var solver: SimplexSolver
    private var gram: [Double]

    /// - Parameters:
    ///   - predictors: Donor minus treated: one row per predictor, one column per donor.
    ///   - outcomes: The same with one row per period of the search.
    init(predictors: Matrix, outcomes: Matrix) {
        // By rows, since all loops run along donors.
        self.predictors = predictors.transposed
        self.outcomes = outcomes.transposed
        solver = SimplexSolver(count: predictors.columns)
        gram = [Double](repeating: 0, count: predictors.columns * predictors.columns)
    }

    /// The best of several searches: from equal importances, then from random ones.
    ///
    /// - Parameter starts: Searches from seeded random importances besides that from equal ones; at least 0. A later one
    ///   counts only where it is better by more than 1e-6, since many importances give the same loss.
    mutating func best(starts: Int = 0) -> Result {
        let count = predictors.columns
        var best = descend(from: [Double](repeating: 0, count: count))
        var random = Xoshiro256StarStar(seed: 1)
        for _ in 0..<starts {
            var other = descend(from: (0..<count).map { _ in 6 * random.unit() - 3 })
            other.firstLoss = best.firstLoss
            if other.loss < best.loss * (1 - 1e-6) { best = other }
        }
        return best
    }

    /// The donor weights for given importances.
    mutating func weights(importances: [Double]) -> [Double] {
        let donors = predictors.rows
        predictors.values.withUnsafeBufferPointer { values in
            gram.withUnsafeMutableBufferPointer { gram in
                for index in gram.indices { gram[index] = 0 }
                for (row, importance) in importances.enumerated() {
                    for left in 0..<donors {
                        let scaled = importance * values[row * donors + left]
                        for right in 0...left { gram[left * donors + right] += scaled * values[row * donors + right] }
                    }
                }
                for left in 0..<donors {
                    for right in 0..<left { gram[right * donors + left] = gram[left * donors + right] }
                }
            }
        }
        solver.solve(gram: gram)
        return solver.weights
    }

    /// The loss at the importances' logarithms, and its gradient in them.
    private mutating func evaluate(_ logarithms: [Double]) -> (loss: Double, gradient: [Double]) {
        let importances = Self.importances(logarithms)
        let weights = weights(importances: importances)
        let support = solver.support
        let (donors, periods) = (outcomes.rows, outcomes.columns)
        var loss = 0.0
        var slope = [Double](repeating: 0, count: support.count)
        for period in 0..<periods {
            var gap = 0.0
            for donor in support { gap += outcomes.values[period * donors + donor] * weights[donor] }
            loss += gap * gap / Double(periods)
            for (place, donor) in support.enumerated() {
                slope[place] += 2 * gap * outcomes.values[period * donors + donor] / Double(periods)
            }
        }
        let adjoint = solver.adjoint(gram: gram, slope: slope)
        let gradient = importances.indices.map { row in
            var (along, distance) = (0.0, 0.0)
            for (place, donor) in support.enumerated() {
                let value = predictors.values[row * donors + donor]
                along += value * adjoint[place]
                distance += value * weights[donor]
            }
            return -along * distance * importances[row]
        }
        return (loss, gradient)
    }

    /// Scaled to sum 1, which changes no donor weight.
    private static func importances(_ logarithms: [Double]) -> [Double] {
        let highest = logarithms.max() ?? 0
        let raw = logarithms.map { Portable.exp($0 - highest) }
        let total = raw.reduce(0, +)
        return raw.map { $0 / total }
    }

    private mutating func descend(from start: [Double]) -> Result {
        let count = start.count
        var point = start
        solver = SimplexSolver(count: predictors.rows)
        var (loss, gradient) = evaluate(point)
        var curvature = Matrix.identity(count)
        var isFresh = true
        for _ in 0..<500 {
            let steepest = gradient.map(abs).max() ?? 0
            guard steepest > 1e-13 * loss, loss > 0 else { break }
            var direction = Self.times(curvature, gradient).map { -$0 }
            var slope = zip(direction, gradient).reduce(0) { $0 + $1.0 * $1.1 }
            if slope >= 0 {
                (direction, isFresh) = (gradient.map { -$0 }, true)
                curvature = .identity(count)
                slope = -gradient.reduce(0) { $0 + $1 * $1 }
            }
            // Without curvature the first step changes the steepest importance by a factor of e; none by more than e³.
            let length = direction.map(abs).max() ?? 0
            let scale = isFresh ? 1 / length : min(1, 3 / length)
            direction = direction.map { $0 * scale }
            slope *= scale
            guard let step = backtrack(from: point, along: direction, loss: loss, slope: slope) else {
                if isFresh { break }
                (curvature, isFresh) = (.identity(count), true)
                continue
            }
            let change = zip(step.point, point).map { $0 - $1 }
            let turn = zip(step.gradient, gradient).map { $0 - $1 }
            let gained = loss - step.loss
            (point, loss, gradient) = (step.point, step.loss, step.gradient)
            Self.update(&curvature, change: change, turn: turn, isFresh: &isFresh)
            if gained <= 1e-14 * loss {
                if isFresh { break }
                (curvature, isFresh) = (.identity(count), true)
            }
        }
        let importances = Self.importances(point)
        return Result(importances: importances, weights: weights(importances: importances), loss: loss, firstLoss: loss)
    }

    private mutating func backtrack(
        from point: [Double], along direction: [Double], loss: Double, slope: Double
    ) -> (point: [Double], loss: Double, gradient: [Double])? {
        var step = 1.0
        for _ in 0..<30 {
            let next = zip(point, direction).map { $0 + step * $1 }
            let (value, gradient) = evaluate(next)
            if value <= loss + 1e-4 * step * slope { return (next, value, gradient) }
            step *= 0.4
        }
        return nil
    }

    private static func times(_ matrix: Matrix, _ vector: [Double]) -> [Double] {
        (0..<matrix.rows).map { row in
            (0..<matrix.columns).reduce(0) { $0 + matrix[row, $1] * vector[$1] }
        }
    }

    /// Source: Nocedal, Wright, "Numerical Optimization" (2006), equations 6.17 and 6.20.
    private static func update(_ inverse: inout Matrix, change: [Double], turn: [Double], isFresh: inout Bool) {
        let product = zip(change, turn).reduce(0) { $0 + $1.0 * $1.1 }
        guard product > 1e-300 else { return }
        let count = change.count
        if isFresh {
            let scale = product / turn.reduce(0) { $0 + $1 * $1 }
            inverse = .identity(count)
            for index in 0..<count { inverse[index, index] = scale }
            isFresh = false
        }
        let moved = times(inverse, turn)
        let size = zip(turn, moved).reduce(0) { $0 + $1.0 * $1.1 }
        for column in 0..<count {
            for row in 0..<count {
                inverse[row, column] +=
                    ((1 + size / product) * change[row] * change[column] - moved[row] * change[column]
                        - change[row] * moved[column]) / product
            }
        }
    }
}
