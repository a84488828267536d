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

extension EconomicRows {
    /// A way to tell rows apart.
    public struct Dimension: Sendable, Equatable {
        public var name: String
        public var levels: [String]
        /// By row; index into `levels`, nil where the row belongs to none.
        public var codes: [Int?]

        public init(name: String, levels: [String], codes: [Int?]) {
            self.name = name
            self.levels = levels
            self.codes = codes
        }
    }
}
