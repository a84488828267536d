import WeirReporting
import WeirEconomics
import Testing
import WeirJSON

@Suite("Definitions of metrics")
struct EconomicsRegistryTests {
    static func definition(
        _ formula: String, name: String = "cac", owner: String = "finance", version: Int = 1,
        unit: MetricDefinition.Unit = .money, replaces: String? = nil
    ) throws -> MetricDefinition {
        MetricDefinition(
            name: name, owner: owner, formula: try MetricFormula(formula), version: version, unit: unit,
            replaces: replaces)
    }

    @Test(
        "A formula that cannot be read is refused, with the place",
        arguments: [
            ("", "character 1: a value is missing"), ("sum(spend", "“)” is missing"), ("sum(spend))", "character 11"),
            ("total(spend)", "“total” is not known"), ("sum()", "the name of a column is missing"),
            ("1..2", "“1..2” is no number"),
            ("sum(a) sum(b)", "character 8: “s” does not belong here"), ("sum(a) +", "character 9: a value is missing"),
            ("spend / 2", "“spend” is not known"),
        ])
    func wrongFormulas(text: String, fault: String) {
        let error = #expect(throws: MeasurementError.self) { try MetricFormula(text) }
        #expect(error?.description.contains(fault) == true, "\(error?.description ?? "")")
    }

    @Test("Spaces do not make another formula, another order does")
    func equality() throws {
        #expect(try MetricFormula("sum(a)/count(b)") == MetricFormula(" sum( a ) / count(b)"))
        #expect(try MetricFormula("sum(a)/count(b)") != MetricFormula("count(b)/sum(a)"))
        #expect(try MetricFormula("sum(a)/sum(b)") != MetricFormula("sum(a)/sum(c)"))
        #expect(try MetricFormula("sum(a)") != MetricFormula("count(a)"))
    }

    @Test("Parentheses nest up to 50 levels, no deeper")
    func depth() throws {
        func nested(_ levels: Int) -> String {
            String(repeating: "(", count: levels) + "1" + String(repeating: ")", count: levels)
        }
        #expect(throws: Never.self) { try MetricFormula(nested(49)) }
        #expect(throws: MeasurementError.self) { try MetricFormula(nested(50)) }
    }

    @Test("Two definitions of one name are refused, naming both owners and versions; nothing is then changed")
    func conflict() throws {
        var registry = MetricRegistry.standard
        let before = registry.definitions
        let error = #expect(throws: MeasurementError.self) {
            try registry.define([
                Self.definition("sum(cost) / sum(margin)", name: "payback"),
                Self.definition("sum(spend) / count(orders)"),
            ])
        }
        #expect(error?.description.contains("“cac” version 1 of weir") == true)
        #expect(error?.description.contains("“cac” version 1 of finance") == true)
        #expect(registry.definitions == before)
        // A version of another owner is no newer version of the same thing.
        #expect(throws: MeasurementError.self) {
            try registry.define([Self.definition("sum(spend) / count(orders)", version: 2)])
        }
    }

    @Test(
        "The same owner may change a name's meaning with a higher version, and with no other", arguments: [0, 1, 2, 3])
    func versions(version: Int) throws {
        var registry = MetricRegistry()
        try registry.define([Self.definition("sum(spend) / count(orders)", version: 2)])
        let changed = try Self.definition("sum(cost) / count(orders)", version: version)
        if version == 2 {
            #expect(throws: MeasurementError.self) { try registry.define([changed]) }
            return
        }
        try registry.define([changed])
        #expect(registry.definitions.map(\.version) == [max(2, version)])
        #expect(registry.changes.count == 1)
        #expect(registry.changes[0].contains(version > 2 ? "replaces" : "is older than version 2"))
    }

    @Test("Another owner takes a name over by saying whose it was; the same definition twice is one")
    func takingOver() throws {
        var registry = MetricRegistry.standard
        try registry.define([Self.definition("sum(spend) / count(orders)", replaces: "weir")])
        #expect(registry.definitions.first { $0.name == "cac" }?.owner == "finance")
        #expect(registry.definitions.count == MetricRegistry.standard.definitions.count)
        #expect(registry.changes.count == 1)
        try registry.define([Self.definition("sum(spend)/count(orders)")])
        #expect(registry.changes.count == 1)
    }

    @Test("A file of definitions is read, or refused with all that is wrong")
    func file() throws {
        let good = try JSON(
            parsing: """
                {"metrics": [{"name": "aov", "label": "Average order", "owner": "sales", "version": 3,
                "formula": "sum(revenue) / count(orders)", "unit": "money"}]}
                """)
        let list = try MetricDefinition.list(good, file: "m.json")
        #expect(list.count == 1 && list[0].version == 3 && list[0].label == "Average order" && list[0].unit == .money)
        let bad = try JSON(
            parsing: """
                {"metrics": [{"name": "AOV", "version": 0, "formula": "x", "unit": "euro", "colour": "red"}]}
                """)
        let error = #expect(throws: MeasurementError.self) { try MetricDefinition.list(bad, file: "m.json") }
        #expect(error?.faults.count == 6)
        for part in ["“AOV”", "“owner” is missing", "“version”", "“euro”", "“x” is not known", "“colour”"] {
            #expect(error?.description.contains(part) == true)
        }
        #expect(throws: MeasurementError.self) { try MetricDefinition.list([:], file: "m.json") }
    }
}
