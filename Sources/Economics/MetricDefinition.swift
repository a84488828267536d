/// What a metric is, whose word that is, and since which version.
public struct MetricDefinition: Sendable, Equatable {
    /// Lower case with underscores, such as `cac`.
    public var name: String
    /// For people.
    public var label: String
    /// Who answers for it.
    public var owner: String
    public var formula: MetricFormula
    /// ≥ 1; a changed formula needs a higher one.
    public var version: Int
    public var unit: Unit
    /// The owner that this one takes the name over from.
    public var replaces: String?

    public enum Unit: String, Sendable, CaseIterable { case money, ratio, share, count, number }

    public init(
        name: String, label: String? = nil, owner: String, formula: MetricFormula, version: Int = 1, unit: Unit,
        replaces: String? = nil
    ) {
        self.name = name
        self.label = label ?? name
        self.owner = owner
        self.formula = formula
        self.version = version
        self.unit = unit
        self.replaces = replaces
    }

    /// Whether it measures the same, whoever owns it.
    func measuresTheSame(as other: MetricDefinition) -> Bool { formula == other.formula && unit == other.unit }

    /// `“cac” version 2 of finance: sum(cost) / count(new_customers)`.
    var told: String { "“\(name)” version \(version) of \(owner): \(formula), in \(unit.rawValue)" }
}
