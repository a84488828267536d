import Testing
import WeirConsole
import WeirDomain

@Suite struct OpenDecisionsTests {
    static let now = Timestamp(iso8601: "2026-03-02T09:00:00Z")!

    static func changed(_ open: [OpenDecisions]) -> String {
        NowSummary(NowSnapshot(generatedTime: now, currency: .usd, open: open)).changed
    }

    @Test func `What is still open is said, and when the first of it can be counted`() {
        let text = Self.changed([
            OpenDecisions(goal: "purchase", count: 1_249, firstCloses: Self.now + .day * 4),
            OpenDecisions(goal: "click", count: 3, firstCloses: Self.now + .day * 5),
        ])
        #expect(text.hasSuffix("1,252 outcomes are still open; the first window closes on 6 Mar 2026."), "\(text)")
        let soon = Self.changed([OpenDecisions(goal: "click", count: 1, firstCloses: Self.now + .hour * 3)])
        #expect(soon.hasSuffix("1 outcome is still open; the window closes in 3 h."), "\(soon)")
    }

    @Test func `Where nothing is open nothing is said of it`() {
        #expect(!Self.changed([]).contains("open"))
    }

    @Test func `No verdict on what changed while most of what was decided is open`() {
        var snapshot = NowSnapshot.rich
        snapshot.decisions = Flow(total: 1_000)
        snapshot.open = []
        #expect(!NowSummary(snapshot).changed.hasPrefix("Too early"))
        snapshot.open = [OpenDecisions(goal: "purchase", count: 501, firstCloses: Self.now + .day)]
        #expect(NowSummary(snapshot).changed.hasPrefix("Too early to say what it changed. 501 outcomes are still open"))
    }

    @Test func `The chance without an offer stands beside each with one, so that its value can be checked by hand`() {
        var decision = ExplainedDecision.sample
        #expect(!decisionPage(decision).contains("without an offer"))
        for index in decision.candidates.indices where decision.candidates[index].campaign != nil {
            let worth = decision.candidates[index].value / (decision.candidates[index].probability - 0.17)
            decision.candidates[index].baseline = .init(probability: 0.17, worth: worth)
            decision.candidates[index].budgetTerms = [.init(budget: "Spring", price: 1.07, cost: 1)]
        }
        let page = decisionPage(decision)
        #expect(page.contains("Probability of the outcome without an offer"))
        #expect(page.contains("= (0.310 − 0.170 without an offer) × 12.64"))
        let table = decisionTable(decision)
        let column = table.columns.firstIndex(of: "probability without")!
        #expect(table.rows.allSatisfy { $0.count == table.columns.count })
        #expect(table.rows[0][column] == .number(0.17, digits: 4))
        #expect(table.rows[3][column] == .empty)
    }
}
