/// The lower Cholesky factor L of a symmetric matrix A = L·Lᵀ, by sums in a fixed order, so that its bits are the same on
/// every machine.
///
/// Unlike `Matrix.choleskyFactor` it goes on where A is only semidefinite, or not even that by rounding: a pivot below
/// `floor` is lifted to it, and a column whose pivot is 0 stays 0.
///
/// - Parameters:
///   - matrix: Rows lie `stride` apart; only the lower triangle is read.
///   - first: The row and column with which the block begins that is looked at, of `count` rows and columns.
///   - floor: The least pivot, ≥ 0.
///   - factor: Takes count × count values, row by row; above the diagonal nothing is written.
/// - Complexity: O(count³).
package func factorizeSymmetric(
    _ matrix: UnsafePointer<Double>, stride: Int, from first: Int = 0, count: Int, floor: Double = 0,
    into factor: UnsafeMutablePointer<Double>
) {
    for row in 0..<count {
        let own = factor + row * count
        for column in 0...row {
            let other = factor + column * count
            var sum = matrix[(first + row) * stride + first + column]
            for index in 0..<column { sum -= own[index] * other[index] }
            if column < row {
                own[column] = other[column] > 0 ? sum / other[column] : 0
            } else {
                own[row] = max(sum, floor).squareRoot()
            }
        }
    }
}
