import WeirDecisioning
public import WeirDomain
import WeirEngine
import WeirLog
import WeirProfiles
public import WeirStorage

/// The decisions of one goal whose outcome is known, as a table to train on.
///
/// Features are those that the decision saw, so a table never knows more than a model would have known; `label` is what
/// was learned of the outcome in the end.
public struct TrainingTable {
    private let store: any Store
    private let goal: GoalID

    public init(store: any Store, goal: GoalID) {
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
    public func write(to write: (String) throws -> Void) throws -> (rows: Int, leftOut: Int) {
        guard let newest = try store.catalog(version: nil) else { throw EngineError.noCatalog }
        let recovery = Recovery(store: store)
        let plan = try recovery.compile(newest)
        guard plan.goalIndex(goal) != nil else {
            throw EngineError.modelRefused(
                "goal: the catalog has no goal “\(goal)”. Known goals: "
                    + plan.goals.map(\.id.rawValue).joined(separator: ", ") + ".")
        }
        let labels = try labels()
        let features = plan.catalog.features.filter { !$0.isKeyed }.map(\.name) + plan.schema.keyedNames
        try write(
            (["decision", "time", "offer", "kind", "propensity"] + features + ["label"]).map(cell)
                .joined(separator: ",") + "\n")

        var isComparable: [Int: Bool] = [newest.version: true]
        var rows = 0
        var leftOut = 0
        try store.forEachRecord(after: 0, kinds: [.decision]) { entry in
            guard case .decision(let stored) = entry.record, let label = labels[stored.id] else { return }
            let record = try DecisionRecord(decoding: stored.body)
            let version = record.situation.catalogVersion
            if isComparable[version] == nil {
                isComparable[version] =
                    try recovery.plan(version: version).schema.fingerprint == plan.schema.fingerprint
            }
            guard isComparable[version]!, let row = row(of: record, label: label, plan: plan) else {
                leftOut += 1
                return
            }
            try write(row)
            rows += 1
        }
        return (rows, leftOut)
    }

    /// What was learned of each decision in the end.
    private func labels() throws -> [DecisionID: Bool] {
        var labels: [DecisionID: Bool] = [:]
        try store.forEachRecord(after: 0, kinds: [.outcome]) { entry in
            guard case .outcome(let outcome) = entry.record, outcome.goal == goal else { return }
            switch outcome.lesson {
            case .none: break
            case .learnedYes, .turnedToYes: labels[outcome.decision] = true
            case .learnedNo, .turnedToNo: labels[outcome.decision] = false
            }
        }
        return labels
    }

    private func row(of record: DecisionRecord, label: Bool, plan: CatalogPlan) -> String? {
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

    private func cell(_ text: String) -> String {
        text.contains { ",\"\n\r".contains($0) }
            ? "\"" + text.replacing("\"", with: "\"\"") + "\"" : text
    }
}
