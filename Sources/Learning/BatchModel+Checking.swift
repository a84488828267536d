extension TrainedModel {
    /// What is wrong with a file that comes from outside, so that its model could not be served; nil where nothing is.
    public var fault: String? { model.fault ?? card.fault }
}

extension ModelCard {
    fileprivate var fault: String? {
        for (index, spread) in spreads.enumerated() {
            // A value has one of as many bins as there are edges, and one more.
            guard spread.shares.count > spread.edges.count else {
                return "card.spreads[\(index)]: \(spread.shares.count) shares for \(spread.edges.count) edges"
            }
            guard (spread.edges + spread.shares).allSatisfy(\.isFinite) else {
                return "card.spreads[\(index)]: its numbers must be finite"
            }
        }
        return rows < 0 || (positives ?? 0) < 0 ? "card.rows: less than none" : nil
    }
}

extension BatchModel {
    /// What is wrong with a model that comes from outside, so that it could not be asked for a prediction; nil where nothing
    /// is. Where there is no fault, any row of `columns.count` values gets a prediction, and in bounded time.
    public var fault: String? {
        if Set(columns.map(\.name)).count < columns.count { return "columns: two have the same name" }
        if let column = columns.first(where: { Set($0.levels ?? []).count < ($0.levels ?? []).count }) {
            return "columns: “\(column.name)” has a level twice"
        }
        let own =
            switch form {
            case .linear(let score): score.fault(columns: columns.count)
            case .trees(let trees): trees.fault(columns: columns.count)
            }
        return own ?? calibration.fault
    }
}

extension LinearScore {
    fileprivate func fault(columns: Int) -> String? {
        guard terms.count == columns else { return "terms: \(terms.count) for \(columns) columns" }
        guard bias.isFinite else { return "bias: \(bias)" }
        for (index, term) in terms.enumerated() {
            switch term {
            case .number(let center, let scale, let weight, let missing):
                guard [center, scale, weight, missing].allSatisfy(\.isFinite), scale != 0 else {
                    return "terms[\(index)]: its numbers must be finite and its scale not 0"
                }
            case .category(let weights, let missing):
                guard missing.isFinite, weights.allSatisfy(\.isFinite) else {
                    return "terms[\(index)]: its weights must be finite"
                }
            }
        }
        return nil
    }
}

extension TreeEnsemble {
    fileprivate func fault(columns: Int) -> String? {
        let count = column.count
        for (name, length) in [
            ("threshold", threshold.count), ("left", left.count), ("missingGoesLeft", missingGoesLeft.count),
            ("cover", cover.count), ("levelSet", levelSet.isEmpty ? count : levelSet.count),
        ] where length != count {
            return "\(name): \(length) values for \(count) nodes"
        }
        guard base.isFinite else { return "base: \(base)" }
        if let root = roots.first(where: { !(0..<count).contains(Int($0)) }) { return "roots: no node \(root)" }
        for node in 0..<count {
            guard threshold[node].isFinite, cover[node].isFinite else { return "node \(node): a number is not finite" }
            guard column[node] >= 0 else { continue }
            guard column[node] < columns else { return "column[\(node)]: \(column[node]) of \(columns) columns" }
            // Children lie behind their parent, so that no way through a tree comes back to a node.
            guard Int(left[node]) > node, Int(left[node]) + 1 < count else {
                return "left[\(node)]: its children \(left[node]) and the next must be nodes behind it"
            }
            guard levelSet.isEmpty || levelSet[node] < levelSets.count else {
                return "levelSet[\(node)]: \(levelSet[node]) of \(levelSets.count) sets"
            }
        }
        return nil
    }
}

extension Calibration {
    fileprivate var fault: String? {
        switch self {
        case .none: nil
        case .platt(let slope, let intercept):
            slope.isFinite && intercept.isFinite ? nil : "calibration: slope \(slope), intercept \(intercept)"
        case .isotonic(let margins, let probabilities):
            margins.count == probabilities.count && (margins + probabilities).allSatisfy(\.isFinite)
                && zip(margins, margins.dropFirst()).allSatisfy { $0 <= $1 }
                ? nil : "calibration: its points must be finite pairs, margins ascending"
        }
    }
}
