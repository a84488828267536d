/// What an experiment tells of a whole group of customers, which days cannot hold: the group's sum with its error.
package struct GroupEffect: Sendable, Equatable {
    /// What formulas call it, such as `incremental_revenue`.
    package var measure: String
    /// Nil for all rows together.
    package var dimension: String?
    /// Of the dimension; not looked at for all rows.
    package var level: String
    package var value: Double
    /// > 0, of `value`.
    package var standardError: Double

    package init(
        measure: String, dimension: String? = nil, level: String = "all", value: Double, standardError: Double
    ) {
        self.measure = measure
        self.dimension = dimension
        self.level = level
        self.value = value
        self.standardError = standardError
    }
}
