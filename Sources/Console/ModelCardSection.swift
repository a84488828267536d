/// What somebody who must trust the model should know of it.
func cardContent(_ card: ModelSnapshot.Card) -> HTML {
    var facts = [("data", card.data), ("period", card.period), ("rows", Figure.whole(card.rows))]
    if let positives = card.positives {
        let share = Double(positives) / Double(max(1, card.rows))
        facts.append(("positives", "\(Figure.whole(positives)) (\(Figure.percent(share)))"))
    }
    facts += [("target", card.target), ("features", Figure.whole(card.features.count)), ("seed", String(card.seed))]
    let list = facts.filter { !$0.1.isEmpty }.map { name, value -> HTML in
        "<div><dt>\(name)</dt><dd>\(value)</dd></div>"
    }
    let features: HTML? =
        card.features.isEmpty
        ? nil
        : """
        <details id="features"><summary>\(Figure.count(card.features.count, "feature"))</summary>\
        <p>\(card.features.joined(separator: ", "))</p></details>
        """
    let settings: HTML? =
        card.settings.isEmpty
        ? nil
        : """
        <details id="settings"><summary>\(Figure.count(card.settings.count, "setting"))</summary><dl class="facts">\
        \(card.settings.map { "<div><dt>\($0.name)</dt><dd>\($0.value)</dd></div>" as HTML })</dl></details>
        """
    return """
        <dl class="facts">\(list)</dl>\(statements("Learner", [card.learner]))\(figures(card.figures))\
        \(statements("Assumes", card.assumptions))\(statements("Limits", card.limits))
        <div class="folds">\(features)\(settings)</div>
        """
}

private func figures(_ figures: [ModelSnapshot.Card.Figure]) -> HTML? {
    guard !figures.isEmpty else { return nil }
    let rows = figures.map { figure -> HTML in
        let interval: HTML? =
            if let low = figure.low, let high = figure.high {
                "<small>\(Figure.decimal(low, digits: 4)) to \(Figure.decimal(high, digits: 4))</small>"
            } else { nil }
        return """
            <tr><th scope="row">\(figure.name)</th>\
            <td class="n">\(Figure.decimal(figure.value, digits: 4))\(interval)</td><td>\(figure.data)</td></tr>
            """
    }
    return """
        <h3>Measured in training</h3><div class="scroll" tabindex="0" role="region" aria-label="Figures"><table>
        <thead><tr><th scope="col">figure</th><th scope="col" class="n">value, 95 %</th>\
        <th scope="col">measured on</th></tr></thead><tbody>\(rows)</tbody></table></div>
        """
}
