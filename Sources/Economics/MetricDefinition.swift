/// What a metric is, whose word that is, and since which version.
package struct MetricDefinition: Sendable, Equatable {
    /// Lower case with underscores, such as `cac`.
    package var name: String
    /// For people.
    package var label: String
    /// Who answers for it.
    package var owner: String
    package var formula: MetricFormula
    /// ≥ 1; a changed formula needs a higher one.
    package var version: Int
    package var unit: Unit
    /// The owner that this one takes the name over from.
    package var replaces: String?

    package enum Unit: String, Sendable, CaseIterable { case money, ratio, share, count, number }

    package init(
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

    /// Whether it is about what would not have come anyway.
    var isIncremental: Bool { formula.columns.contains { $0.hasPrefix("incremental_") } }

    /// Whether it measures the same, whoever owns it.
    func measuresTheSame(as other: MetricDefinition) -> Bool { formula == other.formula && unit == other.unit }

    /// `“cac” version 2 of finance: sum(cost) / count(new_customers)`.
    var told: String { "“\(name)” version \(version) of \(owner): \(formula), in \(unit.rawValue)" }
}
