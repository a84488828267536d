import WeirStatistics

extension UpliftExamples {
    /// The fold of each row, drawn so that each fold has the same share of treated rows.
    package func foldNumbers(_ folds: Int, seed: UInt64) -> [Int] {
        var random = Xoshiro256StarStar(seed: seed)
        var numbers = [Int](repeating: 0, count: isTreated.count)
        var dealt = 0
        for group in [true, false] {
            // Decorated by draws rather than by the library's shuffle, whose sequence may change.
            let drawn = isTreated.indices.filter { isTreated[$0] == group }.map { (key: random.next(), row: $0) }
            for (_, row) in drawn.sorted(by: { $0.key < $1.key }) {
                numbers[row] = dealt % folds
                dealt += 1
            }
        }
        return numbers
    }

    /// For each fold the other folds' rows, to learn from, and its own.
    func foldSplits(_ folds: Int, seed: UInt64) -> [(inside: [Int], outside: [Int])] {
        let numbers = foldNumbers(folds, seed: seed)
        return (0..<folds).map { fold in
            (numbers.indices.filter { numbers[$0] != fold }, numbers.indices.filter { numbers[$0] == fold })
        }
    }

    /// The uplift that each learner predicts for each row where it has learned from the other folds only.
    ///
    /// - Parameters:
    ///   - folds: ≥ 2; drawn by `foldNumbers` from the same seed.
    ///   - progress: Called after each fit.
    /// - Returns: By learner, then by row.
    package func outOfFoldPredictions(
        _ learners: [UpliftLearner], folds: Int, seed: UInt64, progress: () -> Void = {}
    ) throws(UpliftError) -> [[Double]] {
        try check()
        guard folds >= 2 else { throw .tooFewFolds(folds) }
        var predictions = learners.map { _ in [Double](repeating: 0, count: isTreated.count) }
        for (inside, outside) in foldSplits(folds, seed: seed) {
            let rest = rows(inside)
            let asked = features.rows(outside)
            for (index, learner) in learners.enumerated() {
                let uplifts = try fitUplift(learner, rest, folds: folds, seed: seed).predictions(asked)
                for (place, row) in outside.enumerated() { predictions[index][row] = uplifts[place] }
                progress()
            }
        }
        return predictions
    }

    func check() throws(UpliftError) {
        let rows = features.rows
        for (name, count) in [("treatment", isTreated.count), ("outcome", outcomes.count)] where count != rows {
            throw .length(name, count, rows: rows)
        }
        guard isTreated.contains(true) else { throw .noTreated }
        guard isTreated.contains(false) else { throw .noControls }
        let chances: [Double] =
            switch propensities {
            case .constant(let constant): [constant]
            case .known(let known): known
            case .estimated: []
            }
        if case .known = propensities, chances.count != rows { throw .length("propensity", chances.count, rows: rows) }
        if let row = chances.firstIndex(where: { !($0 > 0 && $0 < 1) }) { throw .propensity(row: row, chances[row]) }
    }
}

/// Why no uplift can be learned from these examples.
package enum UpliftError: Error, Sendable, Hashable, CustomStringConvertible {
    case length(String, Int, rows: Int)
    case noTreated
    case noControls
    case propensity(row: Int, Double)
    case tooFewFolds(Int)
    /// What could not be learned, and why.
    case training(of: String, TrainingError)

    package var description: String {
        switch self {
        case .length(let name, let count, let rows):
            "There are \(count) values of \(name) for \(rows) rows. Give one per row."
        case .noTreated: "No row was treated. Uplift is learned from treated and untreated rows: give both."
        case .noControls: "Every row was treated. Uplift is learned from treated and untreated rows: give both."
        case .propensity(let row, let value):
            "The propensity of row \(row) is \(value); it must be above 0 and below 1. Leave rows out that had no chance of the other."
        case .tooFewFolds(let folds): "There are \(folds) folds; cross-fitting needs at least 2."
        case .training(let what, let error): "Of \(what): \(error)"
        }
    }
}
