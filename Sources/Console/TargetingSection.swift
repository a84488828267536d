/// A table of segment averages against the model's own probability, on the same decisions.
func targetingContent(_ snapshot: NowSnapshot) -> HTML {
    guard let comparison = snapshot.targeting, !comparison.scores.isEmpty else {
        return emptyState(
            "How well the model tells who would respond, against a table of segment averages, appears here during a "
                + "replay.", command: nil)
    }
    let rows = comparison.scores.map { score -> HTML in
        """
        <tr\(score.isWeir ? " class=\"chosen\"" as HTML : HTML.empty)><th scope="row">\(score.label)</th>\
        <td class="n">\(Figure.decimal(score.auc, digits: 3))</td>\
        <td class="n">\(Figure.decimal(score.logLoss, digits: 4))</td>\
        <td class="n">\(Figure.decimal(score.calibrationError * 100, digits: 2)) pp</td></tr>
        """
    }
    let counts = comparison.answered.map { "\(Figure.whole($0.count)) \($0.label)" }.joined(separator: " · ")
    let answered: HTML? = counts.isEmpty ? nil : "<p>Answered: \(counts).</p>"
    return """
        <p>\(Figure.count(comparison.decisions, "decision")), \(Figure.count(comparison.responses, "response")) \
        (\(Figure.percent(comparison.baseRate))); each scored before its outcome was known.</p>
        \(topRatePicture(comparison))\(twin(targetingTable(comparison), id: "twin-targeting"))
        <div class="scroll" tabindex="0" role="region" aria-label="Scores"><table>
        <thead><tr><th scope="col">scored by</th>\
        <th scope="col" class="n"><abbr title="How often a responder is scored above a non-responder">AUC</abbr></th>\
        <th scope="col" class="n"><abbr title="Surprise per decision; less is better">log loss</abbr></th>\
        <th scope="col" class="n"><abbr title="Mean gap between predicted and observed rate">calibration error</abbr>\
        </th></tr></thead><tbody>\(rows)</tbody></table></div>
        \(answered)\(statements("What this shows", comparison.shows))\
        \(statements("What it does not show", comparison.doesNotShow))
        """
}

func statements(_ heading: String, _ sentences: [String]) -> HTML? {
    guard !sentences.isEmpty else { return nil }
    return "<h3>\(heading)</h3><ul class=\"plain\">\(sentences.map { "<li>\($0)</li>" as HTML })</ul>"
}

/// Response rates among the best-scored shares: hollow for the table, filled for Weir, a line at everyone's rate.
private func topRatePicture(_ comparison: TargetingComparison) -> HTML {
    var shares: [Double] = []
    for top in comparison.scores.flatMap(\.topRates) where !shares.contains(top.share) { shares.append(top.share) }
    let highs = comparison.scores.flatMap(\.topRates).map(\.rate.high)
    let axis = Axis(from: 0, to: max(highs.max() ?? 0, comparison.baseRate) * 100, about: 4)
    let strip = IntervalStrip(axis: 0...(axis.range.upperBound / 100))
    let ticks = axis.ticks.map { $0 / 100 }

    func text(_ rate: Estimate) -> String {
        let digits = rate.high < 0.1 ? 2 : 1
        return Figure.decimal(rate.value * 100, digits: digits) + " ± "
            + Figure.decimal((rate.high - rate.low) * 50, digits: digits) + " %"
    }
    let lines = shares.map { share -> HTML in
        let scores = comparison.scores.compactMap { score in
            score.topRates.first { $0.share == share }.map { (score, $0.rate) }
        }
        let name = "best \(Figure.decimal(share * 100)) %"
        let values = scores.map { score, rate -> HTML in
            "<span class=\"\(score.isWeir ? "clear" : "unclear")\">\(score.label) \(text(rate))</span>"
        }
        let title =
            "Response rate among the \(name): "
            + scores.map { "\($0.label) \(text($1))" }.joined(separator: ", ")
        let marks = scores.map { ($1, $0.isWeir ? "clear" : "unclear") }
        return """
            <li><div class="label">\(name)</div>\
            \(strip.html(marks, ticks: ticks, level: comparison.baseRate, title: title))\
            <div class="value">\(values)</div></li>
            """
    }
    return """
        <h3>Who responds, among those scored best</h3>
        <p>Filled: Weir. Hollow: the table. Dashed: everyone, \(Figure.percent(comparison.baseRate)).</p>
        <ul class="effects rates">\(lines)<li class="scale" aria-hidden="true"><div class="label">response rate</div>\
        \(strip.scale(ticks) { Figure.decimal($0 * 100, digits: axis.digits) + " %" })<div></div></li></ul>
        """
}
