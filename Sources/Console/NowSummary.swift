import WeirDomain

/// The answer in ten seconds: is it running, is it spending as planned, did it change anything, what needs me.
package struct NowSummary: Equatable {
    package struct Need: Equatable {
        package var level: Notice.Level
        package var text: String
        /// The section that shows more; nil where there is none.
        package var section: String?
    }

    package let running: String
    package let spending: String
    package let changed: String
    /// Whether there is anything yet of which to say that it needs nobody.
    package let hasBegun: Bool
    /// Stopped before paused, else in the order of the page.
    package let needs: [Need]

    package init(_ snapshot: NowSnapshot) {
        running = Self.running(snapshot)
        spending = ([Self.spending(snapshot)] + Self.restraint(snapshot)).joined(separator: " ")
        changed = ([Self.changed(snapshot)] + Self.open(snapshot)).joined(separator: " ")
        hasBegun = snapshot.decisions.total > 0
        let needs = Self.needs(snapshot)
        self.needs = needs.filter { $0.level == .stopped } + needs.filter { $0.level == .paused }
    }

    private static func running(_ snapshot: NowSnapshot) -> String {
        var text = "Running"
        if case .replaying(let replay) = snapshot.mode {
            text = "Replaying \(replay.name): it is \(Figure.fullDate(replay.currentTime))"
        }
        if snapshot.notices.contains(where: { $0.level == .stopped }) { text = "Stopped in part" }
        guard snapshot.decisions.total > 0 else { return text + ", waiting for the first decision." }
        text += ", \(Figure.significant(snapshot.decisions.perSecond)) decisions a second"
        if let latency = snapshot.decideLatency {
            text += ", 99 % answered within \(Figure.significant(latency.p99Milliseconds)) ms"
        }
        return text + "."
    }

    private static func spending(_ snapshot: NowSnapshot) -> String {
        let budgets = snapshot.budgets
        guard !budgets.isEmpty else { return "No budget yet, so nothing can be spent." }
        let offPlan = budgets.filter { ![.onPlan, .notStarted].contains($0.pace(at: snapshot.dataTime)) }
        guard let first = offPlan.first else {
            return budgets.count == 1
                ? "\(budgets[0].name) is on plan: \(Figure.money(budgets[0].spent)) of "
                    + "\(Figure.money(budgets[0].limit))."
                : "All \(budgets.count) budgets are on plan."
        }
        let others = budgets.count - 1
        let rest =
            others == 0
            ? ""
            : offPlan.count == 1
                ? "; \(others == 1 ? "the other is" : "the others are") on plan"
                : "; \(offPlan.count) of \(budgets.count) budgets are off plan"
        return budgetSentence(first, at: snapshot.dataTime).dropLast() + rest + "."
    }

    /// Where a budget lets through only what brings clearly more than it costs: why offers are rarer than what they bring would
    /// lead to expect.
    private static func restraint(_ snapshot: NowSnapshot) -> [String] {
        let dear = snapshot.budgets.filter { $0.isHoldingBack && $0.pace(at: snapshot.dataTime) != .exhausted }
        guard let dearest = dear.max(by: { $0.shadowPrice < $1.shadowPrice }) else { return [] }
        return [restraintSentence(dearest)]
    }

    private static func changed(_ snapshot: NowSnapshot) -> String {
        let measured = snapshot.effects.filter { $0.difference != nil }
        // While most of what was decided may still come to something, no difference is a verdict.
        let open = snapshot.open.reduce(0) { $0 + $1.count }
        guard !measured.isEmpty, 2 * open <= snapshot.decisions.total else {
            return "Too early to say what it changed."
        }
        let clear = measured.count { $0.difference?.isClear == true }
        guard clear > 0 else { return "No difference from the holdout stands out yet." }
        return
            "\(clear) of \(Figure.count(measured.count, "measure")) "
            + "\(clear == 1 ? "differs" : "differ") from the holdout."
    }

    /// What is not known yet, and when it will be.
    private static func open(_ snapshot: NowSnapshot) -> [String] {
        guard let first = snapshot.open.min(by: { $0.firstCloses < $1.firstCloses }) else { return [] }
        let all = OpenDecisions(
            goal: first.goal, count: snapshot.open.reduce(0) { $0 + $1.count }, firstCloses: first.firstCloses)
        return [all.sentence(at: snapshot.dataTime)]
    }

    private static func needs(_ snapshot: NowSnapshot) -> [Need] {
        var needs = snapshot.notices.map { Need(level: $0.level, text: $0.text, section: nil) }
        for budget in snapshot.budgets where budget.pace(at: snapshot.dataTime) == .exhausted {
            needs.append(
                Need(
                    level: .stopped,
                    text: "\(budget.name) is used up: its offers are no longer given. Raise its limit in the catalog.",
                    section: "budgets"))
        }
        for source in snapshot.sources where source.isLate {
            let age = Figure.duration(source.freshness ?? .zero)
            needs.append(
                Need(
                    level: .paused,
                    text: "\(source.name) is late: its newest event is \(age) old, expected within "
                        + "\(Figure.duration(source.lateAfter)).",
                    section: "sources"))
        }
        for source in snapshot.sources where source.quarantined > 0 {
            needs.append(
                Need(
                    level: .paused,
                    text: "\(Figure.count(source.quarantined, "record")) of \(source.name) could not be used and "
                        + "\(source.quarantined == 1 ? "waits" : "wait") in quarantine.",
                    section: "sources"))
        }
        return needs
    }
}

/// What a budget's price keeps back, as a sentence.
func restraintSentence(_ budget: BudgetStatus) -> String {
    let unit = Figure.oneUnit(budget.limit.currency)
    return "So that \(budget.name) lasts to its end, it gives only offers that bring "
        + "\(Figure.money(budget.shadowPrice, budget.limit.currency)) or more for each \(unit) of cost."
}

/// How a budget stands against its plan, as a sentence.
func budgetSentence(_ budget: BudgetStatus, at now: Timestamp) -> String {
    let currency = budget.limit.currency
    let gap = abs(budget.spent.majorUnits - budget.plannedByNow.majorUnits)
    return switch budget.pace(at: now) {
    case .notStarted: "\(budget.name) starts on \(Figure.fullDate(budget.start))."
    case .onPlan: "\(budget.name) is on plan."
    case .ahead: "\(budget.name) is \(Figure.money(gap, currency)) ahead of its plan."
    case .behind: "\(budget.name) is \(Figure.money(gap, currency)) behind its plan."
    case .exhausted: "\(budget.name) is used up."
    }
}
