import WeirReporting

/// The figures that carry the answer, as tiles; those beyond the eighth as a list.
func reportTiles(_ figures: [Report.Figure]) -> HTML? {
    guard !figures.isEmpty else { return nil }
    let shown = figures.prefix(8)
    let more = figures.dropFirst(8).map { figure -> HTML in
        "<div><dt>\(figure.label)</dt><dd>\(ReportFigures(figure.quantity).sentence(figure.quantity))</dd></div>"
    }
    let rest: HTML? = more.isEmpty ? nil : "<dl class=\"facts\">\(more)</dl>"
    return """
        <section class="figures" aria-labelledby="figures-h"><h2 id="figures-h">Figures</h2>
        <div class="cards across-\(across(shown.count))">\(shown.map(reportTile))</div>\(rest)</section>
        """
}

/// So many beside each other that the last line is not left with one.
private func across(_ count: Int) -> Int {
    switch count {
    case ...4: count
    case 5, 6: 3
    default: 4
    }
}

func reportTile(_ figure: Report.Figure) -> HTML {
    let (quantity, figures) = (figure.quantity, ReportFigures(figure.quantity))
    let unit = ReportFigures.name(quantity.unit) ?? ""
    let style: HTML = quantity.mayBeNothing ? "unclear" : "clear"
    let remark = figures.range(quantity).map {
        "\($0) (\(Figure.percent(quantity.confidence)))\(quantity.mayBeNothing ? ", may be nothing" : "")"
    }
    let words: HTML? = remark.map { "<p class=\"remark\">\($0)</p>" }
    return """
        <div class="card"><h3>\(figure.label)</h3><p class="figure"><span class="\(style)">\
        \(figures.short(quantity.value))</span> <span>\(unit)</span></p>\(words)\(tileStrip(figure))</div>
        """
}

/// The range against zero, where zero is near enough to be worth seeing.
private func tileStrip(_ figure: Report.Figure) -> HTML? {
    let quantity = figure.quantity
    guard let low = quantity.lower, let high = quantity.upper, low.isFinite, high.isFinite, high > low,
        quantity.value.isFinite
    else { return nil }
    let reach = max(abs(low), abs(high))
    guard min(abs(low), abs(high)) < 0.8 * reach || quantity.mayBeNothing else { return nil }
    let axis = min(0, low) - 0.06 * reach...max(0, high) + 0.06 * reach
    return IntervalStrip(axis: axis).html(
        [(Estimate(value: quantity.value, low: low, high: high), quantity.mayBeNothing ? "unclear" : "clear")],
        ticks: [0], title: "\(figure.label): \(ReportFigures(quantity).sentence(quantity))")
}
