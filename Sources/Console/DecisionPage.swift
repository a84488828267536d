import WeirDomain

/// The page of one decision, `/decisions/d-…`: what was given, out of what, why, and how to recompute it.
public func decisionPage(_ decision: ExplainedDecision) -> String {
    let id = decision.id.description
    let time = timeElement(
        decision.time, "\(Figure.fullDate(decision.time)), \(Figure.clockWithSeconds(decision.time)) UTC")
    let facts: [(String, HTML)] = [
        ("customer", "\(decision.customer.rawValue)"), ("placement", "\(decision.placement)"), ("time", time),
        ("policy", "\(decision.policy)"), ("probability", "\(Figure.decimal(decision.propensity, digits: 4))"),
        ("catalog", "\(decision.versions.catalog)"), ("model", "\(decision.versions.model)"),
        ("code", "\(decision.versions.code)"),
    ]
    let list = facts.map { name, value -> HTML in "<div><dt>\(name)</dt><dd>\(value)</dd></div>" }
    return page(
        title: id, isNow: false, status: .empty,
        main: """
            <h1>\(id): \(decision.result.text)</h1>
            <p class="lead">\(decisionSentence(decision))</p>
            <section class="panel" aria-labelledby="facts-h"><h2 id="facts-h">What it was made with</h2>
            <dl class="facts">\(list)</dl></section>
            <section class="panel" aria-labelledby="candidates-h"><h2 id="candidates-h">Candidates</h2>
            <p>Utility is the expected incremental value less the expected cost times the shadow price, in \
            \(decision.currency.code). p is the probability of the outcome, ± 95 %; prob. is how likely the candidate \
            was to be drawn. A gated offer was stopped before it was scored.</p>
            \(decision.candidates.isEmpty && decision.gated.isEmpty
                ? emptyState("No live campaign had an offer for this placement.", command: nil)
                : candidateTable(decision, isFull: true))
            <p class="links"><a class="csv" href="/decisions/\(id).csv">CSV</a></p></section>
            <section class="panel" aria-labelledby="replay-h"><h2 id="replay-h">Check it</h2>
            <p>The log holds all that this decision was made from; this recomputes it bit for bit.</p>
            <pre tabindex="0"><code>weir audit replay \(id)</code></pre></section>
            """)
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
