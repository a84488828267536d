import Testing
import WeirStatistics

@Suite("Cholesky factors by fixed sums")
struct CholeskyTests {
    @Test("L·Lᵀ gives the block back, above the diagonal nothing is written", arguments: UInt64(0)..<20)
    func product(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let (size, first, count) = (7, 2, 4)
        let root = Matrix(rows: size, columns: size, values: (0..<size * size).map { _ in random.unit() - 0.5 })
        let matrix = root.gram
        var factor = [Double](repeating: -1, count: count * count)
        factorizeSymmetric(matrix.values, stride: size, from: first, count: count, into: &factor)
        for row in 0..<count {
            for column in 0..<count where column <= row {
                let sum = (0...column).reduce(0) { $0 + factor[row * count + $1] * factor[column * count + $1] }
                #expect(abs(sum - matrix[first + row, first + column]) < 1e-12)
            }
            for column in row + 1..<max(count, row + 1) { #expect(factor[row * count + column] == -1) }
        }
    }

    @Test("A direction that changes nothing has the least pivot that is asked for", arguments: [0, 1e-4])
    func semidefinite(floor: Double) {
        let matrix: [Double] = [4, 0, 2, 1]  // Of rank 1; only the lower triangle is read.
        var factor = [Double](repeating: 0, count: 4)
        factorizeSymmetric(matrix, stride: 2, count: 2, floor: floor, into: &factor)
        #expect(factor == [2, 0, 1, floor.squareRoot()])
        var zero = [1.0, 1, 1, 1]
        factorizeSymmetric([0, 0, 3, 0], stride: 2, count: 2, into: &zero)
        #expect(zero == [0, 1, 0, 0])
    }
}
