import Testing
import WeirConsole
import WeirDomain

@Suite("HTML")
struct HTMLTests {
    @Test(
        "Interpolated text cannot become markup",
        arguments: [
            ("<script>", "&lt;script&gt;"), ("\" onload=\"", "&quot; onload=&quot;"), ("'", "&#39;"),
            ("&lt;", "&amp;lt;"),
            ("a\u{0}b\u{1b}c", "a\u{fffd}b\u{fffd}c"), ("plain, 1.5 – ü €", "plain, 1.5 – ü €"), ("", ""),
        ])
    func escaping(text: String, escaped: String) {
        let markup: HTML = "<p title=\"\(text)\">\(text)</p>"
        #expect(markup.text == "<p title=\"\(escaped)\">\(escaped)</p>")
    }

    @Test("Markup inside markup stands as it is, and is not escaped twice")
    func nesting() {
        let inner: HTML = "<b>\("<")</b>"
        let missing: HTML? = nil
        let outer: HTML = "<p>\(inner)\([inner, inner])\(missing)\(7)</p>"
        #expect(outer.text == "<p><b>&lt;</b><b>&lt;</b><b>&lt;</b>7</p>")
    }

    /// Every text of a snapshot is hostile; none may open a tag, an attribute or a style of its own.
    @Test("No text of a snapshot reaches a page unescaped")
    func hostileSnapshot() {
        let hostile = "<img src=x onerror=alert(1)>\"'&"
        var snapshot = NowSnapshot.rich
        snapshot.mode = .replaying(Replay(name: hostile, currentTime: NowSnapshot.noon, progress: 0.5))
        snapshot.catalogVersion = hostile
        snapshot.modelVersion = hostile
        snapshot.notices = [Notice(level: .stopped, text: hostile)]
        for index in snapshot.budgets.indices { snapshot.budgets[index].name = hostile }
        for index in snapshot.effects.indices {
            snapshot.effects[index].label = hostile
            snapshot.effects[index].note = hostile
            snapshot.effects[index].unit = .number(hostile)
        }
        snapshot.mix?.over = hostile
        for index in snapshot.latest.indices {
            snapshot.latest[index].customer = CustomerID(hostile)
            snapshot.latest[index].placement = hostile
            snapshot.latest[index].result = .offer(hostile)
            snapshot.latest[index].why = hostile
            snapshot.latest[index].policy = hostile
        }
        snapshot.explained = Self.hostileDecision(hostile)
        snapshot.targeting?.scores[0].label = hostile
        snapshot.targeting?.shows = [hostile]
        snapshot.targeting?.doesNotShow = [hostile]
        snapshot.targeting?.answered = [TargetingComparison.Answered(label: hostile, count: 1)]
        for index in snapshot.sources.indices { snapshot.sources[index].name = hostile }
        var waiting = NowSnapshot.empty
        waiting.commands = FirstCommands(event: hostile, decision: hostile, outcome: hostile, catalog: hostile)

        let pages = [
            nowPage(snapshot), nowPage(waiting), decisionPage(Self.hostileDecision(hostile)),
            notFoundPage(path: hostile),
            errorPage(status: 500, problem: hostile, remedy: hostile), nowFragments(snapshot).map(\.html).joined(),
        ]
        for page in pages {
            #expect(page.contains("&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;"))
            #expect(!page.contains("<img"))
            #expect(!page.contains("onerror=alert(1)>"))
            #expect(!page.contains(">\"'&"))
        }
    }

    private static func hostileDecision(_ text: String) -> ExplainedDecision {
        var decision = ExplainedDecision.sample
        decision.customer = CustomerID(text)
        decision.placement = text
        decision.result = .offer(text)
        decision.policy = text
        decision.versions = ExplainedDecision.Versions(catalog: text, model: text, code: text)
        decision.outcome = text
        for index in decision.candidates.indices {
            decision.candidates[index].name = text
            decision.candidates[index].campaign = text
        }
        for index in decision.gated.indices {
            decision.gated[index].name = text
            decision.gated[index].campaign = text
            decision.gated[index].reason = text
        }
        return decision
    }
}
