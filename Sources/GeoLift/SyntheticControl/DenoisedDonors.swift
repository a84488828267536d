import WeirStatistics

/// Donors of which only the largest singular values are kept, so that noise in single donors does not reach the
/// counterfactual.
///
/// Source: Amjad, Shah, Shen, "Robust Synthetic Control" (JMLR 19, 2018); how many are kept by Gavish, Donoho, "The
/// Optimal Hard Threshold for Singular Values is 4/√3" (IEEE Transactions on Information Theory 60(8), 2014).
struct DenoisedDonors {
    let matrix: Matrix
    let rank: Int
    /// The donors' directions that were kept, as columns.
    private let directions: Matrix

    /// - Parameters:
    ///   - donors: One row per period, those of the treatment included, one column per donor.
    ///   - rank: How many singular values to keep, at least 1; nil: those above the optimal threshold for unknown noise.
    init(_ donors: Matrix, rank: Int?) {
        let count = donors.columns
        guard let eigen = donors.gram.symmetricEigen else {
            (matrix, self.rank, directions) = (donors, count, .identity(count))
            return
        }
        // Ascending, so the last come first.
        let singular = eigen.values.map { max(0, $0).squareRoot() }
        let ratio = Double(min(donors.rows, count)) / Double(max(donors.rows, count))
        let factor = 0.56 * ratio * ratio * ratio - 0.95 * ratio * ratio + 1.82 * ratio + 1.43
        let kept = singular.suffix(min(donors.rows, count))
        let median = kept[kept.startIndex + kept.count / 2]
        self.rank = min(max(1, rank ?? singular.count { $0 > factor * median }), kept.count)
        directions = eigen.vectors.selecting(columns: Array((count - self.rank)..<count))
        matrix = Matrix.product(donors * directions, directions, transposingRight: true)
    }

    /// The shortest weights, of any sign, that minimise the squared gap to the target in the first periods.
    func weights(target: [Double]) -> [Double] {
        let scores = matrix.selecting(rows: Array(0..<target.count)) * directions
        guard let solution = scores.leastSquares(target)?.solution else {
            return [Double](repeating: 1 / Double(matrix.columns), count: matrix.columns)
        }
        return directions * solution
    }
}
