import WeirDomain

/// The four figures at the top: how fast, how learned, what changed, what the next unit must bring.
func figuresContent(_ snapshot: NowSnapshot) -> HTML {
    """
    <div class="cards">\(decisionsCard(snapshot))\(outcomesCard(snapshot))\(effectCard(snapshot))\
    \(priceCard(snapshot))</div>
    """
}

private func card(_ heading: String, _ value: HTML, _ unit: String, _ remark: String, _ picture: HTML) -> HTML {
    """
    <div class="card"><h3>\(heading)</h3><p class="figure">\(value) <span>\(unit)</span></p>\
    <p class="remark">\(remark)</p>\(picture)</div>
    """
}

private func decisionsCard(_ snapshot: NowSnapshot) -> HTML {
    let flow = snapshot.decisions
    guard flow.total > 0 else { return card("Decisions", "0", "so far", "the first makes a line here", .empty) }
    let latency = snapshot.decideLatency.map {
        "half within \(Figure.significant($0.p50Milliseconds)) ms, "
            + "99 % within \(Figure.significant($0.p99Milliseconds)) ms"
    }
    return card(
        "Decisions", "\(Figure.significant(flow.perSecond))", "a second", latency ?? "latency not measured yet",
        sparkline("decisions", flow, until: snapshot.generatedTime))
}

private func outcomesCard(_ snapshot: NowSnapshot) -> HTML {
    let flow = snapshot.outcomes
    guard flow.total > 0 else {
        return card("Outcomes learned", "0", "so far", "each changes the model at once", .empty)
    }
    let remark = snapshot.outcomeToModelP99Seconds.map { "99 % change the model within \(Figure.significant($0)) s" }
    return card(
        "Outcomes learned", "\(Figure.significant(flow.perSecond))", "a second", remark ?? "delay not measured yet",
        sparkline("outcomes", flow, until: snapshot.generatedTime))
}

private func effectCard(_ snapshot: NowSnapshot) -> HTML {
    guard let effect = snapshot.effects.first else {
        return card("Incremental effect", "\(Figure.none)", "", "needs outcomes of treated and held out", .empty)
    }
    guard let difference = effect.difference else {
        return card(
            effect.label, "\(Figure.none)", effect.unit.differenceName, "too few outcomes for an interval", .empty)
    }
    let digits = effect.unit.digits(for: difference)
    let value = Figure.signed(difference.value * effect.unit.scale, digits: digits)
    let low = Figure.signed(difference.low * effect.unit.scale, digits: digits)
    let high = Figure.signed(difference.high * effect.unit.scale, digits: digits)
    let style = difference.isClear ? "clear" : "unclear"
    let reach = max(abs(difference.low), abs(difference.high)) * 1.15
    let strip = IntervalStrip(axis: min(0, -reach * 0.25, difference.low * 1.1)...max(reach, 1e-9)).html(
        [(difference, style)], ticks: [0], title: "\(effect.label): \(value), 95 % interval \(low) to \(high)")
    return card(
        effect.label, "<span class=\"\(style)\">\(value)</span>", effect.unit.differenceName,
        "\(low) to \(high) (95 %)" + (difference.isClear ? ", against holdout" : ", may be nothing"),
        "\(strip)\(elsewhere("effects", csv: "effects"))")
}

private func priceCard(_ snapshot: NowSnapshot) -> HTML {
    guard let budget = snapshot.budgets.first else {
        return card("The next unit must bring", "\(Figure.none)", "", "needs a budget", .empty)
    }
    let points = budget.shadowPrices.map { (Double($0.time.microseconds), $0.value, moment($0.time, in: budget)) }
    let picture = sparkline("price", "Shadow price of \(budget.name)", points, unit: "")
    return card(
        "The next \(Figure.oneUnit(budget.limit.currency)) must bring",
        "\(Figure.money(budget.shadowPrice, budget.limit.currency))",
        "or more", "shadow price of \(budget.name), floor \(Figure.decimal(budget.returnFloor, digits: 2))",
        "\(picture)\(elsewhere("budgets", csv: "shadow-price"))"
    )
}

/// For a picture whose table stands under a larger one.
private func elsewhere(_ section: String, csv table: String) -> HTML {
    """
    <div class="twin"><a class="csv" href="#\(section)">In full</a>\
    <a class="csv" href="/console/now/\(table).csv">CSV</a></div>
    """
}

private func sparkline(_ id: String, _ flow: Flow, until end: Timestamp) -> HTML {
    let points = flow.series.enumerated().map { index, rate in
        (Double(index), rate, Figure.clockWithSeconds(flow.time(ofStep: index, until: end)))
    }
    let table = flowTable(id, flow, until: end)
    return """
        \(sparkline(id, "\(id) a second", points, unit: " a second"))\(twin(table, id: "twin-\(id)"))
        """
}

/// A line from zero without axes, whose last point has a dot.
private func sparkline(_ id: String, _ title: String, _ points: [(x: Double, y: Double, name: String)], unit: String)
    -> HTML
{
    guard points.count > 1, let last = points.last else { return .empty }
    let values = points.map(\.y)
    let high = values.max() ?? 1
    var plot = Plot(
        id: "spark-\(id)", title: title,
        summary: "From \(Figure.significant(values.min() ?? 0)) to \(Figure.significant(high)); "
            + "now \(Figure.significant(last.y))\(unit).",
        xRange: points[0].x...last.x, yRange: 0...max(high * 1.05, 1e-9), height: 40, top: 16)
    plot.curves = [Plot.Curve(style: "line", points: points.map { Plot.Point(x: $0.x, y: $0.y) })]
    plot.dots = [Plot.Point(x: last.x, y: last.y)]
    plot.stops = thinned(points, to: 24).map {
        Plot.Stop(at: Plot.Point(x: $0.x, y: $0.y), text: "\($0.name): \(Figure.significant($0.y))\(unit)")
    }
    plot.currentStop = plot.stops.count - 1
    return plot.html
}

/// A moment as precise as the budget's length asks for.
func moment(_ time: Timestamp, in budget: BudgetStatus) -> String {
    budget.end.since(budget.start) > .days(4) ? Figure.date(time) : "\(Figure.date(time)) \(Figure.clock(time))"
}
