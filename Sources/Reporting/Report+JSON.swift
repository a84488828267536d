package import WeirJSON

extension Report {
    /// For programs: figures by name with `value`, and `lower`, `upper` and `confidence` where there is a range; tables by
    /// name as arrays of objects. A figure that cannot be said is null. `void` lists why nobody should act on the figures.
    package var json: JSON {
        [
            "kind": .string(kind), "title": .string(title), "understood": .string(understood),
            "conclusion": list(conclusion), "void": list(doubts.compactMap(\.voiding)), "warnings": list(warnings),
            "figures": .object(figures.map { JSON.Member($0.name, $0.quantity.json) }),
            "tables": .object(tables.map { JSON.Member($0.name, $0.json) }),
            "assumptions": list(assumptions), "data": list(data),
        ]
    }

    private func list(_ texts: [String]) -> JSON { .array(texts.map { .string($0) }) }
}

extension ReportTable {
    /// One object per row.
    package var json: JSON {
        .array(
            rows.map { row in
                .object(zip(columns, row).map { column, cell in JSON.Member(column.name, cell.json) })
            })
    }
}

extension ReportTable.Cell {
    var json: JSON {
        switch self {
        case .text(let text): .string(text)
        // A cell without a range is a bare number, so that tables stay easy to use.
        case .quantity(let quantity): quantity.lower == nil ? finite(quantity.value) : quantity.json
        case .empty: .null
        }
    }
}

extension Quantity {
    var json: JSON {
        var members = [JSON.Member("value", finite(value))]
        if let lower, let upper {
            members += [
                JSON.Member("lower", finite(lower)), JSON.Member("upper", finite(upper)),
                JSON.Member("confidence", .number(confidence)),
            ]
        }
        if let name = unit.name { members.append(JSON.Member("unit", .string(name))) }
        return .object(members)
    }
}

private func finite(_ value: Double) -> JSON { value.isFinite ? .number(value) : .null }

extension Quantity.Unit {
    /// Nil for a plain number.
    var name: String? {
        switch self {
        case .number: nil
        case .count: "count"
        case .percent, .points: "share"
        case .money(let currency): currency
        case .probability: "probability"
        case .ratio: "ratio"
        case .seconds: "seconds"
        case .days: "days"
        case .named(let name): name
        }
    }
}
