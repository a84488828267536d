import WeirDomain

/// The page `/budgets`: for each budget where it stands against its plan, what it costs and what it brings.
package func budgetsPage(_ snapshot: BudgetsSnapshot) -> String {
    let budgets = snapshot.budgets.enumerated().map { index, budget in
        panel(
            "budget-\(index)", budget.status.name, budgetContent(budget, index: index, now: snapshot.dataTime))
    }
    let none = panel(
        "budgets", "No budget yet",
        emptyState(
            "Each budget of the catalog gets a section here: its spend against its plan, its price and what the last "
                + "unit brought.", command: snapshot.catalogCommand))
    let overview: HTML =
        snapshot.budgets.isEmpty
        ? .empty
        : """
        <div class="links"><a class="csv" href="/console/budgets/budgets.csv">All budgets as CSV</a></div>
        """
    return page(
        title: "Budgets", current: .budgets, status: asOf(snapshot.generatedTime),
        main: """
            <h1>Budgets</h1>
            <div><p class="lead">\(budgetsSentence(snapshot))</p>\(overview)</div>
            \(budgets.isEmpty ? [none] : budgets)
            """)
}

/// The tables of the page Budgets: `budgets`, `spend`, `shadow-price`; nil for another name.
package func budgetsTable(_ name: String, of snapshot: BudgetsSnapshot) -> Table? {
    switch name {
    case "budgets": budgetsTable(snapshot.budgets)
    case "spend": spendTable(snapshot.budgets.map(\.status))
    case "shadow-price": priceTable(snapshot.budgets.map(\.status))
    default: nil
    }
}

private func budgetsTable(_ budgets: [BudgetsSnapshot.Budget]) -> Table {
    Table(
        name: "budgets",
        columns: [
            "budget", "currency", "start (UTC)", "end (UTC)", "limit", "spent", "reserved", "available",
            "planned by now", "expected end low", "expected end high", "shadow price", "return floor",
            "marginal return", "95 % low", "95 % high",
        ],
        rows: budgets.map { budget in
            let status = budget.status
            return [
                .text(status.name), .text(status.limit.currency.code), .time(status.start), .time(status.end),
                .money(status.limit), .money(status.spent), .money(status.reserved), .money(status.available),
                .money(status.plannedByNow), status.projectedEnd.map { .money($0.low) } ?? .empty,
                status.projectedEnd.map { .money($0.high) } ?? .empty, .number(status.shadowPrice, digits: 4),
                .number(status.returnFloor, digits: 2),
            ] + cells(budget.marginalReturn, digits: 4)
        })
}

private func budgetsSentence(_ snapshot: BudgetsSnapshot) -> String {
    let budgets = snapshot.budgets.map(\.status)
    guard !budgets.isEmpty else { return "No budget yet, so nothing can be spent." }
    let off = budgets.filter { ![.onPlan, .notStarted].contains($0.pace(at: snapshot.dataTime)) }
    guard !off.isEmpty else {
        return budgets.count == 1 ? "It is on plan." : "All \(budgets.count) budgets are on plan."
    }
    return off.map { budgetSentence($0, at: snapshot.dataTime) }.joined(separator: " ")
        + (off.count < budgets.count ? " The rest is on plan." : "")
}

private func budgetContent(_ budget: BudgetsSnapshot.Budget, index: Int, now: Timestamp) -> HTML {
    let status = budget.status
    let amounts = [
        ("spent", status.spent), ("reserved", status.reserved), ("available", status.available),
        ("limit", status.limit), ("planned by now", status.plannedByNow),
    ].map { name, amount -> HTML in "<div><dt>\(name)</dt><dd>\(Figure.money(amount))</dd></div>" }
    let price = Figure.decimal(status.shadowPrice, digits: 2)
    let floor = status.returnFloor > 0 ? Figure.decimal(status.returnFloor, digits: 2) : "none"
    return """
        <p>\(budgetStanding(status, at: now))\(paceSentence(budget))</p>
        <dl class="facts">\(amounts)<div><dt>shadow price</dt><dd>\(price)</dd></div>\
        <div><dt>floor</dt><dd>\(floor)</dd></div></dl>
        <p>\(returnSentence(budget))</p>
        <div class="single"><div class="pair">\(spendPart(status, index: index, now: now))\
        \(pricePart(status, index: index))</div></div>
        """
}

private func spendPart(_ status: BudgetStatus, index: Int, now: Timestamp) -> HTML {
    guard status.series.count > 1 else {
        return "<div><p class=\"later\">The line begins with the first spend.</p></div>"
    }
    return """
        <div><h3>Spend against plan</h3>\(spendPlot(status, index: index, stops: 30, now: now).html)\
        \(twin(spendTable([status]), id: "twin-spend-\(index)", link: "/console/budgets/spend.csv"))</div>
        """
}

private func pricePart(_ status: BudgetStatus, index: Int) -> HTML {
    guard status.shadowPrices.count > 1 else {
        return "<div><p class=\"later\">Its price over time appears with the first decisions that draw on it.</p></div>"
    }
    let plot = pricePlot(status, index: index, stops: 30)
    let unit = Figure.oneUnit(status.limit.currency)
    return """
        <div><h3>Shadow price</h3><p>What \(unit) more must bring before it is let through.</p>\(plot.html)\
        \(twin(priceTable([status]), id: "twin-price-\(index)", link: "/console/budgets/shadow-price.csv"))</div>
        """
}

/// "The last $1 brings $3.20 ± 0.40, above the 1.07 that it must bring."
private func returnSentence(_ budget: BudgetsSnapshot.Budget) -> String {
    let status = budget.status
    let currency = status.limit.currency
    let unit = Figure.oneUnit(currency)
    guard let marginal = budget.marginalReturn else {
        return status.spent.minorUnits > 0
            ? "What the last \(unit) brings is not measured yet."
            : "What the last \(unit) brings appears after the first spend."
    }
    let half = (marginal.high - marginal.low) / 2
    let interval = half > 0 ? " ± \(Figure.decimal(half, digits: 2))" : ""
    let brings = "The last \(unit) brings \(Figure.money(marginal.value, currency))\(interval)"
    let price = Figure.decimal(status.shadowPrice, digits: 2)
    if status.returnFloor > 0, marginal.high < status.returnFloor {
        return "\(brings), below the floor of \(Figure.decimal(status.returnFloor, digits: 2))."
    }
    return "\(brings); it must bring at least \(price)."
}

private func paceSentence(_ budget: BudgetsSnapshot.Budget) -> String {
    guard let recent = budget.recent else { return "" }
    let share = recent.planned.minorUnits > 0 ? recent.spent.majorUnits / recent.planned.majorUnits - 1 : 0
    let gap = Figure.percent(share.magnitude)
    let side =
        abs(share) < 0.005 ? "as planned" : share > 0 ? "\(gap) faster than planned" : "\(gap) slower than planned"
    return
        " In the last \(Figure.duration(recent.span)) \(Figure.money(recent.spent)) were spent where "
        + "\(Figure.money(recent.planned)) were planned: \(side)."
}

extension BudgetStatus {
    /// What can still be given; ≥ 0.
    var available: Money {
        Money(minorUnits: max(0, limit.minorUnits - spent.minorUnits - reserved.minorUnits), currency: limit.currency)
    }
}
