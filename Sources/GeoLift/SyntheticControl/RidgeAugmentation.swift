import Foundation
import WeirStatistics

/// Corrects synthetic control weights for the imbalance they leave, by a ridge regression of the treated unit's gap on
/// the donors; weights may then lie slightly below 0.
///
/// Source: Ben-Michael, Feller, Rothstein, "The Augmented Synthetic Control Method" (JASA 116, 2021), equation 12.
struct RidgeAugmentation {
    /// Both without the donors' mean in each period.
    private let donors: Matrix
    private let target: [Double]
    private let base: [Double]
    /// Of the donors' inner products.
    private let eigenvalues: [Double]
    private let vectors: Matrix

    /// - Parameters:
    ///   - donors: One row per period before the treatment, one column per donor.
    ///   - target: The treated unit in those periods.
    init(donors: Matrix, target: [Double]) {
        var (centred, aim) = (donors, target)
        for row in 0..<donors.rows {
            let mean = donors.row(row).reduce(0, +) / Double(donors.columns)
            for column in 0..<donors.columns { centred[row, column] -= mean }
            aim[row] -= mean
        }
        self.donors = centred
        self.target = aim
        base = simplexWeights(donors: centred, target: aim)
        let eigen =
            centred.gram.symmetricEigen ?? ([Double](repeating: 0, count: donors.columns), .identity(donors.columns))
        eigenvalues = eigen.values.map { max(0, $0) }
        vectors = eigen.vectors
    }

    func weights(penalty: Double) -> [Double] {
        let mix = donors * base
        let left = zip(target, mix).map { $0 - $1 }
        let moved = Matrix.product(
            vectors, Matrix.product(donors, Matrix(columns: [left]), transposingLeft: true), transposingLeft: true)
        let shrunk = zip(moved.values, eigenvalues).map { $0 / ($1 + penalty) }
        return zip(base, vectors * shrunk).map { $0 + $1 }
    }

    /// The largest penalty whose error in leaving out one period lies within one standard error of the least.
    ///
    /// Penalties run from the largest eigenvalue down to 1e-8 of it in 20 steps, and the last period is never left out, both
    /// as in the authors' package, so that figures agree with it. Leaving out a period changes the inner products by one
    /// rank, so no fold needs a new decomposition.
    func crossValidatedPenalty() -> Double {
        let (periods, count) = (donors.rows, donors.columns)
        guard let largest = eigenvalues.last, largest > 0, periods > 2 else { return 1 }
        let penalties = (0...20).map { largest * pow(1e-8, Double($0) / 20) }
        var points = donors
        for column in 0..<count { for row in 0..<periods { points[row, column] -= target[row] } }
        let gram = points.gram.values
        var solver = SimplexSolver(count: count)
        solver.solve(gram: gram)
        var errors: [[Double]] = []
        for left in 0..<periods - 1 {
            var fold = gram
            for column in 0..<count {
                for row in 0..<count { fold[column * count + row] -= points[left, row] * points[left, column] }
            }
            solver.solve(gram: fold)
            var residual = zip(target, donors * solver.weights).map { $0 - $1 }
            let gap = residual[left]
            residual[left] = 0
            let moved = Matrix.product(
                vectors, Matrix.product(donors, Matrix(columns: [residual]), transposingLeft: true),
                transposingLeft: true
            ).values
            let row = Matrix.product(vectors, Matrix(columns: [donors.row(left)]), transposingLeft: true).values
            errors.append(
                penalties.map { penalty in
                    var (alpha, leverage) = (0.0, 0.0)
                    for index in 0..<count {
                        let scale = row[index] / (eigenvalues[index] + penalty)
                        alpha += scale * moved[index]
                        leverage += scale * row[index]
                    }
                    let error = gap - alpha / (1 - leverage)
                    return error * error
                })
        }
        let folds = Double(errors.count)
        let means = penalties.indices.map { place in errors.reduce(0) { $0 + $1[place] } / folds }
        let best = means.indices.min { means[$0] < means[$1] } ?? 0
        let spread = errors.reduce(0) { $0 + ($1[best] - means[best]) * ($1[best] - means[best]) } / max(1, folds - 1)
        let bound = means[best] + (spread / folds).squareRoot()
        return penalties[means.indices.first { means[$0] <= bound } ?? best]
    }
}
