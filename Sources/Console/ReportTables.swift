import WeirReporting

/// Where the figures of a report can be had as files.
enum ReportLinks {
    /// Inside the page, which needs nothing else.
    case embedded
    /// On this server: the report's own address.
    case served(String)

    /// What a link to the table as CSV says in its attributes; nil where the table is too large to stand in a page.
    func csv(_ table: ReportTable) -> HTML? {
        switch self {
        case .served(let path):
            return "href=\"\(path).csv?table=\(percentEncoded(table.name))\""
        case .embedded:
            let text = table.csv
            guard text.utf8.count <= 100_000 else { return nil }
            return "href=\"data:text/csv;charset=utf-8,\(percentEncoded(text))\" download=\"\(table.name).csv\""
        }
    }
}

/// A text as it may stand in an address: all but letters, digits and `-._~` as RFC 3986 has it.
package func percentEncoded(_ text: String) -> String {
    var encoded = ""
    for byte in text.utf8 {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x5f, 0x7e: encoded.unicodeScalars.append(.init(byte))
        default: encoded += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }
    }
    return encoded
}

/// A table in full, with its caption and the link to the same as CSV.
func reportTable(_ table: ReportTable, id: String, links: ReportLinks) -> HTML {
    let caption: HTML? = table.caption.isEmpty ? nil : "<h3 id=\"\(id)-h\">\(table.caption)</h3>"
    let name: HTML = table.caption.isEmpty ? "aria-label=\"Table \(table.name)\"" : "aria-labelledby=\"\(id)-h\""
    return "<div class=\"table\">\(caption)\(tableBody(table, id: id, name: name, links: links))</div>\n"
}

/// A picture's figures, folded away under it.
func chartTwin(_ table: ReportTable, id: String, links: ReportLinks) -> HTML {
    """
    <details class="fold"><summary>Table</summary>\
    \(tableBody(table, id: id, name: "aria-label=\"Table of the picture\"", links: links))</details>
    """
}

/// More rows would make the page slow; the CSV has all.
private let mostRows = 200

private func tableBody(_ table: ReportTable, id: String, name: HTML, links: ReportLinks) -> HTML {
    guard !table.rows.isEmpty else { return "<p>No rows.</p>" }
    let columns = table.columns.indices.map { ReportColumn(table, $0) }
    let head = columns.map { column -> HTML in
        let unit: HTML? = column.headUnit.map { "<small>\($0)</small>" }
        return "<th scope=\"col\"\(column.isText ? "" : " class=\"n\"" as HTML)>\(column.label)\(unit)</th>"
    }
    let rows = table.rows.prefix(mostRows).map { row -> HTML in
        "<tr>\(row.indices.map { columns[$0].html(row[$0], isHead: $0 == 0) })</tr>"
    }
    let csv = links.csv(table).map { "<a class=\"csv\" \($0)>CSV</a>" as HTML }
    let rest: HTML? =
        rows.count < table.rows.count
        ? """
        <span>The first \(rows.count) of \(Figure.whole(table.rows.count)) rows; \
        \(csv == nil ? "--format csv --table \(table.name) gives all" : "the CSV has all").</span>
        """ : nil
    let foot: HTML? = csv == nil && rest == nil ? nil : "<p class=\"table-foot\">\(rest)\(csv)</p>"
    let size = columns.count < 4 ? " few" : columns.count > 6 ? " many" : ""
    return """
        <div class="scroll" tabindex="0" role="region" \(name)><table class="data\(size)"><thead><tr>\(head)</tr></thead>
        <tbody>\(rows)</tbody></table></div>\(foot)
        """
}

/// How one column is written: texts to the left, figures to the right with the same digits below each other.
private struct ReportColumn {
    let label: String
    let isText: Bool
    /// Nil where the cells have several units, each of which then says its own.
    private let figures: ReportFigures?
    let headUnit: String?

    init(_ table: ReportTable, _ index: Int) {
        let label = table.columns[index].label
        self.label = label
        let cells = table.rows.map { $0[index] }
        isText = cells.contains { if case .text = $0 { true } else { false } }
        let quantities = cells.compactMap { if case .quantity(let quantity) = $0 { quantity } else { nil } }
        let isAlike = quantities.allSatisfy { $0.unit == quantities[0].unit }
        figures =
            quantities.isEmpty || !isAlike
            ? nil
            : ReportFigures(
                quantities[0].unit, for: quantities.flatMap { [$0.value, $0.lower, $0.upper].compactMap { $0 } })
        let name = figures.flatMap { ReportFigures.name($0.unit) }
        // A label that already says the unit need not say it twice.
        headUnit = name.flatMap { label.lowercased().contains($0.lowercased()) ? nil : $0 }
    }

    func html(_ cell: ReportTable.Cell, isHead: Bool) -> HTML {
        switch cell {
        case .empty: return isText ? "<td></td>" : "<td class=\"n\"></td>"
        case .text(let text):
            // Long texts may break, short ones stay on one line.
            let isLong = text.count > 40
            if isHead { return "<th scope=\"row\"\(isLong ? " class=\"words\"" as HTML : .empty)>\(text)</th>" }
            return "<td\(isLong ? " class=\"words\"" as HTML : .empty)>\(text)</td>"
        case .quantity(let quantity):
            let own = figures ?? ReportFigures(quantity)
            let value = figures == nil ? own.text(quantity.value) : own.short(quantity.value)
            let range = own.range(quantity, named: figures == nil).map { "<small>\($0)</small>" as HTML }
            return "<td class=\"n\">\(value)\(range)</td>"
        }
    }
}
