import WeirDomain

/// The page `/models`: for each goal which model decides, and which others stand behind it.
package func modelsPage(_ snapshot: ModelsSnapshot) -> String {
    let goals = snapshot.goals.enumerated().map { index, goal in
        panel("goal-\(index)", goal.name, goalContent(goal, index: index, snapshot))
    }
    let none = panel(
        "goals", "No goal yet",
        emptyState(
            "Each goal of the catalog gets a section here, with the model that decides for it.", command: "weir apply"))
    return page(
        title: "Models", current: .models, status: asOf(snapshot.generatedTime),
        main: """
            <h1>Models</h1>
            <p class="lead">\(modelsSentence(snapshot))</p>
            \(goals.isEmpty ? [none] : goals)
            """)
}

private func modelsSentence(_ snapshot: ModelsSnapshot) -> String {
    let models = snapshot.goals.flatMap(\.models).filter { $0.id != .online }
    guard !snapshot.goals.isEmpty else { return "A model says how likely an outcome is." }
    guard !models.isEmpty else {
        return
            "The built-in online model decides for every goal. Trained models can be put beside it, and over it once "
            + "their gates are passed."
    }
    let blocked = models.count { status in
        [.candidate, .shadow].contains(status.stage) && status.gates.contains { $0.verdict == .failed }
    }
    let counts = [ModelStage.champion, .shadow, .candidate, .retired].compactMap { stage -> String? in
        let count = models.count { $0.stage == stage }
        return count == 0 ? nil : Figure.count(count, stage.noun, stage.nouns)
    }
    let held = blocked == 0 ? "" : " A gate holds \(blocked) of them back."
    return "\(Figure.count(models.count, "trained model")): \(counts.joined(separator: ", ")).\(held)"
}

private func goalContent(_ goal: ModelsSnapshot.Goal, index: Int, _ snapshot: ModelsSnapshot) -> HTML {
    let trained: HTML? =
        goal.models.contains { $0.id != .online }
        ? nil
        : emptyState(
            "Trained models appear here once one is registered for this goal.",
            command: snapshot.registerCommand.replacing("GOAL", with: goal.id.rawValue))
    let twins: HTML =
        goal.models.isEmpty
        ? .empty : twin(modelsTable([goal]), id: "twin-\(index)", link: "/console/models/models.csv")
    let table: HTML = goal.models.isEmpty ? .empty : modelList(goal, index: index, snapshot.currency)
    return "<p>\(decidingSentence(goal, at: snapshot.generatedTime))</p>\(table)\(twins)\(trained)"
}

private func decidingSentence(_ goal: ModelsSnapshot.Goal, at now: Timestamp) -> String {
    let since = goal.decidingSince.map { " since \(Figure.fullDate($0)), \(Figure.clock($0)) UTC" } ?? ""
    let lessons =
        goal.lessons == 0
        ? "no outcome yet to learn from"
        : "\(Figure.count(goal.lessons, "lesson"))"
            + (goal.lastLesson.map { ", the newest of \(Figure.date($0)) \(Figure.clock($0)) UTC" } ?? "")
    let open = goal.open.map { " " + $0.sentence(at: now) } ?? ""
    let cut =
        goal.cut.isEmpty
        ? ""
        : " Values far from what is usual count as the nearest that is: "
            + goal.cut.map { "of “\($0.feature)” in \(Figure.percent($0.share)) of the lessons" }.joined(
                separator: ", ") + "."
    return goal.decidingModel == .online
        ? "The built-in online model decides\(since): \(lessons).\(open)\(cut)"
        : "\(goal.decidingModel) decides\(since); what it leaves is learned online: \(lessons).\(open)\(cut)"
}

/// A model is two rows: its figures, and what they come to in words.
private func modelList(_ goal: ModelsSnapshot.Goal, index: Int, _ currency: Currency) -> HTML {
    let axis = championAxis(goal.models)
    let reference = goal.models.compactMap { $0.live?.comparedWith }.first ?? "the champion"
    let groups = goal.models.map { model in modelRows(model, goal, axis: axis, currency) }
    let scale: HTML? = axis.map { axis in
        let strip = IntervalStrip(axis: axis.range)
        return """
            <tfoot class="wide"><tr aria-hidden="true"><td colspan="6"></td><td>\
            \(strip.scale(axis.ticks) { Figure.signed($0, digits: axis.digits) })</td><td></td></tr></tfoot>
            """
    }
    return """
        <div class="scroll" tabindex="0" role="region" aria-label="Models for \(goal.name)"><table class="models">
        <thead><tr><th scope="col">model</th><th scope="col">stage</th>\
        <th scope="col" class="n wide"><abbr title="Surprise per outcome; less is better">log loss</abbr></th>\
        <th scope="col" class="n wide"><abbr title="How often a responder is scored above a non-responder">AUC</abbr>\
        </th><th scope="col" class="n wide"><abbr title="Mean gap between predicted and observed rate">calibration \
        error</abbr></th><th scope="col" class="n wide">outcomes</th>\
        <th scope="col" class="wide"><abbr title="Log loss less that of \(reference) on the same outcomes, 95 %; left \
        is better">beside \(reference)</abbr></th><th scope="col">gates</th></tr></thead>
        \(groups)\(scale)</table></div>
        """
}

private func modelRows(
    _ model: ModelStatus, _ goal: ModelsSnapshot.Goal, axis: Axis?, _ currency: Currency
) -> HTML {
    let isDeciding = model.id == goal.decidingModel
    let name: HTML =
        model.id == .online
        ? "built-in online model" : "<a href=\"/models/\(model.id.rawValue)\">\(model.id.rawValue)</a>"
    let learner: HTML? = model.learner.isEmpty ? nil : "<small>\(model.learner)</small>"
    let stage = isDeciding ? "decides" : model.id == .online ? "stands by" : model.stage.noun
    let style: HTML = isDeciding ? " class=\"chosen\"" : model.stage == .retired ? " class=\"quiet\"" : ""
    let difference = model.live?.difference
    let strip: HTML? = axis.map { axis in
        let style = difference.map { $0.isClear ? "clear" : "unclear" } ?? "unclear"
        let text = model.live.flatMap(lossDifference) ?? "nothing to compare"
        return IntervalStrip(axis: axis.range).html(
            difference.map { [($0, style)] } ?? [], ticks: axis.ticks, title: "\(model.id): \(text)")
    }
    return """
        <tbody><tr\(style)><th scope="row">\(name)\(learner)</th>\
        <td>\(stage)<small>since \(timeElement(model.since, Figure.date(model.since)))</small></td>\
        \(liveCells(model.live))<td class="against wide">\(strip)</td>\
        <td>\(model.gates.isEmpty ? .empty : gateCells(model.gates))</td></tr>\
        <tr class="words"><td colspan="8">\(modelWords(model, currency, isDeciding: isDeciding))</td></tr></tbody>

        """
}

private func liveCells(_ live: LiveFigures?) -> [HTML] {
    let texts = [
        live.map { Figure.decimal($0.logLoss, digits: 4) }, live?.auc.map { Figure.decimal($0, digits: 3) },
        live.map { Figure.decimal($0.calibrationError * 100, digits: 2) + " pp" }, live.map { Figure.whole($0.count) },
    ]
    return texts.map { "<td class=\"n wide\">\($0 ?? Figure.none)</td>" }
}

/// One axis for all models of a goal; nil where there is nothing to compare.
private func championAxis(_ models: [ModelStatus]) -> Axis? {
    let differences = models.compactMap { $0.live?.difference }
    return differences.isEmpty ? nil : BarStrip.axis(of: differences.flatMap { [$0.low, $0.high] })
}

// MARK: Words

/// "would have changed 12 % of 3,400 decisions; value +1.2 ± 0.8 cents a decision."
func modelWords(_ model: ModelStatus, _ currency: Currency, isDeciding: Bool) -> String {
    if let why = model.setAside {
        return "Set aside when the store was opened: \(why)" + (why.hasSuffix(".") ? "" : ".")
    }
    var parts: [String] = []
    if let comparison = model.comparison { parts.append(comparisonWords(comparison, currency)) }
    if let difference = model.live.flatMap(lossDifference) { parts.append(difference) }
    if parts.isEmpty, !isDeciding {
        parts.append(
            model.live == nil
                ? model.stage == .candidate ? "scores nothing live before it is a shadow" : "no live outcome yet"
                : "compared with nothing yet")
    }
    if parts.isEmpty, model.live == nil { parts.append("no live outcome yet") }
    if !model.gates.isEmpty { parts.append(gateWords(model.gates)) }
    return parts.isEmpty ? "" : parts.map(\.capitalizedFirst).joined(separator: ". ") + "."
}

func comparisonWords(_ comparison: ShadowComparison, _ currency: Currency) -> String {
    let share = Double(comparison.changed) / Double(max(1, comparison.decisions))
    let value = comparison.value.map {
        "; value \(Figure.perDecision($0, currency))" + ($0.isClear ? "" : ", may be nothing")
    }
    return "would have changed \(Figure.percent(share)) of \(Figure.count(comparison.decisions, "decision"))"
        + (value ?? "; its value is not measured yet")
}

/// "log loss 0.0052 ± 0.0021 below that of the champion"; nil where there is nothing to compare.
func lossDifference(_ live: LiveFigures) -> String? {
    guard let difference = live.difference else { return nil }
    let half = Figure.decimal((difference.high - difference.low) / 2, digits: 4)
    let size = Figure.decimal(difference.value.magnitude, digits: 4)
    let side = difference.value < 0 ? "below" : "above"
    return "log loss \(size) ± \(half) \(side) that of \(live.comparedWith)"
        + (difference.isClear ? "" : ", may be nothing")
}

extension String {
    fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}

extension ModelStage {
    var noun: String { rawValue }
    var nouns: String { self == .retired ? "retired" : rawValue + "s" }
}
