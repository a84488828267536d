import WeirDomain

/// Each budget as a sentence, a picture of spend against plan and one of its shadow price.
///
/// From the fifth budget on only the sentences, so that the page stays light.
func budgetsContent(_ snapshot: NowSnapshot) -> HTML {
    guard !snapshot.budgets.isEmpty else {
        return emptyState(
            "Each budget's spend against its plan appears here once the catalog has a budget.",
            command: snapshot.commands.catalog)
    }
    let stops = snapshot.budgets.count > 1 ? 20 : 30
    let articles = snapshot.budgets.enumerated().map { index, budget -> HTML in
        let pictures = index < 4 ? budgetPictures(budget, index: index, stops: stops, now: snapshot.dataTime) : .empty
        return """
            <article class="budget" aria-labelledby="budget-\(index)-h">\
            <h3 id="budget-\(index)-h">\(budget.name)</h3>\
            <p>\(budgetStanding(budget, at: snapshot.dataTime))</p>\(budgetFacts(budget))\(pictures)</article>
            """
    }
    return "<div class=\"budgets\(articles.count == 1 ? " single" : "")\">\(articles)</div>"
}

/// "On plan; expected to end between $23.2k and $24.7k, never above the limit of $24.9k."
func budgetStanding(_ budget: BudgetStatus, at now: Timestamp) -> String {
    let currency = budget.limit.currency
    let gap = abs(budget.spent.majorUnits - budget.plannedByNow.majorUnits)
    let limit = Figure.shortMoney(budget.limit.majorUnits, currency)
    var pace =
        switch budget.pace(at: now) {
        case .notStarted: "Starts on \(Figure.fullDate(budget.start))"
        case .onPlan: "On plan"
        case .ahead: "\(Figure.money(gap, currency)) ahead of plan"
        case .behind: "\(Figure.money(gap, currency)) behind plan"
        case .exhausted: "Used up: \(limit) are spent or reserved"
        }
    if let end = budget.projectedEnd {
        let low = Figure.shortMoney(end.low.majorUnits, currency)
        pace += "; expected to end between \(low) and \(Figure.shortMoney(end.high.majorUnits, currency)) (95 %)"
    }
    return "\(pace), never above the limit of \(limit)."
}

private func budgetFacts(_ budget: BudgetStatus) -> HTML {
    let amounts = [
        ("spent", budget.spent), ("planned by now", budget.plannedByNow), ("reserved", budget.reserved),
        ("limit", budget.limit),
    ].map { name, amount -> HTML in "<div><dt>\(name)</dt><dd>\(Figure.money(amount))</dd></div>" }
    return "<dl class=\"facts\">\(amounts)</dl>"
}

private func budgetPictures(_ budget: BudgetStatus, index: Int, stops: Int, now: Timestamp) -> HTML {
    let prices: HTML =
        budget.shadowPrices.count < 2
        ? .empty
        : """
        <h4>Shadow price</h4><p>What \(Figure.oneUnit(budget.limit.currency)) more must bring before it is let \
        through; never below \(Figure.decimal(budget.returnFloor, digits: 2)).</p>
        \(pricePlot(budget, index: index, stops: stops).html)\(twin(priceTable([budget]), id: "twin-price-\(index)"))
        """
    let spend: HTML =
        budget.series.count < 2
        ? "<p class=\"later\">The line begins with the first spend.</p>"
        : """
        \(spendPlot(budget, index: index, stops: stops, now: now).html)\
        \(twin(spendTable([budget]), id: "twin-spend-\(index)"))
        """
    return "<div class=\"pair\"><div>\(spend)</div><div>\(prices)</div></div>"
}

func spendPlot(_ budget: BudgetStatus, index: Int, stops: Int, now: Timestamp) -> Plot {
    let currency = budget.limit.currency
    let planned = budget.series.map { point(at: $0.time, $0.planned.majorUnits) }
    let spent = budget.series.compactMap { entry in entry.spent.map { point(at: entry.time, $0.majorUnits) } }
    let start = Double(budget.start.microseconds)
    let end = max(Double(budget.end.microseconds), start + 1)
    let limit = budget.limit.majorUnits
    let high = max(limit, planned.last?.y ?? 0, spent.last?.y ?? 0)
    let axis = Axis(from: 0, to: high, about: 4)
    let times = TimeAxis(from: budget.start, to: budget.end)

    var plot = Plot(
        id: "spend-\(index)", title: "Spend of \(budget.name) against its plan",
        summary: "\(budgetSentence(budget, at: now)) Spent \(Figure.money(budget.spent)), planned by now "
            + "\(Figure.money(budget.plannedByNow)), limit \(Figure.money(budget.limit)).",
        xRange: start...end, yRange: 0...max(axis.range.upperBound, high * 1.04), height: 190)
    plot.xTicks = zip(times.ticks, times.labels).map { (Double($0.microseconds), $1) }
    plot.yTicks = axis.ticks.map { ($0, $0 == 0 ? "0" : tickMoney($0, currency, step: axis.ticks[1])) }
    plot.levels = [limit]
    plot.labels = [
        Plot.Label(at: Plot.Point(x: start, y: limit), text: "limit \(Figure.money(budget.limit))", dx: 4, dy: -6)
    ]
    plot.curves = [Plot.Curve(style: "plan", points: thinned(planned, to: 120))]
    if let last = planned.last {
        let middle = planned[planned.count * 13 / 16]
        plot.labels.append(
            Plot.Label(
                at: middle, text: "plan \(Figure.money(last.y, currency))",
                anchor: (middle.x - start) / (end - start) > 0.88 ? "end" : "middle", dx: 0,
                dy: 34))
    }
    if let last = spent.last {
        if let projected = budget.projectedEnd, last.x < end {
            let corners = [
                last, Plot.Point(x: end, y: projected.high.majorUnits), Plot.Point(x: end, y: projected.low.majorUnits),
            ]
            plot.curves.insert(Plot.Curve(style: "cone", points: corners, isClosed: true), at: 0)
        }
        plot.curves.append(Plot.Curve(style: "line", points: thinned(spent, to: 120)))
        plot.dots = [last]
        // Below the line on its way up there is room, unless the plan runs there; above it only left of the end.
        let place = (last.x - start) / (end - start)
        let isBelow = place < 0.6 && budget.spent.minorUnits <= budget.plannedByNow.minorUnits
        plot.labels.append(
            Plot.Label(
                at: last, text: "spent \(Figure.money(budget.spent))", style: "strong",
                anchor: isBelow ? "start" : place > 0.3 ? "end" : "middle", dx: isBelow ? 10 : -4,
                dy: isBelow ? 18 : -12))
    }
    plot.stops = thinned(budget.series, to: stops).map { entry in
        let amount = entry.spent ?? entry.planned
        let plan = Figure.money(entry.planned)
        let text = entry.spent.map { "spent \(Figure.money($0)), planned \(plan)" } ?? "planned \(plan)"
        return Plot.Stop(
            at: point(at: entry.time, amount.majorUnits), text: "\(moment(entry.time, in: budget)): \(text)")
    }
    plot.currentStop = max(0, plot.stops.lastIndex { $0.at.x <= (spent.last?.x ?? 0) } ?? 0)
    return plot
}

func point(at time: Timestamp, _ value: Double) -> Plot.Point {
    Plot.Point(x: Double(time.microseconds), y: value)
}

/// `16k`, `2.5k`, `750`: without the currency, which the labels name.
private func tickMoney(_ value: Double, _ currency: Currency, step: Double) -> String {
    if step >= 1_000_000 {
        return Figure.decimal(value / 1e6, digits: step.truncatingRemainder(dividingBy: 1e6) == 0 ? 0 : 1) + "M"
    }
    if step >= 500 {
        return Figure.decimal(value / 1e3, digits: step.truncatingRemainder(dividingBy: 1e3) == 0 ? 0 : 1) + "k"
    }
    return Figure.decimal(value, digits: step < 1 ? currency.minorDigits : step < 10 && step != step.rounded() ? 1 : 0)
}
