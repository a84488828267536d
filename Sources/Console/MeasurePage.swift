package import WeirDomain
package import WeirReporting

/// The page `/measure`: what every measurement that goes on by itself says now.
package func measurePage(_ snapshot: MeasureSnapshot) -> String {
    var kinds: [String] = []
    for entry in snapshot.entries where !kinds.contains(entry.report.kind) { kinds.append(entry.report.kind) }
    let groups = kinds.enumerated().map { index, kind in
        let lines = snapshot.entries.filter { $0.report.kind == kind }.map(measureLine)
        return panel("kind-\(index)", reportKind(kind), "<ul class=\"answers\">\(lines)</ul>")
    }
    return page(
        title: "Measure", current: .measure, status: asOf(snapshot.generatedTime),
        main: """
            <h1>Measure</h1>
            <p class="lead">\(measureSentence(snapshot.entries))</p>
            \(groups.isEmpty ? [nothingMeasured(snapshot)] : groups)\(fromFiles(snapshot))
            """)
}

/// The page `/measure/<kind>/<id>`: one report, with links to the same as files.
package func measurementPage(_ entry: MeasureSnapshot.Entry, asOf moment: Timestamp) -> String {
    let path = entry.path
    let csv: HTML? = entry.report.tables.isEmpty ? nil : "<a href=\"\(path).csv\">CSV</a>"
    return page(
        title: entry.report.title, current: .measure, status: asOf(moment),
        main: """
            <div class="report">
            \(reportContent(entry.report, links: .served(path)))
            <p class="links"><a href="/measure">All measurements</a><a href="\(path).html">To print</a>\(csv)\
            <a href="\(path).json">JSON</a></p>
            </div>
            """)
}

/// A table of the report, the first unless named; nil for another name. A picture without a table is one too.
package func measurementTable(_ name: String?, of report: Report) -> ReportTable? {
    guard let name else { return report.tables.first }
    let charts = report.sections.flatMap(\.charts)
    return report.tables.first { $0.name == name } ?? charts.first { $0.name == name }?.table
}

private func measureSentence(_ entries: [MeasureSnapshot.Entry]) -> String {
    guard !entries.isEmpty else {
        return "What would have happened anyway is told by those who were left out by chance; nothing is measured yet."
    }
    let doubtful = entries.count { !$0.report.warnings.isEmpty }
    let doubts = doubtful == 0 ? "" : "; \(doubtful) with doubts"
    return
        "\(Figure.count(entries.count, "measurement")) under way\(doubts). Looking as often as you like is safe where "
        + "the report says that its ranges hold at all times together."
}

private func measureLine(_ entry: MeasureSnapshot.Entry) -> HTML {
    let figures = entry.figures.map { figure -> HTML in
        "<div><dt>\(figure.label)</dt><dd>\(ReportFigures(figure.quantity).sentence(figure.quantity))</dd></div>"
    }
    let facts: HTML? = figures.isEmpty ? nil : "<dl class=\"facts\">\(figures)</dl>"
    let count = entry.report.warnings.count
    let doubts: HTML? = count == 0 ? nil : "<small class=\"doubts\">\(Figure.count(count, "doubt"))</small>"
    return """
        <li><h3><a href="\(entry.path)">\(entry.report.title)</a>\(doubts)</h3><p class="lead">\(unbroken(entry.headline))</p>\
        \(facts)</li>
        """
}

private func nothingMeasured(_ snapshot: MeasureSnapshot) -> HTML {
    panel(
        "measurements", "No measurement yet",
        emptyState(
            "Experiments that the catalog declares, the lift of each campaign and the universal holdout, what offers cost "
                + "and brought, and how quickly signals were answered are measured here from their first outcome on.",
            command: snapshot.catalogCommand))
}

private func fromFiles(_ snapshot: MeasureSnapshot) -> HTML {
    panel(
        "files", "From files",
        emptyState(
            "Geo tests, attribution, lifetime value and experiments that ran elsewhere are measured from files; the "
                + "report is a page of its own.", command: snapshot.fileCommand))
}
