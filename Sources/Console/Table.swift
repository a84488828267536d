package import WeirDomain

/// The figures of a picture as rows: shown under it, and sent as CSV.
package struct Table: Sendable, Equatable {
    package enum Cell: Sendable, Equatable {
        case text(String)
        case number(Double, digits: Int)
        case count(Int)
        case money(Money)
        case time(Timestamp)
        case empty
    }

    /// The file's name without `.csv`; letters and hyphens.
    package let name: String
    package let columns: [String]
    /// Each as long as `columns`.
    package let rows: [[Cell]]

    package init(name: String, columns: [String], rows: [[Cell]]) {
        precondition(rows.allSatisfy { $0.count == columns.count }, "A row of table \(name) has too many or few cells.")
        self.name = name
        self.columns = columns
        self.rows = rows
    }
}

/// The table as RFC 4180 has it: CRLF, quotes where needed, numbers and times in full and without separators.
///
/// Texts that a spreadsheet would run as a formula get an apostrophe in front, since customers choose some of them.
package func csv(_ table: Table) -> String {
    var lines = [table.columns.map(csvText).joined(separator: ",")]
    for row in table.rows {
        lines.append(row.map(csvCell).joined(separator: ","))
    }
    return lines.joined(separator: "\r\n") + "\r\n"
}

private func csvCell(_ cell: Table.Cell) -> String {
    switch cell {
    case .text(let text): csvText(text)
    case .number(let value, let digits): Figure.plain(value, digits: digits)
    case .count(let count): String(count)
    case .money(let amount): amount.decimal
    case .time(let moment): moment.iso8601
    case .empty: ""
    }
}

private func csvText(_ text: String) -> String {
    let risky: Set<UInt8> = [0x3d, 0x2b, 0x2d, 0x40, 0x09, 0x0d]
    let safe = text.utf8.first.map(risky.contains) == true ? "'" + text : text
    let needsQuotes = safe.utf8.contains { $0 == 0x22 || $0 == 0x2c || $0 == 0x0a || $0 == 0x0d }
    guard needsQuotes else { return safe }
    return "\"" + safe.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
}

/// The table folded away under its picture, with the link to the same as CSV.
///
/// - Parameters:
///   - id: Unique on the page, so that it stays open when the section is replaced.
///   - link: Where the CSV is; nil means `/console/now/<name>.csv`.
func twin(_ table: Table, id: String, link: String? = nil) -> HTML {
    let head = table.columns.map { column -> HTML in "<th scope=\"col\">\(column)</th>" }
    let shown = thinned(table.rows, to: 24)
    let body = shown.map { row -> HTML in "<tr>\(row.map(tableCell))</tr>" }
    let rest: HTML? =
        shown.count < table.rows.count ? "<p>\(shown.count) of \(table.rows.count) rows; the CSV has all.</p>" : nil
    return """
        <div class="twin"><details id="\(id)"><summary>Table</summary>
        <div class="scroll" tabindex="0" role="region" aria-label="Table \(table.name)"><table class="data">
        <thead><tr>\(head)</tr></thead><tbody>\(body)</tbody></table></div>\(rest)</details>
        <a class="csv" href="\(link ?? "/console/now/\(table.name).csv")">CSV</a></div>
        """
}

private func tableCell(_ cell: Table.Cell) -> HTML {
    switch cell {
    case .text(let text): "<td>\(text)</td>"
    case .number(let value, let digits): "<td class=\"n\">\(Figure.decimal(value, digits: digits))</td>"
    case .count(let count): "<td class=\"n\">\(Figure.whole(count))</td>"
    case .money(let amount):
        "<td class=\"n\">\(Figure.decimal(amount.majorUnits, digits: amount.currency.minorDigits))</td>"
    case .time(let moment): "<td>\(Figure.fullDate(moment)), \(Figure.clockWithSeconds(moment))</td>"
    case .empty: "<td></td>"
    }
}
