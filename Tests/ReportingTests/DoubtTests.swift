import Testing
import WeirJSON
import WeirReporting

/// The rule by which advice follows evidence.
@Suite struct DoubtTests {
    private func verdict() -> Verdict {
        var verdict = Verdict(findings: ["It rose."], advice: ["Go on."])
        verdict.append("B is better.", advising: "B is better. Give it to all.")
        return verdict
    }

    @Test("A doubt that voids takes all advice out of the conclusion and leads it")
    func voiding() {
        var report = Report(kind: "x", title: "X", warnings: ["other"])
        report.conclude(
            verdict(), [Doubt("Look again."), Doubt("Nothing varies, measure.", voiding: "nothing varies")])
        #expect(report.conclusion == ["Do not act on this yet: nothing varies.", "It rose.", "B is better."])
        #expect(report.warnings == ["Look again.", "Nothing varies, measure.", "other"])
        #expect(report.isVoid && report.json.text.contains("\"void\":[\"nothing varies\"]"))
    }

    @Test("A doubt beside which the answer stands leaves the advice")
    func standing() {
        var report = Report(kind: "x", title: "X")
        report.conclude(verdict(), [Doubt("Look again.")])
        #expect(report.conclusion == ["It rose.", "Go on.", "B is better. Give it to all."])
        #expect(!report.isVoid)
    }

    @Test("What was understood is the first line of the text, and in JSON")
    func understood() {
        var report = Report(kind: "x", title: "X", conclusion: ["So."])
        report.understood = "3 rows."
        #expect(report.text.hasPrefix("X\n=\nUnderstood: 3 rows.\n"))
        #expect(report.json.text.contains("\"understood\":\"3 rows.\""))
    }
}
