import WeirDomain

// MARK: Calibration

/// Predicted against observed, a dot with its interval for each bin; on the diagonal it happens as often as predicted.
func calibrationContent(_ snapshot: ModelSnapshot) -> HTML {
    let bins = snapshot.calibration
    guard bins.count > 1 else {
        return emptyState(
            "Predicted against observed rates appear here, ten bins with their intervals, once some hundred live "
                + "outcomes have been scored.", command: nil)
    }
    let holding = bins.count { ($0.observed.low...$0.observed.high).contains($0.predicted) }
    return """
        <p>\(snapshot.calibrationData.isEmpty ? "" : snapshot.calibrationData + ": ")\(holding) of \(bins.count) bins \
        hold the diagonal within their 95 % interval. Above the dashed line it happens more often than predicted.</p>
        \(calibrationPlot(bins).html)<p class="axis-name">predicted →, observed ↑</p>
        """
}

private func calibrationPlot(_ bins: [ModelSnapshot.CalibrationBin]) -> Plot {
    let high = min(1, bins.map { max($0.predicted, $0.observed.high) }.max() ?? 1)
    let axis = Axis(from: 0, to: high * 100, about: 4)
    let end = axis.range.upperBound / 100
    func label(_ tick: Double) -> String { Figure.decimal(tick, digits: axis.digits) + " %" }
    var plot = Plot(
        id: "calibration-plot", title: "Observed against predicted rates",
        summary: bins.map(words).joined(separator: "; ") + ".", xRange: 0...end, yRange: 0...end, height: 260)
    plot.xTicks = axis.ticks.map { ($0 / 100, label($0)) }
    plot.yTicks = axis.ticks.map { ($0 / 100, label($0)) }
    plot.curves = [Plot.Curve(style: "plan", points: [Plot.Point(x: 0, y: 0), Plot.Point(x: end, y: end)])]
    plot.whiskers = bins.map { Plot.Whisker(x: $0.predicted, low: $0.observed.low, high: $0.observed.high) }
    plot.dots = bins.map { Plot.Point(x: $0.predicted, y: $0.observed.value) }
    plot.stops = bins.map { Plot.Stop(at: Plot.Point(x: $0.predicted, y: $0.observed.value), text: words($0)) }
    return plot
}

private func words(_ bin: ModelSnapshot.CalibrationBin) -> String {
    func rate(_ value: Double) -> String { Figure.decimal(value * 100, digits: 1) + " %" }
    return "predicted \(rate(bin.predicted)), observed \(rate(bin.observed.value)) "
        + "(\(rate(bin.observed.low)) to \(rate(bin.observed.high))) of \(Figure.whole(bin.count))"
}

// MARK: Drift

/// A line for each column: its stability index as a bar, its distance, its verdict as a cell and in words.
func driftContent(_ snapshot: ModelSnapshot) -> HTML {
    guard !snapshot.drift.isEmpty else {
        return emptyState(
            "How far live values of each feature and of the scores have moved from the training data appears here once "
                + "the model scores live decisions.", command: nil)
    }
    let shown = snapshot.drift.prefix(16)
    let axis = BarStrip.axis(of: shown.compactMap(\.psi) + [0.3])
    let strip = BarStrip(axis: axis.range)
    let lines = shown.map { drift -> HTML in
        let figures =
            drift.psi.map { psi in
                "PSI \(Figure.decimal(psi, digits: 2))"
                    + (drift.ks.map { " · KS \(Figure.decimal($0, digits: 2))" } ?? "")
            } ?? "not measured"
        let name = drift.column == "score" ? "scores" : drift.column
        let verdict = drift.verdict?.rawValue ?? "too little data"
        return """
            <li><div class="label">\(name)<small>\(figures)</small></div>\
            \(strip.html(drift.psi ?? 0, levels: [0.1, 0.25], title: "\(name): \(figures), \(verdict)"))\
            <div class="value verdict \(drift.verdict?.rawValue ?? "waiting")">\(driftCell(drift.verdict)) \(verdict)\
            </div></li>
            """
    }
    let rest = snapshot.drift.count - shown.count
    let more = rest > 0 ? " \(rest) more in the table." : ""
    return """
        <p>\(driftSentence(snapshot)) PSI: below 0.1 stable, above 0.25 drifted; KS: the greatest gap between the two \
        distributions.\(more)</p>
        <ul class="effects drift" aria-label="Population stability index">\(lines)\
        <li class="scale" aria-hidden="true"><div class="label">PSI</div>\
        \(IntervalStrip(axis: axis.range).scale([0, 0.1, 0.25]) { Figure.significant($0) })<div></div></li></ul>
        """
}

private func driftSentence(_ snapshot: ModelSnapshot) -> String {
    let over = "over \(Figure.count(snapshot.driftDecisions, "live decision"))"
    let drifted = snapshot.drift.filter { $0.verdict == .drifted }.map(\.column)
    let watched = snapshot.drift.count { $0.verdict == .watch }
    guard snapshot.drift.contains(where: { $0.verdict != nil }) else {
        return "Too little live data to tell, \(over)."
    }
    guard drifted.isEmpty else {
        return "\(drifted.joined(separator: ", ")) \(drifted.count == 1 ? "has" : "have") drifted, \(over)."
    }
    return watched == 0
        ? "Nothing has drifted, \(over)." : "Nothing has drifted, but \(watched) to watch, \(over)."
}

private func driftCell(_ verdict: ModelSnapshot.Drift.Verdict?) -> HTML {
    let shape: HTML =
        switch verdict {
        case .stable: "<path class=\"ok\" d=\"M1 1h9v12h-9z\"/>"
        case .watch: "<path class=\"late\" d=\"M1 5h9v8h-9z\"/>"
        case .drifted: "<path class=\"failed\" d=\"M1 8h9v5h-9z\"/>"
        case nil: "<path class=\"none\" d=\"M1 11h9v2h-9z\"/>"
        }
    return "<svg class=\"gates\" width=\"11\" height=\"14\" aria-hidden=\"true\">\(shape)</svg>"
}

// MARK: Weights

/// What counts in the model: a bar each, or a dot with its interval where intervals are known.
func weightsContent(_ snapshot: ModelSnapshot) -> HTML {
    let shown = snapshot.weights.prefix(20)
    guard !shown.isEmpty else {
        return emptyState("The features that count most appear here with the size of their effect.", command: nil)
    }
    let axis = BarStrip.axis(of: shown.flatMap { [$0.amount.low, $0.amount.high] })
    let digits = max(2, axis.digits + 1)
    let hasIntervals = shown.contains { $0.amount.low < $0.amount.high }
    let lines = shown.map { weight -> HTML in
        let estimate = weight.amount
        var text = Figure.signed(estimate.value, digits: digits)
        var picture: HTML
        var style: HTML = .empty
        if hasIntervals {
            text += " ± \(Figure.decimal((estimate.high - estimate.low) / 2, digits: digits))"
            let name = estimate.isClear ? "clear" : "unclear"
            style = " class=\"\(name)\""
            picture = IntervalStrip(axis: axis.range)
                .html([(estimate, name)], ticks: axis.ticks, title: "\(weight.feature): \(text)")
        } else {
            picture = BarStrip(axis: axis.range)
                .html(estimate.value, levels: axis.ticks, title: "\(weight.feature): \(text)")
        }
        return
            "<li\(style)><div class=\"label\">\(weight.feature)</div>\(picture)<div class=\"value\">\(text)</div></li>"
    }
    let rest = snapshot.weights.count - shown.count
    let hollow = hasIntervals ? " Hollow: may be nothing." : ""
    return """
        <p>In \(snapshot.weightUnit), largest first.\(hollow)\(rest > 0 ? " \(rest) more in the table." : "")</p>
        <ul class="effects" aria-label="\(snapshot.weightUnit)">\(lines)<li class="scale" aria-hidden="true">\
        <div class="label"></div>\
        \(IntervalStrip(axis: axis.range).scale(axis.ticks) { Figure.signed($0, digits: axis.digits) })\
        <div></div></li></ul>
        """
}
