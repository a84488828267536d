package import WeirReporting

/// One definition for each name of a metric.
package struct MetricRegistry: Sendable {
    /// In force, in the order in which their names came.
    package private(set) var definitions: [MetricDefinition] = []
    /// Which versions replaced which, as sentences.
    package private(set) var changes: [String] = []

    package init() {}

    /// Takes definitions on, all or none.
    ///
    /// A name has one meaning: another formula or unit under it needs a higher version by the same owner, or says whose
    /// definition it replaces.
    ///
    /// - Throws: `MeasurementError` with all conflicts, each naming both definitions.
    package mutating func define(_ added: [MetricDefinition]) throws(MeasurementError) {
        var result = self
        var faults: [String] = []
        for definition in added {
            guard let place = result.definitions.firstIndex(where: { $0.name == definition.name }) else {
                result.definitions.append(definition)
                continue
            }
            let known = result.definitions[place]
            if let conflict = Self.conflict(of: definition, with: known) {
                faults.append(conflict)
            } else if definition.version > known.version || definition.replaces == known.owner {
                result.definitions[place] = definition
                result.changes.append("\(definition.told), replaces \(known.told).")
            } else if definition.version < known.version {
                result.changes.append("\(definition.told), is older than version \(known.version) and not used.")
            }
        }
        guard faults.isEmpty else { throw MeasurementError(faults) }
        self = result
    }

    private static func conflict(of new: MetricDefinition, with known: MetricDefinition) -> String? {
        if new.owner == known.owner {
            guard new.version == known.version, !new.measuresTheSame(as: known) else { return nil }
            return
                "Two definitions of one metric: \(known.told); and \(new.told). Give the newer one a higher version, or another name."
        }
        guard new.replaces != known.owner, !(new.measuresTheSame(as: known) && new.version == known.version) else {
            return nil
        }
        return
            "Two definitions of one metric: \(known.told); and \(new.told). Give one of them another name, or let the one that holds say “replaces”: “\(known.owner)”."
    }

    /// The definitions that come with the program, in the same form as those of a file.
    package static let standard: MetricRegistry = {
        let all: [(String, String, String, MetricDefinition.Unit)] = [
            ("conversion_rate", "Conversion rate", "count(orders) / count(visits)", .share),
            ("offer_conversion_rate", "Conversion rate of offers", "count(conversions) / count(offers)", .share),
            ("engagement", "Engagement", "count(engaged) / count(messages)", .share),
            ("churn", "Churn", "count(churned) / count(active_customers)", .share),
            ("cac", "Cost of a new customer", "sum(cost) / count(new_customers)", .money),
            ("cost_per_conversion", "Cost per conversion", "sum(cost) / count(conversions)", .money),
            ("roas", "Return on spend", "sum(revenue) / sum(cost)", .ratio),
            ("incremental_roas", "Incremental return on spend", "sum(incremental_revenue) / sum(cost)", .ratio),
            ("return_on_cost", "Margin per unit of cost", "sum(margin) / sum(cost)", .ratio),
            (
                "incremental_return_on_cost", "Incremental margin per unit of cost",
                "sum(incremental_margin) / sum(cost)",
                .ratio
            ),
            ("clv", "Lifetime value", "sum(lifetime_value) / count(new_customers)", .money),
            ("clv_lift", "Lifetime value lift", "sum(incremental_lifetime_value) / count(new_customers)", .money),
            ("clv_to_cac", "Lifetime value per cost", "sum(lifetime_value) / sum(cost)", .ratio),
            ("contribution_margin", "Contribution margin", "sum(margin) - sum(cost)", .money),
            ("contribution_share", "Contribution of revenue", "(sum(margin) - sum(cost)) / sum(revenue)", .share),
        ]
        var registry = MetricRegistry()
        for (name, label, formula, unit) in all {
            // The texts above are constants, which a test reads.
            guard let formula = try? MetricFormula(formula) else {
                preconditionFailure("“\(name)” has a wrong formula")
            }
            registry.definitions.append(
                MetricDefinition(name: name, label: label, owner: "weir", formula: formula, unit: unit))
        }
        return registry
    }()
}
