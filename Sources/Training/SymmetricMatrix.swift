import WeirStatistics

/// A symmetric matrix, of which the lower triangle is kept.
struct SymmetricMatrix {
    let count: Int
    /// Row-major, count × count; above the diagonal without meaning.
    var values: [Double]

    init(count: Int) {
        self.count = count
        values = [Double](repeating: 0, count: count * count)
    }

    mutating func scale(by factor: Double) {
        for index in values.indices { values[index] *= factor }
    }

    /// - Parameter first: To so many entries of the diagonal.
    mutating func addToDiagonal(_ amount: Double, first: Int) {
        for index in 0..<first { values[index * count + index] += amount }
    }

    /// The lower Cholesky factor.
    ///
    /// A pivot that is not above a trace of rounding is lifted to it, so that directions that change nothing get a step
    /// of about 0 rather than stop the rest.
    ///
    /// - Complexity: O(count³).
    func factored() -> SymmetricMatrix {
        var factor = self
        let floor = 1e-10 * (0..<count).reduce(1e-300) { max($0, values[$1 * count + $1]) }
        factorizeSymmetric(values, stride: count, count: count, floor: floor, into: &factor.values)
        return factor
    }

    /// x in L Lᵀ x = b, where this is L.
    func solve(_ right: [Double]) -> [Double] {
        var x = right
        for row in 0..<count {
            for k in 0..<row { x[row] -= values[row * count + k] * x[k] }
            x[row] /= values[row * count + row]
        }
        for row in stride(from: count - 1, through: 0, by: -1) {
            for k in row + 1..<count { x[row] -= values[k * count + row] * x[k] }
            x[row] /= values[row * count + row]
        }
        return x
    }
}
