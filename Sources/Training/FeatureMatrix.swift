package import WeirLearning

/// Rows of features to train on or to predict for.
package struct FeatureMatrix: Sendable {
    package var columns: [BatchModel.Column]
    package private(set) var rows: Int
    /// Row-major, rows × columns; NaN where a value is missing, the level's index for a category.
    package var values: ContiguousArray<Float>

    /// - Parameter values: As many as whole rows need.
    package init(columns: [BatchModel.Column], values: ContiguousArray<Float>) {
        precondition(!columns.isEmpty && values.count.isMultiple(of: columns.count), "rows must be whole")
        self.columns = columns
        self.values = values
        rows = values.count / columns.count
    }

    package func row<Result>(_ index: Int, _ body: (UnsafeBufferPointer<Float>) -> Result) -> Result {
        values.withUnsafeBufferPointer {
            body(UnsafeBufferPointer(rebasing: $0[index * columns.count..<(index + 1) * columns.count]))
        }
    }

    /// The rows at these positions, in that order.
    package func rows(_ positions: some Sequence<Int>) -> FeatureMatrix {
        var chosen = ContiguousArray<Float>()
        for position in positions { chosen += values[position * columns.count..<(position + 1) * columns.count] }
        return FeatureMatrix(columns: columns, values: chosen)
    }
}
