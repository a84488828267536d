import WeirDomain

/// The newest decisions, each with its reason and a link to all that it was made of.
func latestContent(_ snapshot: NowSnapshot) -> HTML {
    guard !snapshot.latest.isEmpty else {
        return emptyState(
            "Decisions appear here as they are made, each with the reason why.", command: snapshot.commands.decision)
    }
    let mix = snapshot.mix.map {
        "\(Figure.percent($0.noOffer)) no offer · \(Figure.percent($0.heldOut)) held out · "
            + "\(Figure.percent($0.explored)) explored (\($0.over))."
    }
    let rows = snapshot.latest.prefix(12).map { decision -> HTML in
        let utility: HTML? = decision.utility.map { "\(Figure.signed($0, digits: 2))" }
        return """
            <tr\(decision.result.isOffer ? "" : " class=\"quiet\"" as HTML)><td>\
            <a href="/decisions/\(decision.id.description)" aria-label="Decision \(decision.id.description)">\
            \(timeElement(decision.time, Figure.clockWithSeconds(decision.time)))</a></td>\
            <td>\(decision.customer.rawValue)</td><td>\(decision.result.text)<small>\(decision.placement)</small></td>\
            <td class="n wide">\(utility)</td>\
            <td class="n wide">\(Figure.decimal(decision.propensity, digits: 2))</td>\
            <td>\(decision.why)<small>\(decision.policy)</small></td></tr>
            """
    }
    return """
        <p>\(mix ?? "Newest first.") Times are UTC.</p>
        <div class="scroll" tabindex="0" role="region" aria-labelledby="latest-h"><table>
        <thead><tr><th scope="col">time</th><th scope="col">customer</th><th scope="col">answer</th>\
        <th scope="col" class="n wide">utility\(unitSuffix(snapshot.currency))</th>\
        <th scope="col" class="n wide"><abbr title="With what probability this answer was drawn">prob.</abbr></th>\
        <th scope="col">why</th></tr></thead>
        <tbody>\(rows)</tbody></table></div>
        <p class="links"><a class="csv" href="/console/now/latest-decisions.csv">CSV</a></p>
        """
}

/// One decision with its candidates, in short.
func explainedContent(_ snapshot: NowSnapshot) -> HTML {
    guard let decision = snapshot.explained else {
        return emptyState(
            "One decision in full appears here: every candidate, its score, its price, and what stopped the others.",
            command: nil)
    }
    return """
        <p>\(decision.customer.rawValue) at \(decision.placement), \
        \(timeElement(decision.time, Figure.clockWithSeconds(decision.time))) · model \(decision.versions.model) · \
        catalog \(decision.versions.catalog) · replayable</p>
        \(candidateTable(decision, isFull: false))
        <p class="links"><a href="/decisions/\(decision.id.description)">All of \(decision.id.description)</a> \
        <a class="csv" href="/console/now/decision.csv">CSV</a></p>
        """
}

/// Scored candidates with their utilities as bars, then the gated ones with the gate's reason.
func candidateTable(_ decision: ExplainedDecision, isFull: Bool) -> HTML {
    let hasBaseline = decision.candidates.contains { $0.baseline != nil }
    let columns = hasBaseline ? 7 : 6
    let greatest = max(decision.candidates.map { abs($0.utility) }.max() ?? 0, 1e-9)
    let rows = decision.candidates.map { candidate -> HTML in
        let width = Int(saturating: (max(0, candidate.utility) / greatest * 56).rounded())
        let campaign: HTML? = isFull ? candidate.campaign.map { "<small>\($0)</small>" } : nil
        let chosen: HTML? = candidate.isChosen ? " <span class=\"hidden\">(drawn)</span>" : nil
        let style: HTML = candidate.isChosen ? " class=\"chosen\"" : ""
        let uncertainty: HTML? =
            candidate.uncertainty > 0 ? "<small>± \(Figure.decimal(candidate.uncertainty, digits: 2))</small>" : nil
        return """
            <tr\(style)><th scope="row">\(candidate.name)\(chosen)\(campaign)</th>\
            <td class="n">\(Figure.decimal(candidate.probability, digits: 2))\(uncertainty)</td>\
            \(hasBaseline ? baselineCell(candidate) : nil)\
            <td class="n">\(Figure.decimal(candidate.value, digits: 2))</td>\
            <td class="n">\(Figure.decimal(candidate.cost, digits: 2))\
            <small>× \(Figure.decimal(candidate.price, digits: 2))</small></td>\
            <td class="n">\(Figure.signed(candidate.utility, digits: 2))</td>\
            <td class="bar"><svg width="56" height="10" aria-hidden="true"><rect width="\(width)" height="10" rx="1"/>\
            </svg></td><td class="n">\(Figure.decimal(candidate.propensity, digits: 2))</td></tr>
            """
    }
    let gated = decision.gated.map { gated -> HTML in
        let campaign: HTML? = isFull ? gated.campaign.map { "<small>\($0)</small>" } : nil
        return """
            <tr class="quiet"><th scope="row">\(gated.name)\(campaign)</th>\
            <td colspan="\(columns)"><span class="chip">\(gated.reason)</span></td></tr>
            """
    }
    return """
        <div class="scroll" tabindex="0" role="region" aria-label="Candidates"><table class="candidates">
        <thead><tr><th scope="col">candidate</th>\
        <th scope="col" class="n"><abbr title="Probability of the outcome, ± 95 %">p</abbr></th>\
        \(hasBaseline ? baselineHead : nil)\
        <th scope="col" class="n"><abbr title="Expected incremental value">value</abbr></th>\
        <th scope="col" class="n"><abbr title="Expected cost × shadow price">cost × price</abbr></th>\
        <th scope="col" class="n" colspan="2"><abbr title="Value less cost × price">utility</abbr></th>\
        <th scope="col" class="n"><abbr title="With what probability it is drawn">prob.</abbr></th></tr></thead>
        <tbody>\(rows)\(gated)</tbody></table></div>
        """
}

private let baselineHead: HTML =
    "<th scope=\"col\" class=\"n\"><abbr title=\"Probability of the outcome without an offer\">without</abbr></th>"

private func baselineCell(_ candidate: ExplainedDecision.Candidate) -> HTML {
    "<td class=\"n\">\(candidate.baseline.map { Figure.decimal($0.probability, digits: 2) } ?? "")</td>"
}

/// `, $`: what a column of amounts is in.
func unitSuffix(_ currency: Currency) -> String {
    let symbol = Figure.symbol(currency)
    return symbol.isEmpty ? "" : ", " + (symbol.last == " " ? String(symbol.dropLast()) : symbol)
}
