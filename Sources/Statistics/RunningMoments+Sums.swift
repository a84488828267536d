extension RunningMoments {
    /// From figures that were gathered otherwise.
    ///
    /// - Parameters:
    ///   - count: ≥ 0.
    ///   - mean: 0 where there are no values.
    ///   - squares: Sum of the squared distances from the mean; ≥ 0.
    public init(count: Int, mean: Double, squares: Double) {
        self.init()
        self.count = count
        self.mean = mean
        self.squares = squares
    }
}
