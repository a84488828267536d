extension BatchModel {
    /// Why a row has its margin: what each column adds to the margin of a mean row.
    ///
    /// Of trees these are SHAP values. Where a forest's votes are not margins, they are stretched alike, so that they
    /// add up to the margin and keep their proportions. Of a linear score each is weight × (value − training mean) ÷
    /// scale, and of a category the weight of its level.
    ///
    /// - Parameter row: One value per column.
    /// - Returns: The margin of the mean, and one addend per column; together `margin(row)`.
    public func contributions(_ row: UnsafeBufferPointer<Float>) -> (base: Double, columns: [Double]) {
        switch form {
        case .linear(let score):
            return (score.bias, score.terms.indices.map { score.contribution($0, row[$0]) })
        case .trees(let trees):
            let (mean, shares) = trees.sharesOfSum(row)
            guard trees.sum == .probability else { return (mean, shares) }
            let base = trees.margin(ofSum: mean)
            let total = shares.reduce(0, +)
            // Shares that cancel out leave nothing to stretch: the row has the mean vote.
            guard abs(total) > 1e-12 else { return (base, shares.map { _ in 0 }) }
            let stretch = (trees.margin(ofSum: mean + total) - base) / total
            return (base, shares.map { $0 * stretch })
        }
    }
}
