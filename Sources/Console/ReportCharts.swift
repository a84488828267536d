import WeirReporting

/// A picture with its heading and what it says; below it the same figures as a table, unless one stands in the report.
///
/// - Parameters:
///   - id: Unique on the page.
///   - hasTable: Whether a table of the report has the figures.
func reportFigure(_ chart: Chart, id: String, hasTable: Bool, links: ReportLinks) -> HTML {
    let twin: HTML? = hasTable ? nil : chartTwin(chart.table, id: id, links: links)
    return """
        <figure id="\(id)" class="chart\(chart.isWide ? "" : " rows")" aria-labelledby="\(id)-h"><figcaption><h3 id="\(id)-h">\(chart.title)</h3>\
        <p>\(unbroken(chart.summary))</p></figcaption>
        \(reportPicture(chart, id: id))\(twin)</figure>

        """
}

extension Chart {
    /// Curves can be seen in half of a sheet's width; rows with words and figures cannot.
    fileprivate var isWide: Bool { if case .lines = kind { true } else { false } }
}

private func reportPicture(_ chart: Chart, id: String) -> HTML {
    switch chart.kind {
    case .lines(let lines): ReportLines(id: id, chart: chart, lines: lines).html
    case .intervals(let rows, let unit, let zero): intervals(rows, unit: unit, zero: zero, title: chart.title)
    case .bars(let bars, let series, let unit): groupedBars(bars, series: series, unit: unit, title: chart.title)
    }
}

/// More would hide what matters; the table has all.
private let mostRows = 40

private func rest(_ shown: Int, of count: Int) -> HTML? {
    shown < count ? "<p class=\"quiet\">The first \(shown) of \(count); the table has all.</p>" : nil
}

private func intervals(_ rows: [Chart.Row], unit: Quantity.Unit, zero: Double?, title: String) -> HTML {
    let shown = rows.prefix(mostRows)
    let values = shown.flatMap { [$0.quantity.value, $0.quantity.lower, $0.quantity.upper].compactMap { $0 } }
    let axis = ReportAxis(values + (zero.map { [$0] } ?? []), unit: unit, startsAtZero: zero == 0, about: 3)
    let figures = ReportFigures(unit, for: values)
    let strip = IntervalStrip(axis: axis.range, height: 38, hasRoom: true)
    let lines = shown.map { row -> HTML in
        let quantity = row.quantity
        let isClear = zero.map { $0 < (quantity.lower ?? $0) || $0 > (quantity.upper ?? $0) } ?? true
        let style = isClear ? "clear" : "unclear"
        let estimate = Estimate(
            value: quantity.value, low: quantity.lower ?? quantity.value, high: quantity.upper ?? quantity.value)
        let picture = strip.html(
            quantity.value.isFinite ? [(estimate, style)] : [], ticks: axis.ticks, level: zero == 0 ? nil : zero,
            title: "\(row.name): \(figures.sentence(quantity))")
        let range = figures.range(quantity).map { "<small>\($0)</small>" as HTML }
        return """
            <li class="\(style)"><div class="label">\(row.name)</div>\(picture)\
            <div class="value">\(figures.text(quantity.value))\(range)</div></li>
            """
    }
    let confidence = shown.first { $0.quantity.lower != nil }.map { "\(Figure.percent($0.quantity.confidence)) ranges" }
    let hollow = shown.contains { row in
        zero.map { (row.quantity.lower ?? .infinity) <= $0 && (row.quantity.upper ?? $0) >= $0 } ?? false
    }
    let note = (confidence ?? "") + (hollow ? "; hollow: may be nothing" : "")
    return """
        <ul class="effects measured" aria-label="\(title)">\(lines)<li class="scale" aria-hidden="true">\
        <div class="label"></div>\(strip.scale(axis.ticks, axis.text))<div></div></li></ul>\
        \(note.isEmpty ? HTML.empty : "<p class=\"note\">\(unbroken(note))</p>")\(rest(shown.count, of: rows.count))
        """
}

private func groupedBars(_ bars: [Chart.Bar], series: [String], unit: Quantity.Unit, title: String) -> HTML {
    let shown = bars.prefix(mostRows)
    let values = shown.flatMap(\.values)
    let axis = ReportAxis(values, unit: unit, startsAtZero: true, about: 3)
    let figures = ReportFigures(unit, for: values)
    let strip = ReportBars(axis: axis)
    let lines = shown.map { bar -> HTML in
        let texts = bar.values.map { "<span>\(figures.text($0))</span>" as HTML }
        let words = zip(series, bar.values).map { series.count > 1 ? "\($0) \(figures.text($1))" : figures.text($1) }
        return """
            <li><div class="label">\(bar.name)</div>\
            \(strip.html(bar.values, title: "\(bar.name): \(words.joined(separator: ", "))"))\
            <div class="value">\(texts)</div></li>
            """
    }
    let key: HTML? =
        series.count < 2
        ? nil
        : "<ul class=\"key\">\(series.indices.map { "<li>\(ReportBars.swatch($0))\(series[$0])</li>" as HTML })</ul>"
    return """
        \(key)<ul class="effects measured bars" aria-label="\(title)">\(lines)<li class="scale" aria-hidden="true">\
        <div class="label"></div>\(IntervalStrip(axis: axis.range, hasRoom: true).scale(axis.ticks, axis.text))<div></div></li></ul>\
        \(rest(shown.count, of: bars.count))
        """
}

/// Bars from zero, one below the other, as one line of a picture.
struct ReportBars {
    let axis: ReportAxis

    /// As high as a line of the figures beside it.
    private static let pitch = 20
    /// Above the first and below the last.
    private static let margin = 6

    func html(_ values: [Double], title: String) -> HTML {
        let height = max(1, values.count) * Self.pitch + 2 * Self.margin
        let lines = axis.ticks.map { tick -> HTML in
            "<line class=\"grid\" x1=\"\(place(tick))\" x2=\"\(place(tick))\" y2=\"\(height)\"/>"
        }
        let bars = values.enumerated().filter { $0.element.isFinite }.map { index, value -> HTML in
            let (start, end) = (share(min(0, value)), share(max(0, value)))
            return """
                <rect class="\(Self.style(index))" x="\(coordinate(start))%" y="\(index * Self.pitch + Self.margin + 4)" \
                width="\(coordinate(end - start))%" height="\(Self.pitch - 8)"/>
                """
        }
        return """
            <svg class="strip" width="100%" height="\(height)" role="img" aria-label="\(title)"><title>\(title)</title>\
            \(lines)\(bars)<line class="zero" x1="\(place(0))" x2="\(place(0))" y2="\(height)"/></svg>
            """
    }

    static func swatch(_ index: Int) -> HTML {
        """
        <svg class="strip" width="12" height="12" aria-hidden="true"><rect class="\(style(index))" width="12" \
        height="12"/></svg>
        """
    }

    private static func style(_ index: Int) -> String { ["first", "second", "third", "fourth"][index % 4] }

    private func share(_ value: Double) -> Double {
        let range = axis.range
        return min(1, max(0, (value - range.lowerBound) / (range.upperBound - range.lowerBound))) * 100
    }

    private func place(_ value: Double) -> String { coordinate(share(value)) + "%" }
}
