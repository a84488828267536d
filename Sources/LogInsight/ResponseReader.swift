import WeirResponseTime
import WeirDecisioning
import WeirDomain
import WeirLog
import WeirStorage

/// Collects from the records of the log, in their order, how long signals waited for a decision that knew of them.
///
/// A signal is an event that a declared feature or goal looks at, since what a person is offered can follow from those alone;
/// its trigger is the event's name. The next decision for that person in the log is the first that could see it: the log's
/// order is that in which events became known. Of several signals with one trigger between two decisions the first counts,
/// since the person waits from then on. Who is held out waits for nothing; a decision made elsewhere answers nothing.
struct ResponseReader: LogReader {
    private struct Signal {
        /// Seconds since 1970.
        var happened: Double
        var received: Double
        /// Whether it arrived after a decision for the person that it happened before.
        var missed: Bool
    }

    /// A signal with its end, or the end of the log.
    struct Wait {
        var trigger: Int
        /// From the event to its arrival; ≥ 0.
        var delivery: Double
        /// From its arrival on; ≥ 0.
        var decision: Double
        var isTreated: Bool
        /// Whether a decision for the person was made while it was on its way.
        var missed: Bool
    }

    /// A conversion on its way into the model.
    struct Lesson {
        var goal: Int
        var seconds: Double
        var isLearned: Bool
    }

    private let plan: CatalogPlan
    private let patterns: [EventPattern]
    private(set) var triggers: [String] = []
    private(set) var goals: [String] = []
    private(set) var waits: [Wait] = []
    private(set) var lessons: [Lesson] = []
    /// Signals that followed another with the same trigger before the next decision.
    private(set) var repeated = 0
    private var pending: [CustomerID: [Int: Signal]] = [:]
    private var lastDecision: [CustomerID: Double] = [:]
    private var unlearned: [DecisionID: (goal: Int, time: Double)] = [:]
    /// The log's first decision; what happened before could not be answered.
    private var start: Double?
    private var end = -Double.infinity

    init(plan: CatalogPlan) {
        self.plan = plan
        var patterns: [EventPattern] = []
        let all =
            plan.catalog.features.flatMap { [$0.pattern, $0.per, $0.less] }
            + plan.goals.flatMap { [$0.pattern, $0.reversal] }
        for case let pattern? in all where !patterns.contains(pattern) { patterns.append(pattern) }
        self.patterns = patterns
    }

    var kinds: Set<RecordKind> { [.decision, .outcome, .event] }

    mutating func read(_ entry: LogEntry) throws {
        guard let person = entry.person else { return }
        switch entry.content {
        case .event(let event): beginWait(for: event, of: person)
        case .decision(let decision):
            let record = try decision.record
            endWaits(of: person, by: record.decision, at: record.situation.time)
        case .outcome(let outcome): followLesson(outcome)
        case .other: break
        }
    }

    private mutating func beginWait(for event: Event, of person: CustomerID) {
        let received = event.receivedTime.seconds
        end = max(end, received)
        let happened = min(event.eventTime.seconds, received)
        guard let start, happened >= start, patterns.contains(where: { $0.matches(event) }),
            !plan.isHeldOut(person)
        else { return }
        let trigger = Self.place(of: event.name.isEmpty ? event.kind.rawValue : event.name, in: &triggers)
        if pending[person]?[trigger] != nil {
            repeated += 1
            return
        }
        pending[person, default: [:]][trigger] = Signal(
            happened: happened, received: received, missed: lastDecision[person].map { $0 > happened } ?? false)
    }

    private mutating func endWaits(of person: CustomerID, by decision: Decision, at moment: Timestamp) {
        let time = moment.seconds
        end = max(end, time)
        if start == nil { start = time }
        guard decision.assignment != .given else { return }
        let signals = pending.removeValue(forKey: person)
        guard decision.assignment == .treated else { return }
        lastDecision[person] = time
        // Sorted, since the order of a dictionary must not reach a result.
        for (trigger, signal) in (signals ?? [:]).sorted(by: { $0.key < $1.key }) {
            waits.append(wait(signal, trigger, until: time, isTreated: true))
        }
    }

    private func wait(_ signal: Signal, _ trigger: Int, until time: Double, isTreated: Bool) -> Wait {
        Wait(
            trigger: trigger, delivery: signal.received - signal.happened, decision: max(0, time - signal.received),
            isTreated: isTreated, missed: signal.missed)
    }

    private mutating func followLesson(_ outcome: Outcome) {
        let time = outcome.receivedTime.seconds
        end = max(end, time)
        switch outcome.kind {
        case .converted:
            let goal = Self.place(of: outcome.goal.rawValue, in: &goals)
            let happened = min(outcome.eventTime.seconds, time)
            if outcome.lesson == .none {
                unlearned[outcome.decision] = (goal, happened)
            } else {
                lessons.append(Lesson(goal: goal, seconds: time - happened, isLearned: true))
            }
        case .settled:
            guard let open = unlearned.removeValue(forKey: outcome.decision) else { return }
            lessons.append(Lesson(goal: open.goal, seconds: max(0, time - open.time), isLearned: true))
        case .reversed: unlearned[outcome.decision] = nil
        case .notConverted, .presumedNot, .expired, .open, .partlyReversed, .corrected: break
        }
    }

    /// Ends the waits that no decision has ended.
    mutating func finish() {
        for (_, signals) in pending.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            for (trigger, signal) in signals.sorted(by: { $0.key < $1.key }) {
                waits.append(wait(signal, trigger, until: end, isTreated: false))
            }
        }
        for (_, open) in unlearned.sorted(by: { $0.key < $1.key }) {
            lessons.append(Lesson(goal: open.goal, seconds: max(0, end - open.time), isLearned: false))
        }
        pending = [:]
        unlearned = [:]
    }

    private static func place(of name: String, in names: inout [String]) -> Int {
        if let place = names.firstIndex(of: name) { return place }
        names.append(name)
        return names.count - 1
    }
}
