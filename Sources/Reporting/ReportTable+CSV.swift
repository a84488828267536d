extension ReportTable {
    /// As RFC 4180 has it, for BI tools: numbers in full; a column whose cells have ranges becomes three, `x`, `x_lower`
    /// and `x_upper`. Texts that a spreadsheet would run as a formula get an apostrophe in front.
    package var csv: String {
        let hasRange = columns.indices.map { column in
            rows.contains { if case .quantity(let quantity) = $0[column] { quantity.lower != nil } else { false } }
        }
        let head = columns.indices.flatMap { column in
            let name = Self.field(columns[column].name)
            return hasRange[column] ? [name, name + "_lower", name + "_upper"] : [name]
        }
        let lines = rows.map { row in
            row.indices.flatMap { Self.cells(row[$0], hasRange: hasRange[$0]) }.joined(separator: ",")
        }
        return ([head.joined(separator: ",")] + lines).joined(separator: "\r\n") + "\r\n"
    }

    private static func cells(_ cell: Cell, hasRange: Bool) -> [String] {
        let rest = hasRange ? ["", ""] : []
        switch cell {
        case .text(let text): return [field(text)] + rest
        case .empty: return [""] + rest
        case .quantity(let quantity):
            let ends = hasRange ? [quantity.lower, quantity.upper].map { $0.map(number) ?? "" } : []
            return [number(quantity.value)] + ends
        }
    }

    private static func number(_ value: Double) -> String {
        guard value.isFinite else { return "" }
        return value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : "\(value)"
    }

    private static func field(_ text: String) -> String {
        let risky: Set<Character> = ["=", "+", "-", "@", "\t", "\r"]
        let safe = text.first.map(risky.contains) == true ? "'" + text : text
        guard safe.contains(where: { $0 == "\"" || $0 == "," || $0.isNewline }) else { return safe }
        return "\"" + safe.replacing("\"", with: "\"\"") + "\""
    }
}
