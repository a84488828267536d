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
}
