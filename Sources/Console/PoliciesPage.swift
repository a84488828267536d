import WeirDomain

/// The page `/policies`: for each placement what the live policy earns, and what others would have earned on the log.
package func policiesPage(_ snapshot: PoliciesSnapshot) -> String {
    let placements = snapshot.placements.enumerated().map { index, placement in
        panel("placement-\(index)", placement.name, placementContent(placement, index: index, snapshot))
    }
    let none = panel(
        "placements", "No placement yet",
        emptyState(
            "Each placement of the catalog gets a section here, with its live policy and what others would earn.",
            command: snapshot.catalogCommand))
    return page(
        title: "Policies", current: .policies, status: asOf(snapshot.generatedTime),
        main: """
            <h1>Policies</h1>
            <p class="lead">\(policiesSentence(snapshot.placements))</p>
            \(placements.isEmpty ? [none] : placements)
            """)
}

/// The table of the page Policies, `policies`; nil for another name.
package func policiesTable(_ name: String, of snapshot: PoliciesSnapshot) -> Table? {
    name == "policies" ? policiesTable(snapshot.placements, snapshot.currency) : nil
}

private func policiesTable(_ placements: [PoliciesSnapshot.Placement], _ currency: Currency) -> Table {
    let code = currency.code
    return Table(
        name: "policies",
        columns: [
            "placement", "policy", "live", "decisions", "value a decision \(code)", "95 % low", "95 % high",
            "difference to live \(code)", "95 % low", "95 % high", "estimator", "effective sample size",
            "largest weight", "warnings",
        ],
        rows: placements.flatMap { placement -> [[Table.Cell]] in
            let live: [Table.Cell] =
                [.text(placement.name), .text(placement.policy), .text("yes"), .count(placement.decisions)]
                + cells(placement.live, digits: 6) + Array(repeating: .empty, count: 7)
            return [live]
                + placement.candidates.map { candidate in
                    [.text(placement.name), .text(candidate.name), .text("no"), .count(placement.decisions)]
                        + cells(candidate.value, digits: 6) + cells(candidate.difference, digits: 6) + [
                            .text(candidate.estimator), .number(candidate.effectiveSampleSize, digits: 1),
                            candidate.largestWeight.map { .number($0, digits: 2) } ?? .empty,
                            .text(candidate.warnings.joined(separator: " ")),
                        ]
                }
        })
}

private func policiesSentence(_ placements: [PoliciesSnapshot.Placement]) -> String {
    let candidates = placements.flatMap(\.candidates)
    guard !candidates.isEmpty else {
        return "A policy turns scores into one answer. What others would have earned is told from the log, without "
            + "trying them on anybody."
    }
    let better = candidates.filter(\.isClearlyBetter)
    let doubtful = candidates.count { $0.difference.low > 0 && !$0.isClearlyBetter }
    let compared = "\(Figure.count(candidates.count, "candidate")) compared on the log"
    let doubts =
        doubtful == 0
        ? "" : "; \(doubtful) \(doubtful == 1 ? "looks" : "look") better, with doubts that allow no verdict"
    guard !better.isEmpty else { return "\(compared): none is clearly better than what decides now\(doubts)." }
    return "\(compared): \(better.count) \(better.count == 1 ? "is" : "are") clearly better than what decides now"
        + "\(doubts)."
}

private func placementContent(
    _ placement: PoliciesSnapshot.Placement, index: Int, _ snapshot: PoliciesSnapshot
) -> HTML {
    let period = placement.period.map {
        ", \(Figure.fullDate($0.lowerBound)) to \(Figure.fullDate($0.upperBound))"
    }
    let over = "over \(Figure.count(placement.decisions, "decision"))\(period ?? "")"
    let live =
        placement.live.map {
            let earned = Figure.perDecision($0, snapshot.currency, isSigned: false)
            return "\(placement.policy) decides and earned \(earned), \(over)."
        } ?? "\(placement.policy) decides; what it earns a decision appears once outcomes are known."
    guard !placement.candidates.isEmpty else {
        return """
            <p>\(live)</p>\(emptyState(
                "What another policy would have earned appears here once one is evaluated on the log.",
                command: snapshot.evaluateCommand.replacing("PLACEMENT", with: placement.id.rawValue)))
            """
    }
    let table = policiesTable([placement], snapshot.currency)
    return """
        <p>\(live) Below: what others would have earned beyond it, 95 % intervals; hollow: may be nothing, or in doubt.</p>
        \(candidateList(placement, snapshot.currency))\
        \(twin(table, id: "twin-\(index)", link: "/console/policies/policies.csv"))
        """
}

private func candidateList(_ placement: PoliciesSnapshot.Placement, _ currency: Currency) -> HTML {
    let differences = placement.candidates.map(\.difference)
    let (scale, unit) = Figure.decisionUnit(differences, currency)
    let axis = BarStrip.axis(of: differences.flatMap { [$0.low * scale, $0.high * scale] })
    let range = (axis.range.lowerBound / scale)...(axis.range.upperBound / scale)
    let strip = IntervalStrip(axis: range)
    let ticks = axis.ticks.map { $0 / scale }
    let lines = placement.candidates.map { candidate -> HTML in
        let style = candidate.difference.isClear && candidate.warnings.isEmpty ? "clear" : "unclear"
        let text = Figure.perDecision(candidate.difference, currency)
        let value = "\(Figure.perDecision(candidate.value, currency, isSigned: false)), \(candidate.estimator)"
        let weight = candidate.largestWeight.map { ", largest weight \(Figure.significant($0)) × the mean" }
        let worth =
            "as sure as \(Figure.whole(Int(saturating: candidate.effectiveSampleSize.rounded()))) of "
            + "\(Figure.count(placement.decisions, "decision"))\(weight ?? "")"
        let warnings: HTML? =
            candidate.warnings.isEmpty
            ? nil
            : "<ul class=\"needs\">\(candidate.warnings.map { "<li><b>Doubt</b> \($0)</li>" as HTML })</ul>"
        return """
            <li class="\(style)"><div class="label">\(candidate.name)<small>\(value)</small>\
            <small>\(worth)</small></div>\
            \(strip.html([(candidate.difference, style)], ticks: ticks, title: "\(candidate.name): \(text)"))\
            <div class="value">\(text)</div>\(warnings)</li>
            """
    }
    return """
        <ul class="effects policies" aria-label="In \(unit) a decision beyond the live policy">\(lines)\
        <li class="scale" aria-hidden="true"><div class="label">\(unit) a decision</div>\
        \(strip.scale(ticks) { Figure.signed($0 * scale, digits: axis.digits) })<div></div></li></ul>
        """
}
