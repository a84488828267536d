import Dispatch
import Synchronization
import Testing
import WeirStatistics

@Suite("Matrices")
struct MatrixTests {
    private func drawn(_ rows: Int, _ columns: Int, seed: UInt64) -> Matrix {
        var random = Xoshiro256StarStar(seed: seed)
        return Matrix(
            rows: rows, columns: columns, values: (0..<rows * columns).map { _ in .random(in: -1...1, using: &random) })
    }

    private func gap(_ left: [Double], _ right: [Double]) -> Double {
        zip(left, right).map { abs($0 - $1) }.max() ?? 0
    }

    @Test("Products are sums of products, transposed or not", arguments: UInt64(0)..<10)
    func products(seed: UInt64) {
        let (left, right) = (drawn(4, 3, seed: seed), drawn(3, 5, seed: seed + 100))
        let product = left * right
        for row in 0..<4 {
            for column in 0..<5 {
                let sum = (0..<3).reduce(0) { $0 + left[row, $1] * right[$1, column] }
                #expect(abs(product[row, column] - sum) < 1e-12)
            }
        }
        #expect(gap(Matrix.product(left.transposed, right, transposingLeft: true).values, product.values) < 1e-12)
        #expect(gap(Matrix.product(left, right.transposed, transposingRight: true).values, product.values) < 1e-12)
        #expect(gap(left.gram.values, (left.transposed * left).values) < 1e-12)
    }

    @Test("Many threads multiply and solve at a time, and none gets another's numbers")
    func threads() {
        let wrong = Mutex(0)
        DispatchQueue.concurrentPerform(iterations: 8) { thread in
            for round in 0..<1_000 {
                let (rows, inner) = (8 + (round * 7 + thread) % 50, 8 + (round * 13 + thread) % 50)
                // Whole numbers, so that every sum is exact in any order.
                let left = Matrix(
                    rows: rows, columns: inner, values: (0..<rows * inner).map { Double(($0 * 31 + thread) % 17) })
                let right = (0..<inner).map { Double(($0 * 5 + round) % 11) }
                let expected = (0..<rows).map { row in (0..<inner).reduce(0) { $0 + left[row, $1] * right[$1] } }
                var definite = Matrix.identity(rows)
                for index in 0..<rows { definite[index, index] = 4 }
                if left * right != expected || definite.solvingPositiveDefinite(expected)! != expected.map({ $0 / 4 }) {
                    wrong.withLock { $0 += 1 }
                }
            }
        }
        #expect(wrong.withLock { $0 } == 0)
    }

    @Test("What is solved for gives back the right side", arguments: UInt64(0)..<10)
    func solving(seed: UInt64) throws {
        let square = drawn(6, 6, seed: seed)
        let truth = drawn(6, 1, seed: seed + 50).values
        #expect(gap(try #require(square.solving(square * truth)), truth) < 1e-8)

        var definite = square.gram
        for index in 0..<6 { definite[index, index] += 1 }
        #expect(gap(try #require(definite.solvingPositiveDefinite(definite * truth)), truth) < 1e-9)
        let inverse = try #require(definite.inverseOfPositiveDefinite)
        #expect(gap((definite * inverse).values, Matrix.identity(6).values) < 1e-9)
        let factor = try #require(definite.choleskyFactor)
        #expect(gap((factor * factor.transposed).values, definite.values) < 1e-9)

        let (values, vectors) = try #require(definite.symmetricEigen)
        for index in 0..<6 {
            #expect(gap(definite * vectors.column(index), vectors.column(index).map { $0 * values[index] }) < 1e-9)
        }
    }

    @Test("Least squares leave a rest at right angles to the columns, also where columns depend on each other")
    func leastSquares() throws {
        var design = drawn(20, 4, seed: 3)
        for row in 0..<20 { design[row, 3] = design[row, 0] - 2 * design[row, 1] }
        let right = drawn(20, 1, seed: 4).values
        let (solution, rank) = try #require(design.leastSquares(right))
        #expect(rank == 3)
        let rest = zip(right, design * solution).map { $0 - $1 }
        #expect(gap(design.transposed * rest, [0, 0, 0, 0]) < 1e-9)
    }

    @Test("What is not positive definite has no Cholesky factor, what is singular no solution")
    func refused() {
        let matrix = Matrix(rows: 2, columns: 2, values: [1, 2, 2, 1])
        #expect(matrix.choleskyFactor == nil)
        #expect(matrix.solvingPositiveDefinite([1, 1]) == nil)
        #expect(Matrix(rows: 2, columns: 2, values: [1, 2, 2, 4]).solving([1, 1]) == nil)
    }
}
