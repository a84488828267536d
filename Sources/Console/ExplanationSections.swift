import Foundation
import WeirDomain

/// Where each candidate's utility comes from: features, value, price; the drawn one is unfolded.
///
/// - Returns: Nil where nothing is known beyond the table of candidates.
func reasonsContent(_ decision: ExplainedDecision) -> HTML? {
    let explained = decision.candidates.filter { $0.contributions != nil || !$0.budgetTerms.isEmpty }
    guard !explained.isEmpty else { return nil }
    let unfolded = explained.firstIndex(where: \.isChosen) ?? 0
    // One axis for all, so that their bars can be compared.
    let axis = BarStrip.axis(
        of: explained.compactMap(\.contributions).flatMap { $0.parts.map(\.amount) + [$0.rest] })
    let parts = explained.enumerated().map { index, candidate -> HTML in
        let drawn = candidate.isChosen ? ", drawn" : ""
        return """
            <details class="reason" id="reason-\(index)"\(index == unfolded ? " open" as HTML : .empty)>\
            <summary><b>\(candidate.name)</b>\(drawn): utility \(Figure.signed(candidate.utility, digits: 2))</summary>
            <p>\(utilityWords(candidate, decision.currency))</p>\
            \(candidate.contributions.map { contributionPicture(candidate, $0, axis) })</details>

            """
    }
    let table = contributionTable(decision)
    let twins: HTML? =
        table.rows.isEmpty
        ? nil
        : twin(table, id: "twin-contributions", link: "/decisions/\(decision.id.description).csv?table=contributions")
    return """
        <p>Utility is value less price × cost. Bars show what each feature added to the probability of the outcome \
        (right) or took from it (left), largest first, with its value at that moment.</p>\(parts)\(twins)
        """
}

/// "Value 1.77 less 1.07 × 0.93 (Autumn) leaves +0.77."
private func utilityWords(_ candidate: ExplainedDecision.Candidate, _ currency: Currency) -> String {
    func number(_ value: Double) -> String { Figure.decimal(value, digits: 2) }
    let terms =
        candidate.budgetTerms.isEmpty
        ? [" less price \(number(candidate.price)) × cost \(number(candidate.cost))"]
        : candidate.budgetTerms.map { " less price \(number($0.price)) × cost \(number($0.cost)) (\($0.budget))" }
    // So that it can be checked by hand.
    let baseline = candidate.baseline.map {
        " = (\(Figure.decimal(candidate.probability, digits: 3)) − \(Figure.decimal($0.probability, digits: 3)) without an "
            + "offer) × \(number($0.worth))"
    }
    return
        "Value \(number(candidate.value))\(baseline ?? "")\(terms.joined()) leaves \(Figure.signed(candidate.utility, digits: 2)) "
        + "\(currency.code). Probability \(number(candidate.probability)) ± \(number(candidate.uncertainty))."
}

private func contributionPicture(
    _ candidate: ExplainedDecision.Candidate, _ contributions: Contributions, _ axis: Axis
) -> HTML {
    let unit = contributions.unit
    let strip = BarStrip(axis: axis.range)
    func line(_ name: String, _ value: String, _ amount: Double) -> HTML {
        let text = unit.text(amount)
        let shown: HTML? = value.isEmpty ? nil : "<small>\(value)</small>"
        let title = "\(name)\(value.isEmpty ? "" : " = \(value)"): \(text)"
        return """
            <li><div class="label">\(name)\(shown)</div>\(strip.html(amount, levels: axis.ticks, title: title))\
            <div class="value">\(text)</div></li>
            """
    }
    let shown = contributions.parts.prefix(12)
    let hidden = contributions.parts.dropFirst(12)
    let rest = contributions.rest + hidden.map(\.amount).reduce(0, +)
    var lines = shown.map { line($0.feature, $0.value, $0.amount) }
    if abs(rest) > 1e-9 { lines.append(line("everything else", "", rest)) }
    let total = contributions.base + contributions.rest + contributions.parts.map(\.amount).reduce(0, +)
    let told = unit.probability(total)
    // Calibration comes after the sum; without it the two agree but for rounding.
    let calibrated =
        abs(told - candidate.probability) < 0.005
        ? "" : ", calibrated to \(Figure.decimal(candidate.probability, digits: 2))"
    return """
        <p>Before any feature: \(unit.level(contributions.base)). With all: \(unit.level(total))\(calibrated).</p>
        <ul class="effects" aria-label="\(candidate.name), in \(unit.name)">\(lines)\
        <li class="scale" aria-hidden="true"><div class="label">\(unit.name)</div>\
        \(IntervalStrip(axis: axis.range).scale(axis.ticks) { unit.tick($0, digits: axis.digits) })<div></div></li></ul>
        """
}

extension Contributions.Unit {
    fileprivate var name: String { self == .logOdds ? "log-odds" : "percentage points" }

    fileprivate func text(_ amount: Double) -> String {
        self == .logOdds
            ? Figure.signed(amount, digits: 2) : Figure.signed(amount * 100, digits: 1) + " points"
    }

    fileprivate func tick(_ amount: Double, digits: Int) -> String {
        self == .logOdds
            ? Figure.signed(amount, digits: digits) : Figure.signed(amount * 100, digits: max(0, digits - 2))
    }

    fileprivate func level(_ amount: Double) -> String {
        let probability = "probability \(Figure.decimal(probability(amount), digits: 2))"
        return self == .logOdds ? "log-odds \(Figure.decimal(amount, digits: 2)), \(probability)" : probability
    }

    fileprivate func probability(_ amount: Double) -> Double { self == .logOdds ? 1 / (1 + exp(-amount)) : amount }
}

// MARK: The draw

/// The probabilities as bars; one of them was drawn.
func drawContent(_ decision: ExplainedDecision) -> HTML {
    let strip = BarStrip(axis: 0...1)
    let ticks = [0, 0.25, 0.5, 0.75, 1]
    let lines = decision.candidates.map { candidate -> HTML in
        let text = Figure.decimal(candidate.propensity, digits: 3)
        let title = "\(candidate.name): probability \(text)\(candidate.isChosen ? ", drawn" : "")"
        let style = candidate.isChosen ? "clear" : "unclear"
        let label: HTML = candidate.isChosen ? "<b>\(candidate.name)</b><small>drawn</small>" : "\(candidate.name)"
        return """
            <li><div class="label">\(label)</div>\
            \(strip.html(candidate.propensity, style: style, levels: ticks, title: title))\
            <div class="value">\(text)</div></li>
            """
    }
    return """
        <p>\(drawSentence(decision))</p>
        <ul class="effects" aria-label="Probability of being drawn">\(lines)<li class="scale" aria-hidden="true">\
        <div class="label">probability</div>\
        \(IntervalStrip(axis: 0...1).scale(ticks) { Figure.significant($0) })<div></div></li></ul>
        <div class="twin"><a class="csv" href="#candidates">Table</a>\
        <a class="csv" href="/decisions/\(decision.id.description).csv">CSV</a></div>
        """
}

private func drawSentence(_ decision: ExplainedDecision) -> String {
    let probability = Figure.decimal(decision.propensity, digits: 3)
    if decision.isChosenElsewhere {
        return "It was chosen elsewhere; Weir scored and logged it. \(decision.policy) would have drawn from these."
    }
    let logged = "That is logged, so what any other policy would have earned can be told from the log."
    return switch decision.result {
    case .offer(let name): "\(decision.policy) drew “\(name)” with probability \(probability). \(logged)"
    case .noOffer: "\(decision.policy) drew no offer with probability \(probability). \(logged)"
    case .heldOut: "The customer is held out, so nothing was given; \(decision.policy) would have drawn from these."
    }
}

// MARK: Shadows

/// What models that do not decide thought of the same decision.
func shadowsContent(_ decision: ExplainedDecision) -> HTML? {
    guard let shadows = decision.explanation?.shadows, !shadows.isEmpty else { return nil }
    let best = decision.candidates.max { $0.utility < $1.utility }?.name
    let articles = shadows.map { shadow -> HTML in
        let rows = shadow.scores.map { score -> HTML in
            let live = decision.candidates.first { $0.name == score.candidate }
            let liveUtility = live.map { Figure.signed($0.utility, digits: 2) } ?? Figure.none
            let liveProbability = live.map { Figure.decimal($0.probability, digits: 2) } ?? Figure.none
            return """
                <tr><th scope="row">\(score.candidate)</th>\
                <td class="n">\(Figure.decimal(score.probability, digits: 2))<small>\(liveProbability)</small></td>\
                <td class="n">\(Figure.signed(score.utility, digits: 2))<small>\(liveUtility)</small></td>\
                <td class="n">\(Figure.decimal(score.propensity, digits: 2))</td></tr>
                """
        }
        let first = shadow.scores.first?.candidate ?? "no offer"
        let verdict =
            first == best
            ? "agrees: “\(first)” is best" : "would have preferred “\(first)” to “\(best ?? "no offer")”"
        return """
            <h3><a href="/models/\(shadow.model.id.rawValue)">\(shadow.model.id.rawValue)</a>, \
            \(shadow.model.stage.rawValue)</h3><p>It \(verdict). Small figures: the model that decided.</p>
            <div class="scroll" tabindex="0" role="region" aria-label="Scores of \(shadow.model.id.rawValue)"><table>
            <thead><tr><th scope="col">candidate</th><th scope="col" class="n">p</th>\
            <th scope="col" class="n">utility\(unitSuffix(decision.currency))</th>\
            <th scope="col" class="n">prob.</th></tr></thead><tbody>\(rows)</tbody></table></div>
            """
    }
    return """
        \(articles)<p class="links"><a class="csv" \
        href="/decisions/\(decision.id.description).csv?table=shadow">CSV</a></p>
        """
}

// MARK: Tables

/// What each feature added to each candidate's score.
package func contributionTable(_ decision: ExplainedDecision) -> Table {
    Table(
        name: "contributions", columns: ["candidate", "feature", "value", "amount", "unit"],
        rows: decision.candidates.flatMap { candidate -> [[Table.Cell]] in
            guard let contributions = candidate.contributions else { return [] }
            let unit = Table.Cell.text(contributions.unit == .logOdds ? "log-odds" : "probability")
            let parts =
                [Contributions.Part(feature: "(base)", amount: contributions.base)] + contributions.parts
                + [Contributions.Part(feature: "(rest)", amount: contributions.rest)]
            return parts.map {
                [.text(candidate.name), .text($0.feature), .text($0.value), .number($0.amount, digits: 5), unit]
            }
        })
}

/// What shadows thought of each candidate.
package func shadowTable(_ decision: ExplainedDecision) -> Table {
    Table(
        name: "shadow",
        columns: ["model", "stage", "candidate", "probability", "utility \(decision.currency.code)", "propensity"],
        rows: (decision.explanation?.shadows ?? []).flatMap { shadow in
            shadow.scores.map {
                [
                    .text(shadow.model.id.rawValue), .text(shadow.model.stage.rawValue), .text($0.candidate),
                    .number($0.probability, digits: 4), .number($0.utility, digits: 4),
                    .number($0.propensity, digits: 4),
                ]
            }
        })
}
