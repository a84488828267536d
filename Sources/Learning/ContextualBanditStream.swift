import WeirStatistics

/// Decisions whose actions' rewards are all known, to try a bandit on.
public struct ContextualBanditStream: Sendable, Equatable {
    public let sharedFeatures: Int
    public let actionFeatures: Int
    /// The actions' names; `actions` are indices into it.
    public let names: [String]
    /// Where each decision's actions begin, and last their count.
    public let starts: [Int]
    public let actions: [Int]
    public let rewards: [Double]
    /// One row of `sharedFeatures` per decision.
    public let shared: [Double]
    /// One row of `actionFeatures` per action of each decision.
    public let features: [Double]

    public var decisions: Int { starts.count - 1 }
}

/// Why rows are no such decisions; `row` counts from 0.
public enum ContextualBanditStreamError: Error, Equatable, CustomStringConvertible {
    case empty
    case missing(row: Int, column: String)
    case notFinite(row: Int, column: String, value: Double)
    case reward(row: Int, value: Double)
    case sharedDiffers(row: Int, column: String)
    case repeatedAction(row: Int, action: String)
    case scattered(row: Int, decision: String)

    public var row: Int {
        switch self {
        case .empty: 0
        case .missing(let row, _), .notFinite(let row, _, _), .reward(let row, _), .sharedDiffers(let row, _),
            .repeatedAction(let row, _), .scattered(let row, _):
            row
        }
    }

    public var description: String {
        switch self {
        case .empty: "there are no rows. Give one row per action of each decision."
        case .missing(_, let column): "column “\(column)” is empty. Fill it in, or leave the whole decision out."
        case .notFinite(_, let column, let value):
            "column “\(column)”: \(value) is not finite. Give a number, or leave the whole decision out."
        case .reward(_, let value):
            "column “reward”: \(value) does not lie in 0...1. Divide rewards by the largest one possible."
        case .sharedDiffers(_, let column):
            "column “\(column)” differs within one decision. Name what differs between actions a…, not s…."
        case .repeatedAction(_, let action):
            "column “action”: “\(action)” comes twice in one decision. Keep one row for each action."
        case .scattered(_, let decision):
            "column “decision”: “\(decision)” came before. Sort the rows, so that those of a decision stand together."
        }
    }
}

extension ContextualBanditStream {
    /// Groups rows, one per action of each decision, into decisions in the order given.
    ///
    /// - Parameters:
    ///   - decisions: Codes of the decisions; −1 where missing. Rows of one decision stand together.
    ///   - actions: Codes of the actions, indices into `names`; −1 where missing. At most once per decision.
    ///   - rewards: In 0...1.
    ///   - shared: Named columns that are equal within a decision.
    ///   - own: Named columns of the actions' features.
    public init(
        decisions: some RandomAccessCollection<Int32>, decisionNames: [String],
        actions codes: some RandomAccessCollection<Int32>, names: [String],
        rewards: ContiguousArray<Double>, shared: [(name: String, values: ContiguousArray<Double>)],
        own: [(name: String, values: ContiguousArray<Double>)]
    ) throws(ContextualBanditStreamError) {
        var starts: [Int] = []
        var actions: [Int] = []
        var sharedRows: [Double] = []
        var features: [Double] = []
        features.reserveCapacity(rewards.count * own.count)
        var isSeen = [Bool](repeating: false, count: decisionNames.count)
        var lastDecision = [Int](repeating: -1, count: names.count)
        var current: Int32 = -1
        for (row, (decision, code)) in zip(decisions, codes).enumerated() {
            guard decision >= 0 else { throw .missing(row: row, column: "decision") }
            guard code >= 0 else { throw .missing(row: row, column: "action") }
            let reward = rewards[row]
            guard !reward.isNaN else { throw .missing(row: row, column: "reward") }
            guard reward >= 0, reward <= 1 else { throw .reward(row: row, value: reward) }
            for column in shared { try Self.check(column.values[row], row, column.name) }
            for column in own { try Self.check(column.values[row], row, column.name) }
            if decision != current {
                guard !isSeen[Int(decision)] else {
                    throw .scattered(row: row, decision: decisionNames[Int(decision)])
                }
                isSeen[Int(decision)] = true
                current = decision
                starts.append(row)
                for column in shared { sharedRows.append(column.values[row]) }
            } else if let column = shared.first(where: { $0.values[row] != $0.values[row - 1] }) {
                throw .sharedDiffers(row: row, column: column.name)
            }
            guard lastDecision[Int(code)] != starts.count else {
                throw .repeatedAction(row: row, action: names[Int(code)])
            }
            lastDecision[Int(code)] = starts.count
            actions.append(Int(code))
            for column in own { features.append(column.values[row]) }
        }
        guard !starts.isEmpty else { throw .empty }
        starts.append(actions.count)
        self.init(
            sharedFeatures: shared.count, actionFeatures: own.count, names: names, starts: starts, actions: actions,
            rewards: Array(rewards), shared: sharedRows, features: features)
    }

    private static func check(_ value: Double, _ row: Int, _ column: String) throws(ContextualBanditStreamError) {
        guard !value.isNaN else { throw .missing(row: row, column: column) }
        guard value.isFinite else { throw .notFinite(row: row, column: column, value: value) }
    }

    /// The same decisions with the actions' names dealt out anew and the actions of each decision in another order.
    public func shuffled(seed: UInt64) -> ContextualBanditStream {
        var random = Xoshiro256StarStar(seed: seed)
        let renamed = Array(names.indices).shuffled(using: &random)
        var actions: [Int] = []
        var rewards: [Double] = []
        var features: [Double] = []
        features.reserveCapacity(self.features.count)
        for decision in 0..<decisions {
            for row in (starts[decision]..<starts[decision + 1]).shuffled(using: &random) {
                actions.append(renamed[self.actions[row]])
                rewards.append(self.rewards[row])
                features.append(contentsOf: self.features[row * actionFeatures..<(row + 1) * actionFeatures])
            }
        }
        return ContextualBanditStream(
            sharedFeatures: sharedFeatures, actionFeatures: actionFeatures, names: names, starts: starts,
            actions: actions, rewards: rewards, shared: shared, features: features)
    }

    /// What choosing evenly and what always the same action, the best of all, would have got per decision.
    public var baselines: (random: Double, bestFixed: Double) {
        var random = 0.0
        var sums = [Double](repeating: 0, count: names.count)
        for decision in 0..<decisions {
            let rows = starts[decision]..<starts[decision + 1]
            random += rewards[rows].reduce(0, +) / Double(rows.count)
            for row in rows { sums[actions[row]] += rewards[row] }
        }
        return (random / Double(decisions), sums.max()! / Double(decisions))
    }
}
