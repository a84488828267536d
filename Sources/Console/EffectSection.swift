import WeirDomain

/// Treated against held out: one line with dot and interval for each measure, one axis for each unit.
func effectsContent(_ snapshot: NowSnapshot) -> HTML {
    let holdout =
        snapshot.universalHoldout > 0
        ? "\(Figure.percent(snapshot.universalHoldout)) of customers never get an offer; they are the measure."
        : "No universal holdout is set, so effects cannot be told from what would have happened anyway."
    guard !snapshot.effects.isEmpty else {
        return emptyState(
            "The difference between treated and held-out customers appears here with its 95 % interval once outcomes "
                + "arrive. \(holdout)", command: snapshot.commands.outcome)
    }
    var units: [MeasuredEffect.Unit] = []
    for effect in snapshot.effects where !units.contains(effect.unit) { units.append(effect.unit) }
    let groups = units.map { unit in effectGroup(unit, snapshot.effects.filter { $0.unit == unit }) }
    return """
        <p>Treated against held out, 95 % intervals; hollow: may be nothing. \(holdout)</p>
        \(groups)\(twin(effectTable(snapshot.effects), id: "twin-effects"))
        """
}

private func effectGroup(_ unit: MeasuredEffect.Unit, _ effects: [MeasuredEffect]) -> HTML {
    let differences = effects.compactMap(\.difference)
    let low = min(0, differences.map(\.low).min() ?? 0) * unit.scale
    let high = max(0, differences.map(\.high).max() ?? 0) * unit.scale
    let axis = Axis(from: low, to: high > low ? high : low + 1, about: 4)
    let range = (axis.range.lowerBound / unit.scale)...(axis.range.upperBound / unit.scale)
    let strip = IntervalStrip(axis: range)
    let ticks = axis.ticks.map { $0 / unit.scale }

    let lines = effects.map { effect -> HTML in
        let style = effect.difference.map { $0.isClear ? "clear" : "unclear" } ?? "unclear"
        let counts =
            "\(Figure.whole(effect.treatedCount)) treated, \(Figure.whole(effect.holdoutCount)) held out"
        let means = "\(unit.mean(effect.treatedMean)) against \(unit.mean(effect.holdoutMean))"
        let text = effect.difference.map(unit.difference) ?? "not yet"
        let title = "\(effect.label): \(text) \(unit.differenceName); \(means); \(counts)"
        let note = effect.note.isEmpty ? "" : " · \(effect.note)"
        return """
            <li class="\(style)"><div class="label">\(effect.label)<small>\(means)\(note)</small></div>\
            \(strip.html(effect.difference.map { [($0, style)] } ?? [], ticks: ticks, title: title))\
            <div class="value">\(text)</div></li>
            """
    }
    return """
        <ul class="effects" aria-label="In \(unit.differenceName)">\(lines)<li class="scale" aria-hidden="true">\
        <div class="label">\(unit.differenceName)</div>\
        \(strip.scale(ticks) { Figure.signed($0 * unit.scale, digits: axis.digits) })<div></div></li></ul>
        """
}
