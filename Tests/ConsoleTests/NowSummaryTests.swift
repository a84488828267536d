import Testing
import WeirConsole
import WeirDomain

@Suite("In short")
struct NowSummaryTests {
    private func budget(spent: Int64, planned: Int64, reserved: Int64 = 0) -> BudgetStatus {
        var budget = BudgetStatus.sample("b", "Autumn", limit: 1_000, share: 0.5, days: 20, points: 3)
        budget.spent.minorUnits = spent
        budget.plannedByNow.minorUnits = planned
        budget.reserved.minorUnits = reserved
        return budget
    }

    @Test(
        "A budget is on plan within 5 % of its limit, both ends included",
        arguments: [
            (45_000, 50_000, BudgetStatus.Pace.onPlan), (44_999, 50_000, .behind), (55_000, 50_000, .onPlan),
            (55_001, 50_000, .ahead),
        ])
    func pace(spent: Int64, planned: Int64, pace: BudgetStatus.Pace) {
        #expect(budget(spent: spent, planned: planned).pace(at: NowSnapshot.noon) == pace)
    }

    @Test("The largest amounts have a pace too")
    func largest() {
        var status = budget(spent: 0, planned: .max / 2)
        status.limit.minorUnits = .max / 2
        #expect(status.pace(at: NowSnapshot.noon) == .behind)
        status.spent.minorUnits = .max / 2 - 1
        status.plannedByNow.minorUnits = 0
        #expect(status.pace(at: NowSnapshot.noon) == .ahead)
    }

    @Test("A budget is used up when spent and reserved reach the limit", arguments: [(0, false), (1, true)])
    func exhausted(reserved: Int64, isExhausted: Bool) {
        var snapshot = NowSnapshot.small
        snapshot.budgets = [budget(spent: 99_999, planned: 99_999, reserved: reserved)]
        #expect((snapshot.budgets[0].pace(at: NowSnapshot.noon) == .exhausted) == isExhausted)
        #expect(NowSummary(snapshot).needs.contains { $0.level == .stopped } == isExhausted)
    }

    @Test("Where a budget's price keeps offers back, the page says so", arguments: [(1.25, false), (1.26, true)])
    func restraint(price: Double, isSaid: Bool) {
        var snapshot = NowSnapshot.small
        snapshot.budgets = [budget(spent: 50_000, planned: 50_000)]
        snapshot.budgets[0].shadowPrice = price
        let sentence =
            "So that Autumn lasts to its end, it gives only offers that bring $1.26 or more for each $1 of cost."
        #expect(NowSummary(snapshot).spending.hasSuffix(sentence) == isSaid)
    }

    @Test("A source needs someone once it is older than it may be", arguments: [(600.0, false), (600.1, true)])
    func late(age: Double, isLate: Bool) {
        var snapshot = NowSnapshot.small
        snapshot.sources[0].lateAfter = .minute * 10
        snapshot.sources[0].freshness = .seconds(age)
        #expect(NowSummary(snapshot).needs.isEmpty == !isLate)
    }

    @Test("What stopped comes before what is paused")
    func order() {
        var snapshot = NowSnapshot.rich
        snapshot.notices = [Notice(level: .paused, text: "a"), Notice(level: .stopped, text: "b")]
        #expect(NowSummary(snapshot).needs.map(\.text).prefix(2) == ["b", "a"])
        #expect(NowSummary(snapshot).running.hasPrefix("Stopped in part"))
    }

    @Test(
        "An effect differs only where its interval leaves out zero",
        arguments: [
            (0.001, 0.3, "1 of 1 measure differs"), (0, 0.3, "No difference"), (-0.3, -0.001, "1 of 1"),
        ])
    func effects(low: Double, high: Double, text: String) {
        var snapshot = NowSnapshot.small
        snapshot.effects[0].difference = Estimate(value: (low + high) / 2, low: low, high: high)
        #expect(NowSummary(snapshot).changed.hasPrefix(text))
    }

    @Test("Sentences for one budget, several, none")
    func spending() {
        var snapshot = NowSnapshot.small
        snapshot.budgets = [budget(spent: 50_000, planned: 50_000)]
        #expect(NowSummary(snapshot).spending == "Autumn is on plan: $500 of $1,000.")
        snapshot.budgets.append(budget(spent: 80_000, planned: 50_000))
        #expect(NowSummary(snapshot).spending == "Autumn is $300 ahead of its plan; the other is on plan.")
        snapshot.budgets = []
        #expect(NowSummary(snapshot).spending == "No budget yet, so nothing can be spent.")
    }
}
