/// A weighted sum of standardised columns: the served form of linear and logistic regression.
public struct LinearScore: Sendable, Hashable, Codable {
    public enum Term: Sendable, Hashable, Codable {
        /// weight × (value − center) ÷ scale, or `missing` where there is no value.
        case number(center: Double, scale: Double, weight: Double, missing: Double)
        /// The weight of the level, or `missing` where it is not known.
        case category(weights: [Double], missing: Double)
    }

    public var bias: Double
    /// One per column.
    public var terms: [Term]

    public init(bias: Double, terms: [Term]) {
        self.bias = bias
        self.terms = terms
    }

    /// What a column adds to the margin.
    public func contribution(_ column: Int, _ value: Float) -> Double {
        switch terms[column] {
        case .number(let center, let scale, let weight, let missing):
            return value.isNaN ? missing : weight * (Double(value) - center) / scale
        case .category(let weights, let missing):
            guard !value.isNaN, let level = Int(exactly: value), weights.indices.contains(level) else { return missing }
            return weights[level]
        }
    }

    /// - Parameter row: One value per column.
    public func margin(_ row: UnsafeBufferPointer<Float>) -> Double {
        var sum = bias
        for column in terms.indices { sum += contribution(column, row[column]) }
        return sum
    }
}
