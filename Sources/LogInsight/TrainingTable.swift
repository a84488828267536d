import WeirDecisioning
package import WeirDomain
import WeirEngine
import WeirLog
import WeirProfiles
package import WeirStorage

/// The decisions of one goal whose outcome is known, as a table to train on.
///
/// Features are those that the decision saw, so a table never knows more than a model would have known; `label` is what
/// was learned of the outcome in the end.
package struct TrainingTable {
    private let store: any Store
    private let goal: GoalID

    package init(store: any Store, goal: GoalID) {
        self.store = store
        self.goal = goal
    }

    /// Writes the table as CSV, oldest decision first.
    ///
    /// Columns: decision, time, offer, kind, propensity, all declared features by name, label. Decisions that saw other
    /// features than the newest catalog declares are left out.
    ///
    /// - Parameter write: Called with whole lines.
    /// - Returns: How many rows were written, and how many decisions were left out.
    /// - Throws: `EngineError.noCatalog` or `modelRefused` where the goal is not known, or what the store throws.
    @discardableResult
    package func write(to write: (String) throws -> Void) throws -> (rows: Int, leftOut: Int) {
        let pass = try LogPass(store: store)
        guard let plan = try pass.plans.newest() else { throw EngineError.noCatalog }
        guard plan.goalIndex(goal) != nil else {
            throw EngineError.modelRefused(
                "goal: the catalog has no goal “\(goal)”. Known goals: "
                    + plan.goals.map(\.id.rawValue).joined(separator: ", ") + ".")
        }
        let labels = try pass.run(LabelReader(goal: goal)).labels
        let features = plan.catalog.features.filter { !$0.isKeyed }.map(\.name) + plan.schema.keyedNames
        try write(
            (["decision", "time", "offer", "kind", "propensity"] + features + ["label"]).map(cell)
                .joined(separator: ",") + "\n")

        return try withoutActuallyEscaping(write) { write in
            let reader = try pass.run(RowReader(labels: labels, plan: plan, write: write))
            return (reader.rows, reader.leftOut)
        }
    }
}

/// What was learned of each decision of a goal in the end.
private struct LabelReader: LogReader {
    let goal: GoalID
    private(set) var labels: [DecisionID: Bool] = [:]

    init(goal: GoalID) { self.goal = goal }

    var kinds: Set<RecordKind> { [.outcome] }

    mutating func read(_ entry: LogEntry) {
        guard case .outcome(let outcome) = entry.content, outcome.goal == goal else { return }
        switch outcome.lesson {
        case .none: break
        case .learnedNo where outcome.kind == .open: break  // Nothing has come of it yet, which is no label.
        case .learnedYes, .turnedToYes: labels[outcome.decision] = true
        case .turnedToNo where outcome.share.map { $0.upperBound < 0.5 } ?? false: labels[outcome.decision] = true
        case .learnedNo, .turnedToNo: labels[outcome.decision] = false
        }
    }
}

/// Writes a row for each decision with a label.
private struct RowReader: LogReader {
    let labels: [DecisionID: Bool]
    let plan: CatalogPlan
    let write: (String) throws -> Void
    private(set) var rows = 0
    private(set) var leftOut = 0

    init(labels: [DecisionID: Bool], plan: CatalogPlan, write: @escaping (String) throws -> Void) {
        self.labels = labels
        self.plan = plan
        self.write = write
    }

    var kinds: Set<RecordKind> { [.decision] }

    mutating func read(_ entry: LogEntry) throws {
        guard case .decision(let decision) = entry.content, let label = labels[decision.stored.id] else { return }
        guard try decision.plan.schema.featureFingerprint == plan.schema.featureFingerprint,
            let row = row(of: try decision.record, label: label)
        else {
            leftOut += 1
            return
        }
        try write(row)
        rows += 1
    }

    private func row(of record: DecisionRecord, label: Bool) -> String? {
        let situation = record.situation
        let keyed = plan.schema.keyed.count
        var cells = [situation.id.description, situation.time.iso8601]
        var affinities = [Float](repeating: 0, count: keyed)
        if let chosen = record.decision.chosen {
            guard let index = plan.offerIndex(record.offers[chosen]),
                situation.affinities.count >= (chosen + 1) * keyed
            else { return nil }
            cells += [record.offers[chosen].rawValue, plan.campaigns[plan.offers[index].campaign].campaign.kind]
            affinities = Array(situation.affinities[chosen * keyed..<(chosen + 1) * keyed])
        } else {
            cells += ["", ""]
        }
        cells.append("\(record.decision.propensity)")
        // "Never" has no finite number of days; an empty cell is a missing value.
        cells += (situation.features + affinities).map { $0.isFinite ? "\($0)" : "" }
        cells.append(label ? "1" : "0")
        return cells.map(cell).joined(separator: ",") + "\n"
    }
}

private func cell(_ text: String) -> String {
    text.contains { ",\"\n\r".contains($0) }
        ? "\"" + text.replacing("\"", with: "\"\"") + "\"" : text
}
