/// What an experiment tells of a whole group of customers, which days cannot hold: the group's sum with its error.
public struct GroupEffect: Sendable, Equatable {
    /// What formulas call it, such as `incremental_revenue`.
    public var measure: String
    /// Nil for all rows together.
    public var dimension: String?
    /// Of the dimension; not looked at for all rows.
    public var level: String
    public var value: Double
    /// > 0, of `value`.
    public var standardError: Double

    public init(
        measure: String, dimension: String? = nil, level: String = "all", value: Double, standardError: Double
    ) {
        self.measure = measure
        self.dimension = dimension
        self.level = level
        self.value = value
        self.standardError = standardError
    }
}
