extension Report {
    /// For a terminal: the answer first, then doubts, figures, tables and what was assumed. Pictures are left out.
    package var text: String {
        var lines = [title, String(repeating: "=", count: title.count)]
        if !understood.isEmpty { lines += ["Understood: " + understood, ""] }
        lines += conclusion
        if !warnings.isEmpty { lines += [""] + warnings.map { "! " + $0 } }
        if !figures.isEmpty {
            let width = figures.map(\.label.count).max() ?? 0
            lines += [""] + figures.map { "\(padded($0.label, width))  \($0.quantity.text)" }
        }
        for section in sections where !section.text.isEmpty || !section.tables.isEmpty {
            lines += ["", section.title, String(repeating: "-", count: section.title.count)] + section.text
            for table in section.tables { lines += [""] + table.lines }
        }
        if !assumptions.isEmpty { lines += ["", "Assumed"] + assumptions.map { "- " + $0 } }
        if !data.isEmpty { lines += ["", "Data"] + data.map { "- " + $0 } }
        return lines.joined(separator: "\n") + "\n"
    }
}

extension ReportTable {
    /// Columns aligned: texts to the left, figures to the right.
    var lines: [String] {
        let texts = rows.map { $0.map(\.text) }
        let widths = columns.indices.map { column in
            max(columns[column].label.count, texts.map { $0[column].count }.max() ?? 0)
        }
        let isText = columns.indices.map { column in
            rows.contains { if case .text = $0[column] { true } else { false } }
        }
        func line(_ cells: [String]) -> String {
            let parts = cells.indices.map { padded(cells[$0], widths[$0], left: isText[$0]) }
            return parts.joined(separator: "  ").replacing(#/\s+$/#, with: "")
        }
        return (caption.isEmpty ? [] : [caption]) + [line(columns.map(\.label))] + texts.map(line)
    }
}

extension ReportTable.Cell {
    /// As people read it.
    package var text: String {
        switch self {
        case .text(let text): text
        case .quantity(let quantity): quantity.text
        case .empty: ""
        }
    }
}

private func padded(_ text: String, _ width: Int, left: Bool = true) -> String {
    let space = String(repeating: " ", count: max(0, width - text.count))
    return left ? text + space : space + text
}
