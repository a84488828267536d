/// Numbers in rows and columns, kept by column as LAPACK has them.
public struct Matrix: Sendable, Equatable {
    public let rows: Int
    public let columns: Int
    /// Column after column, rows × columns numbers.
    public var values: [Double]

    public init(rows: Int, columns: Int, repeating value: Double = 0) {
        self.init(rows: rows, columns: columns, values: [Double](repeating: value, count: rows * columns))
    }

    /// - Parameter values: Column after column.
    public init(rows: Int, columns: Int, values: [Double]) {
        precondition(rows >= 0 && columns >= 0 && values.count == rows * columns, "rows × columns numbers")
        self.rows = rows
        self.columns = columns
        self.values = values
    }

    /// - Parameter columns: All of the same length; at least one.
    public init(columns: [[Double]]) {
        precondition(Set(columns.map(\.count)).count == 1, "columns of equal length")
        self.init(rows: columns[0].count, columns: columns.count, values: Array(columns.joined()))
    }

    public static func identity(_ count: Int) -> Matrix {
        var matrix = Matrix(rows: count, columns: count)
        for index in 0..<count { matrix[index, index] = 1 }
        return matrix
    }

    @inlinable
    public subscript(row: Int, column: Int) -> Double {
        get { values[column * rows + row] }
        set { values[column * rows + row] = newValue }
    }

    public func column(_ index: Int) -> [Double] { Array(values[index * rows..<(index + 1) * rows]) }
    public func row(_ index: Int) -> [Double] { (0..<columns).map { self[index, $0] } }

    public var transposed: Matrix {
        var result = Matrix(rows: columns, columns: rows)
        for column in 0..<columns { for row in 0..<rows { result[column, row] = self[row, column] } }
        return result
    }

    /// Some of the rows, in the order asked for.
    public func selecting(rows chosen: [Int]) -> Matrix {
        Matrix(rows: chosen.count, columns: columns, values: (0..<columns).flatMap { c in chosen.map { self[$0, c] } })
    }

    /// Some of the columns, in the order asked for.
    public func selecting(columns chosen: [Int]) -> Matrix {
        Matrix(rows: rows, columns: chosen.count, values: chosen.flatMap(column))
    }
}
