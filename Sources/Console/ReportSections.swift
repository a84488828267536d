import WeirReporting

/// The parts of a report in the order of reading: the answer, its doubts and figures, what lies behind, what was assumed.
func reportContent(_ report: Report, links: ReportLinks) -> HTML {
    let sections = report.sections.enumerated().map { reportSection($1, index: $0, report, links) }
    return """
        \(reportAnswer(report))
        \(reportTiles(report.figures))
        \(sections)\(reportGround(report))
        """
}

private func reportAnswer(_ report: Report) -> HTML {
    let rest = report.conclusion.dropFirst().map { "<p class=\"lead\">\(unbroken($0))</p>" as HTML }
    let answer: HTML? = report.conclusion.first.map { "<p class=\"answer\">\(unbroken($0))</p>" }
    let warnings: HTML? =
        report.warnings.isEmpty
        ? nil
        : "<ul class=\"needs\" aria-label=\"Doubts\">\(report.warnings.map { "<li><b>Doubt</b> \(unbroken($0))</li>" as HTML })</ul>"
    let understood: HTML? =
        report.understood.isEmpty ? nil : "<p class=\"words\"><b>Understood</b> \(unbroken(report.understood))</p>"
    return """
        <header class="answer-part"><p class="kicker">\(reportKind(report.kind))</p><h1>\(report.title)</h1>
        \(understood)\(answer)\(rest)\(warnings)</header>
        """
}

/// A sentence whose figures stay on one line with their signs.
func unbroken(_ sentence: String) -> String {
    sentence.replacing(" %", with: "\u{a0}%").replacing(" ×", with: "\u{a0}×")
}

/// `geo-lift` as people say it: `Geo lift`.
func reportKind(_ kind: String) -> String {
    let words = kind.replacing("-", with: " ")
    return words.prefix(1).uppercased() + words.dropFirst()
}

private func reportSection(_ section: Report.Section, index: Int, _ report: Report, _ links: ReportLinks) -> HTML {
    let names = Set(report.tables.map(\.name))
    let text = section.text.map { "<p class=\"words\">\(unbroken($0))</p>" as HTML }
    let charts = section.charts.enumerated().map { place, chart in
        reportFigure(chart, id: "chart-\(index)-\(place)", hasTable: names.contains(chart.name), links: links)
    }
    let tables = section.tables.enumerated().map { place, table in
        reportTable(table, id: "table-\(index)-\(place)", links: links)
    }
    let pictures: HTML? = charts.isEmpty ? nil : "<div class=\"charts\">\(charts)</div>"
    return panel("section-\(index)", section.title, "\(text)\(pictures)\(tables)")
}

/// What the figures stand on.
private func reportGround(_ report: Report) -> HTML? {
    guard !report.assumptions.isEmpty || !report.data.isEmpty else { return nil }
    func list(_ id: String, _ heading: String, _ lines: [String]) -> HTML? {
        guard !lines.isEmpty else { return nil }
        return panel(id, heading, "<ul class=\"plain\">\(lines.map { "<li>\(unbroken($0))</li>" as HTML })</ul>")
    }
    return """
        <div class="ground">\(list("assumptions", "What must hold", report.assumptions))\
        \(list("data", "What it rests on", report.data))</div>
        """
}
