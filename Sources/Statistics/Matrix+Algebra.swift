import CLAPACK
import Synchronization

/// Runs what calls into BLAS or LAPACK, one call at a time where the library needs that.
///
/// OpenBLAS built without threads hands out its work space without a lock: two calls at a time now and then give a wrong
/// product. Built with threads it does lock.
private func withLibrary<Result>(_ body: () -> Result) -> Result {
    isShareable ? body() : library.withLock { _ in body() }
}

private let isShareable = openblas_get_parallel() != 0
private let library = Mutex(())

extension Matrix {
    /// The matrix product, by BLAS.
    public static func * (left: Matrix, right: Matrix) -> Matrix { product(left, right) }

    /// left · right, or with one of them transposed, without making the transpose.
    public static func product(
        _ left: Matrix, _ right: Matrix, transposingLeft: Bool = false, transposingRight: Bool = false
    ) -> Matrix {
        let (rows, inner) = transposingLeft ? (left.columns, left.rows) : (left.rows, left.columns)
        let (other, columns) = transposingRight ? (right.columns, right.rows) : (right.rows, right.columns)
        precondition(inner == other, "columns of the left are rows of the right")
        var result = Matrix(rows: rows, columns: columns)
        guard rows > 0, columns > 0, inner > 0 else { return result }
        withLibrary {
            cblas_dgemm(
                CblasColMajor, transposingLeft ? CblasTrans : CblasNoTrans,
                transposingRight ? CblasTrans : CblasNoTrans, Int32(rows), Int32(columns), Int32(inner), 1,
                left.values, Int32(left.rows), right.values, Int32(right.rows), 0, &result.values, Int32(rows))
        }
        return result
    }

    public static func * (left: Matrix, right: [Double]) -> [Double] {
        product(left, Matrix(rows: right.count, columns: 1, values: right)).values
    }

    /// Columns' inner products: Xᵀ·X.
    public var gram: Matrix { .product(self, self, transposingLeft: true) }

    // MARK: Solving

    /// x in A·x = b for a symmetric positive definite A, by Cholesky; nil where it is not positive definite.
    ///
    /// - Complexity: O(rows³).
    public func solvingPositiveDefinite(_ right: Matrix) -> Matrix? {
        precondition(rows == columns && right.rows == rows, "a square matrix and a right side as high")
        var (factor, solution) = (self, right)
        let status = withLibrary {
            LAPACKE_dposv(
                LAPACK_COL_MAJOR, CChar(UInt8(ascii: "L")), Int32(rows), Int32(right.columns), &factor.values,
                Int32(max(1, rows)), &solution.values, Int32(max(1, rows)))
        }
        return status == 0 ? solution : nil
    }

    public func solvingPositiveDefinite(_ right: [Double]) -> [Double]? {
        solvingPositiveDefinite(Matrix(rows: right.count, columns: 1, values: right))?.values
    }

    /// The inverse of a symmetric positive definite matrix; nil where it is not positive definite.
    public var inverseOfPositiveDefinite: Matrix? { solvingPositiveDefinite(.identity(rows)) }

    /// The lower Cholesky factor L of A = L·Lᵀ, zeros above the diagonal; nil where A is not positive definite.
    public var choleskyFactor: Matrix? {
        precondition(rows == columns, "a square matrix")
        var factor = self
        let status = withLibrary {
            LAPACKE_dpotrf(LAPACK_COL_MAJOR, CChar(UInt8(ascii: "L")), Int32(rows), &factor.values, Int32(max(1, rows)))
        }
        guard status == 0 else { return nil }
        for column in 0..<columns { for row in 0..<column { factor[row, column] = 0 } }
        return factor
    }

    /// x in A·x = b for any square A, by LU with pivoting; nil where it is singular.
    public func solving(_ right: [Double]) -> [Double]? {
        precondition(rows == columns && right.count == rows, "a square matrix and a right side as high")
        var (factor, solution) = (self, right)
        var pivots = [Int32](repeating: 0, count: rows)
        let status = withLibrary {
            LAPACKE_dgesv(
                LAPACK_COL_MAJOR, Int32(rows), 1, &factor.values, Int32(max(1, rows)), &pivots, &solution,
                Int32(max(1, rows)))
        }
        return status == 0 ? solution : nil
    }

    /// The shortest x that minimises ‖A·x − b‖, by singular values, so that columns may depend on each other.
    ///
    /// - Returns: x, and how many columns are independent; nil where the iteration fails.
    public func leastSquares(_ right: [Double]) -> (solution: [Double], rank: Int)? {
        precondition(right.count == rows, "a right side as high")
        let height = max(rows, columns)
        var (matrix, solution) = (self, right + [Double](repeating: 0, count: height - rows))
        var singular = [Double](repeating: 0, count: max(1, min(rows, columns)))
        var rank: Int32 = 0
        let status = withLibrary {
            LAPACKE_dgelsd(
                LAPACK_COL_MAJOR, Int32(rows), Int32(columns), 1, &matrix.values, Int32(max(1, rows)), &solution,
                Int32(max(1, height)), &singular, 1e-12, &rank)
        }
        return status == 0 ? (Array(solution[..<columns]), Int(rank)) : nil
    }

    /// Eigenvalues of a symmetric matrix, ascending, with their vectors as columns; nil where the iteration fails.
    public var symmetricEigen: (values: [Double], vectors: Matrix)? {
        precondition(rows == columns, "a square matrix")
        var vectors = self
        var values = [Double](repeating: 0, count: rows)
        let status = withLibrary {
            LAPACKE_dsyev(
                LAPACK_COL_MAJOR, CChar(UInt8(ascii: "V")), CChar(UInt8(ascii: "L")), Int32(rows), &vectors.values,
                Int32(max(1, rows)), &values)
        }
        return status == 0 ? (values, vectors) : nil
    }
}
