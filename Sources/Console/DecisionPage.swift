import WeirDomain

/// The page of one decision, `/decisions/d-…`: what was given, out of what, why, and how to recompute it.
package func decisionPage(_ decision: ExplainedDecision) -> String {
    let id = decision.id.description
    let time = timeElement(
        decision.time, "\(Figure.fullDate(decision.time)), \(Figure.clockWithSeconds(decision.time)) UTC")
    var facts: [(String, HTML)] = [
        ("customer", "\(decision.customer.rawValue)"), ("placement", "\(decision.placement)"), ("time", time),
        ("policy", "\(decision.policy)"), ("probability", "\(Figure.decimal(decision.propensity, digits: 4))"),
        ("catalog", "\(decision.versions.catalog)"), ("model", "\(decision.versions.model)"),
        ("code", "\(decision.versions.code)"),
    ]
    if let coupon = decision.coupon { facts.insert(("coupon", "\(coupon)"), at: 1) }
    if let scorer = decision.explanation?.scorer {
        facts.insert(("scored by", scorerContent(scorer)), at: decision.coupon == nil ? 3 : 4)
    }
    let list = facts.map { name, value -> HTML in "<div><dt>\(name)</dt><dd>\(value)</dd></div>" }
    return page(
        title: id, current: nil, status: .empty,
        main: """
            <h1>\(id): \(decision.result.text)</h1>
            <p class="lead">\(decisionSentence(decision))</p>
            <section class="panel" aria-labelledby="facts-h"><h2 id="facts-h">What it was made with</h2>
            <dl class="facts">\(list)</dl></section>
            <section id="candidates" class="panel" aria-labelledby="candidates-h"><h2 id="candidates-h">Candidates</h2>
            <p>Utility is the expected incremental value less the expected cost times the shadow price, in \
            \(decision.currency.code). p is the probability of the outcome, ± 95 %; prob. is how likely the candidate \
            was to be drawn. A gated offer was stopped before it was scored.</p>
            \(decision.candidates.isEmpty && decision.gated.isEmpty
                ? emptyState("No live campaign had an offer for this placement.", command: nil)
                : candidateTable(decision, isFull: true))
            <p class="links"><a class="csv" href="/decisions/\(id).csv">CSV</a></p></section>
            \(reasonsContent(decision).map { panel("reasons", "Why these utilities", $0) })\
            \(panel("draw", "The draw", drawContent(decision)))\
            \(shadowsContent(decision).map { panel("shadows", "What others would have done", $0) })\
            <section class="panel" aria-labelledby="replay-h"><h2 id="replay-h">Check it</h2>
            <p>The log holds all that this decision was made from; this recomputes it bit for bit.</p>
            <pre tabindex="0"><code>weir audit replay \(id)</code></pre></section>
            """)
}

private func scorerContent(_ scorer: DecisionExplanation.Scorer) -> HTML {
    scorer.id == .online
        ? "built-in online model, version \(scorer.version)"
        : """
        <a href="/models/\(scorer.id.rawValue)">\(scorer.id.rawValue)</a>, \(scorer.stage.rawValue), version \
        \(scorer.version)
        """
}

private func decisionSentence(_ decision: ExplainedDecision) -> String {
    let considered =
        "\(Figure.count(decision.candidates.count, "candidate")) scored, \(decision.gated.count) stopped by a gate"
    let given =
        switch decision.result {
        case .offer(let name): "\(decision.customer) got “\(name)”"
        case .noOffer: "\(decision.customer) got no offer"
        case .heldOut: "\(decision.customer) is held out and got no offer; this is what they would have got"
        }
    return "\(given): \(considered). \(decision.outcome ?? "No outcome yet.")"
}
