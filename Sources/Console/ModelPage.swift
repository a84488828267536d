import WeirDomain

/// The page of one model, `/models/ID`: how far it has come, why, and what a person can do about it.
package func modelPage(_ snapshot: ModelSnapshot) -> String {
    let tables = modelTables(snapshot)
    func twinOf(_ name: String) -> HTML {
        guard let table = tables.first(where: { $0.name == name }), !table.rows.isEmpty else { return .empty }
        return twin(table, id: "twin-\(name)", link: "\(snapshot.path).csv?table=\(name)")
    }
    let id = snapshot.status.id.rawValue
    return page(
        title: id, current: .models, status: asOf(snapshot.generatedTime),
        main: """
            <h1>\(id)</h1>
            <p class="lead">\(modelSentence(snapshot))</p>
            \(panel("gates", "Gates", "\(gatesContent(snapshot.status.gates))\(twinOf("gates"))"))
            \(panel("actions", "What you can do", actionsContent(snapshot)))
            \(panel("shadow", "What it would have changed", "\(shadowContent(snapshot))\(twinOf("shadow"))"))
            <div class="columns"><div>
            \(panel("calibration", "Does it happen as often as predicted?",
                "\(calibrationContent(snapshot))\(twinOf("calibration"))"))
            </div><div>
            \(panel("drift", "Are people still as in training?", "\(driftContent(snapshot))\(twinOf("drift"))"))
            </div></div>
            \(panel("weights", "What counts in it", "\(weightsContent(snapshot))\(twinOf("weights"))"))
            \(panel("history", "Its way here", "\(historyContent(snapshot))\(twinOf("history"))"))
            \(panel("card", "Model card", "\(cardContent(snapshot.card))\(twinOf("figures"))"))
            """)
}

extension ModelSnapshot {
    var path: String { "/models/\(status.id.rawValue)" }
    var isDeciding: Bool { status.id == decidingModel }
}

private func modelSentence(_ snapshot: ModelSnapshot) -> String {
    let status = snapshot.status
    let since = Figure.fullDate(status.since)
    let other = snapshot.decidingModel == .online ? "the built-in online model" : snapshot.decidingModel.rawValue
    let standing =
        switch status.stage {
        case .candidate: "A candidate since \(since): it touches nothing yet; \(other) decides"
        case .shadow: "A shadow since \(since): it scores what is decided and decides nothing; \(other) decides"
        case .champion:
            snapshot.isDeciding ? "It decides since \(since)" : "A champion since \(since); \(other) decides"
        case .retired: "Retired on \(since): it is out of use for good; \(other) decides"
        }
    let figures = status.live.map { live in
        var text =
            " On \(Figure.count(live.count, "live outcome")): log loss \(Figure.decimal(live.logLoss, digits: 4))"
        if let auc = live.auc { text += ", AUC \(Figure.decimal(auc, digits: 3))" }
        text += ", calibration error \(Figure.decimal(live.calibrationError * 100, digits: 2)) pp"
        return text + (lossDifference(live).map { "; \($0)" } ?? "") + "."
    }
    let aside = status.setAside.map {
        " It was set aside when the store was opened: \($0)\($0.hasSuffix(".") ? "" : ".")"
    }
    return
        "\(standing), for the goal “\(snapshot.goalName)”.\(aside ?? "")\(figures ?? " No live outcome has been scored yet.")"
}

// MARK: Gates

private func gatesContent(_ gates: [GateStatus]) -> HTML {
    guard !gates.isEmpty else {
        return emptyState(
            "What must hold before this model may go a stage further appears here with its first check.",
            command: nil)
    }
    let rows = gates.map { gate -> HTML in
        let measured = gate.measured.isEmpty ? Figure.none : gate.measured
        let remedy: HTML? = gate.remedy.isEmpty ? nil : "<div class=\"remedy\">\(gate.remedy)</div>"
        return """
            <tr><th scope="row">\(gate.name)</th><td class="verdict \(gate.verdict.style)">\(gateCells([gate])) \
            \(gate.verdict.words)</td><td>\(measured)<small>wanted: \(gate.threshold)</small>\(remedy)</td></tr>
            """
    }
    return """
        <p>\(gateWords(gates)).</p>
        <div class="scroll" tabindex="0" role="region" aria-labelledby="gates-h"><table class="gate-table">
        <thead><tr><th scope="col">gate</th><th scope="col">verdict</th>\
        <th scope="col">measured</th></tr></thead><tbody>\(rows)</tbody></table></div>
        """
}

extension GateStatus.Verdict {
    fileprivate var style: String {
        switch self {
        case .passed: "passed"
        case .failed: "failed"
        case .unmeasured: "waiting"
        }
    }
}

// MARK: What would have changed

private func shadowContent(_ snapshot: ModelSnapshot) -> HTML {
    guard let comparison = snapshot.status.comparison else {
        return snapshot.isDeciding
            ? "<p>It decides, so there is nothing to compare it with. A shadow says here what it would change.</p>"
            : emptyState(
                "Once it is a shadow it scores every decision beside the champion; what it would have changed appears "
                    + "here.", command: snapshot.shadowCommand)
    }
    let changes = comparison.answers.map {
        Double($0.wouldHaveGiven - $0.given) / Double(max(1, comparison.decisions)) * 100
    }
    let axis = BarStrip.axis(of: changes)
    let strip = BarStrip(axis: axis.range)
    let rows = zip(comparison.answers, changes).map { answer, change -> HTML in
        let text = "\(Figure.signed(change, digits: 1)) points"
        let counts = "\(Figure.whole(answer.given)) → \(Figure.whole(answer.wouldHaveGiven))"
        return """
            <li><div class="label">\(answer.name)<small>\(counts)</small></div>\
            \(strip.html(change, levels: axis.ticks, title: "\(answer.name): \(counts), \(text)"))\
            <div class="value">\(text)</div></li>
            """
    }
    let picture: HTML? =
        rows.isEmpty
        ? nil
        : """
        <ul class="effects" aria-label="Share of decisions, in percentage points">\(rows)\
        <li class="scale" aria-hidden="true"><div class="label">share of decisions</div>\
        \(IntervalStrip(axis: axis.range).scale(axis.ticks) { Figure.signed($0, digits: axis.digits) })\
        <div></div></li></ul>
        """
    return """
        <p>On the same decisions it \(comparisonWords(comparison, snapshot.currency)). Left: given less often; right: \
        more often.</p>\(picture)
        """
}

// MARK: History

private func historyContent(_ snapshot: ModelSnapshot) -> HTML {
    guard !snapshot.history.isEmpty else {
        return emptyState("Each change of its stage appears here, with who made it and why.", command: nil)
    }
    let rows = snapshot.history.map { change -> HTML in
        """
        <tr><td>\(timeElement(change.time, "\(Figure.fullDate(change.time)), \(Figure.clock(change.time))"))</td>\
        <td>\(change.stage.rawValue)</td><td>\(change.actor)</td><td>\(change.reason)</td></tr>
        """
    }
    return """
        <p>Newest first. Times are UTC.</p>
        <div class="scroll" tabindex="0" role="region" aria-labelledby="history-h"><table>
        <thead><tr><th scope="col">time</th><th scope="col">became</th><th scope="col">by</th>\
        <th scope="col">why</th></tr></thead><tbody>\(rows)</tbody></table></div>
        """
}
