package import WeirReporting
package import WeirJSON

extension MetricDefinition {
    /// Reads a file of definitions: `{"metrics": [{"name", "owner", "version", "formula", "unit", "label", "replaces"}]}`, of
    /// which the last two may be left out.
    ///
    /// - Parameter file: What messages call it.
    /// - Throws: `MeasurementError` with all that is wrong.
    package static func list(_ json: JSON, file: String) throws(MeasurementError) -> [MetricDefinition] {
        guard let entries = json["metrics"]?.array else {
            throw MeasurementError("“\(file)” has no list “metrics”. Write {\"metrics\": [{\"name\": …}]}.")
        }
        var faults: [String] = []
        var definitions: [MetricDefinition] = []
        for (index, entry) in entries.enumerated() {
            let place = "“\(file)”, metric \(index + 1)"
            var reader = MetricReader(entry: entry, place: place)
            let definition = reader.read()
            faults += reader.faults
            if let definition { definitions.append(definition) }
        }
        guard faults.isEmpty else { throw MeasurementError(faults) }
        return definitions
    }
}

/// Reads one definition and keeps all that is wrong with it.
private struct MetricReader {
    let entry: JSON
    let place: String
    var faults: [String] = []

    mutating func read() -> MetricDefinition? {
        let known = ["name", "label", "owner", "version", "formula", "unit", "replaces"]
        for member in entry.members ?? [] where !known.contains(member.name) {
            faults.append("\(place): “\(member.name)” is not known. Known: \(known.joined(separator: ", ")).")
        }
        let name = text("name")
        if let name, !name.allSatisfy({ $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "_") }) {
            faults.append("\(place): the name “\(name)” must be of lower-case letters, digits and underscores.")
        }
        let owner = text("owner")
        let version = entry["version"]?.integer ?? 0
        if version < 1 || version > 1_000_000 {
            faults.append("\(place), “version”: it must be a whole number from 1.")
        }
        let unit = text("unit").flatMap { unit -> MetricDefinition.Unit? in
            let found = MetricDefinition.Unit(rawValue: unit)
            if found == nil {
                let all = MetricDefinition.Unit.allCases.map(\.rawValue).joined(separator: ", ")
                faults.append("\(place): the unit “\(unit)” is not known. Known: \(all).")
            }
            return found
        }
        var formula: MetricFormula?
        if let text = text("formula") {
            do throws(MeasurementError) { formula = try MetricFormula(text) } catch {
                faults += error.faults.map { "\(place): \($0)" }
            }
        }
        guard faults.isEmpty, let name, let owner, let formula, let unit else { return nil }
        return MetricDefinition(
            name: name, label: entry["label"]?.string, owner: owner, formula: formula, version: Int(version),
            unit: unit,
            replaces: entry["replaces"]?.string)
    }

    private mutating func text(_ name: String) -> String? {
        guard let text = entry[name]?.string, !text.isEmpty else {
            faults.append("\(place): “\(name)” is missing. Add it as text.")
            return nil
        }
        return text
    }
}
