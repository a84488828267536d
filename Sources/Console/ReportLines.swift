import WeirReporting

/// Curves as one picture, with their names above it.
struct ReportLines {
    let id: String
    let chart: Chart
    let lines: Chart.Lines
    private let figures: ReportFigures

    init(id: String, chart: Chart, lines: Chart.Lines) {
        self.id = id
        self.chart = chart
        self.lines = lines
        figures = ReportFigures(lines.unit, for: lines.series.filter { $0.style != .background }.flatMap(\.y))
    }

    var html: HTML {
        let xs = (lines.series.flatMap(\.x) + (lines.band?.x ?? [])).filter(\.isFinite)
        guard let first = xs.min(), let last = xs.max() else { return emptyState("No values to draw.", command: nil) }
        let ys =
            lines.series.flatMap(\.y) + (lines.band.map { $0.lower + $0.upper } ?? [])
            + (lines.level.map { [$0] } ?? [])
        let axis = ReportAxis(ys, unit: lines.unit, startsAtZero: ReportAxis.startsAtZero(ys, unit: lines.unit))
        let range = first...max(last, first.nextUp)

        var plot = Plot(
            id: id, title: chart.title, summary: chart.summary, xRange: range, yRange: axis.range, height: 200)
        plot.axisWidth = axis.width
        plot.xTicks = lines.horizontal.ticks(range)
        plot.yTicks = axis.ticks.map { ($0, axis.text($0)) }
        plot.levels = lines.level.map { [$0] } ?? []
        plot.marks = marks(in: range)
        plot.curves = curves
        plot.dots = lines.series.filter { $0.style == .main }.compactMap(\.lastPoint)
        plot.stops = stops
        plot.currentStop = max(0, plot.stops.count - 1)
        // Names of marks and two lines for the value under the pointer stand above the curves.
        plot.top =
            Double(max((plot.marks.map(\.row).max() ?? -1) + 1, plot.stops.contains { !$0.detail.isEmpty } ? 2 : 1))
            * 16 + 8
        return "\(key)\(plot.html)\(axisName)"
    }

    private var axisName: HTML? {
        if case .number(let label) = lines.horizontal { "<p class=\"axis-name\">\(label)</p>" } else { nil }
    }

    // MARK: Curves

    private static let mainStyles = ["line", "line second", "line third", "line fourth"]

    private func style(_ index: Int) -> String {
        switch lines.series[index].style {
        case .reference: return "plan"
        case .background: return "faint"
        case .main:
            let before = lines.series[..<index].count { $0.style == .main }
            return Self.mainStyles[before % Self.mainStyles.count]
        }
    }

    /// The palest first, so that the strongest is on top.
    private var curves: [Plot.Curve] {
        let order: [Chart.Style] = [.background, .reference, .main]
        let sorted = order.flatMap { style in lines.series.indices.filter { lines.series[$0].style == style } }
        let paths = sorted.flatMap { index in
            lines.series[index].pieces.map { Plot.Curve(style: style(index), points: thinned($0, to: 600)) }
        }
        return bands + paths
    }

    private var bands: [Plot.Curve] {
        guard let band = lines.band else { return [] }
        let lower = Chart.Series("", x: band.x, y: band.lower)
        let upper = Chart.Series("", x: band.x, y: band.upper)
        // Where an end is open there is no area to draw; both ends break together.
        let isKnown = band.x.indices.map { band.lower[$0].isFinite && band.upper[$0].isFinite }
        return zip(lower.pieces(where: isKnown), upper.pieces(where: isKnown)).map { low, high in
            Plot.Curve(style: "cone", points: thinned(high, to: 400) + thinned(low, to: 400).reversed(), isClosed: true)
        }
    }

    private func marks(in range: ClosedRange<Double>) -> [Plot.Mark] {
        let sorted = lines.marks.filter { range.contains($0.x) }.sorted { $0.x < $1.x }
        let width = range.upperBound - range.lowerBound
        var row = 0
        return sorted.indices.map { index in
            let isNear = index > 0 && sorted[index].x - sorted[index - 1].x < 0.35 * width
            row = isNear ? (row + 1) % 3 : 0
            return Plot.Mark(x: sorted[index].x, text: sorted[index].name, row: row)
        }
    }

    // MARK: Words

    private var named: [Chart.Series] { lines.series.filter { $0.style != .background } }

    private var stops: [Plot.Stop] {
        guard let leader = named.first(where: { $0.style == .main }) ?? named.first else { return [] }
        let points = leader.pieces.flatMap { $0 }
        let others = named.filter { $0 != leader }.prefix(2).map { ($0.name, $0.lookup) }
        let band = lines.band.map { band in
            (Chart.Series("", x: band.x, y: band.lower).lookup, Chart.Series("", x: band.x, y: band.upper).lookup)
        }
        return thinned(points, to: 60).map { point in
            var details = others.compactMap { name, values in values[point.x].map { "\(name) \(figures.short($0))" } }
            if let low = band?.0[point.x], let high = band?.1[point.x] {
                details.append("\(figures.bare(low)) to \(figures.short(high))")
            }
            let name = named.count > 1 ? "\(leader.name) " : ""
            return Plot.Stop(
                at: point, text: "\(lines.horizontal.text(point.x)): \(name)\(figures.text(point.y))",
                detail: details.joined(separator: ", "))
        }
    }

    /// Which line is which; nothing where there is one line only, since the heading names it.
    private var key: HTML? {
        guard lines.series.count > 1 || lines.band != nil else { return nil }
        var entries = lines.series.indices.filter { lines.series[$0].style != .background }.map {
            entry(style($0), lines.series[$0].name)
        }
        let background = lines.series.filter { $0.style == .background }
        if let first = background.first {
            let isAlike = background.allSatisfy { $0.name == first.name }
            entries.append(entry("faint", isAlike ? first.name : "\(background.count) others"))
        }
        if lines.band != nil { entries.append(entry("cone", "range")) }
        return "<ul class=\"key\">\(entries)</ul>"
    }

    private func entry(_ style: String, _ name: String) -> HTML {
        let shape: HTML = style == "cone" ? "M0 0H24V12H0Z" : "M1 6H23"
        return """
            <li><svg class="curves" width="24" height="12" aria-hidden="true"><path class="\(style)" d="\(shape)"/></svg>\
            \(name)</li>
            """
    }
}

extension Chart.Series {
    /// The points in runs without gaps: where a value is missing the line is broken.
    fileprivate var pieces: [[Plot.Point]] { pieces(where: y.map(\.isFinite)) }

    fileprivate func pieces(where isKnown: [Bool]) -> [[Plot.Point]] {
        var pieces: [[Plot.Point]] = [[]]
        for index in x.indices {
            if isKnown[index] {
                pieces[pieces.count - 1].append(Plot.Point(x: x[index], y: y[index]))
            } else if !pieces[pieces.count - 1].isEmpty {
                pieces.append([])
            }
        }
        return pieces.filter { !$0.isEmpty }
    }

    fileprivate var lastPoint: Plot.Point? { pieces.last?.last }

    /// Values that are finite, by place.
    fileprivate var lookup: [Double: Double] {
        Dictionary(zip(x, y).filter { $0.1.isFinite }, uniquingKeysWith: { $1 })
    }
}
