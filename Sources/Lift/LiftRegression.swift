import WeirStatistics

/// What each customer is expected to do treated and held out, by least squares on what was known before.
///
/// Cross-fitted: a customer's own outcome has no part in the prediction for them, so that a doubly robust estimate needs no
/// correction for overfitting. A small ridge keeps collinear features harmless. Where the smaller arm has fewer than twenty
/// customers per feature both arms share their slopes: separate ones would add more noise than they take away.
///
/// Source: Chernozhukov et al., "Double/Debiased Machine Learning for Treatment and Structural Parameters" (Econometrics
/// Journal 21(1), 2018), section 3.
struct LiftRegression {
    /// Per outcome and customer.
    private(set) var treated: [[Double]]
    private(set) var heldOut: [[Double]]

    /// - Parameters:
    ///   - features: One column per feature, on any scale.
    ///   - outcomes: One column per outcome.
    init(features: [[Double]], isTreated: [Bool], outcomes: [[Double]], seed: UInt64 = 0) {
        let count = isTreated.count
        let columns = features.compactMap(Self.standardized)
        let smaller = min(isTreated.count { $0 }, isTreated.count { !$0 })
        let isSeparate = smaller >= 20 * (columns.count + 1)
        treated = outcomes.map { _ in [Double](repeating: 0, count: count) }
        heldOut = treated

        let arm = isTreated.map { $0 ? 1.0 : 0 }
        let crosses = isSeparate ? columns.map { column in zip(column, arm).map { $0 * $1 } } : []
        let design = Matrix(columns: [[Double](repeating: 1, count: count), arm] + columns + crosses)
        let targets = Matrix(columns: outcomes)
        let folds = Self.folds(isTreated, count: max(2, min(5, smaller)), seed: seed)
        let allGram = design.gram
        let allMoments = Matrix.product(design, targets, transposingLeft: true)
        for fold in folds where !fold.isEmpty {
            let rows = design.selecting(rows: fold)
            var gram = allGram
            var moments = allMoments
            let ownGram = rows.gram
            let ownMoments = Matrix.product(rows, targets.selecting(rows: fold), transposingLeft: true)
            for index in gram.values.indices { gram.values[index] -= ownGram.values[index] }
            for index in moments.values.indices { moments.values[index] -= ownMoments.values[index] }
            for index in 0..<gram.rows { gram[index, index] += index < 2 ? 1e-6 : 1 }
            guard let weights = gram.solvingPositiveDefinite(moments) else { continue }
            for outcome in outcomes.indices {
                for (position, customer) in fold.enumerated() {
                    var shared = weights[0, outcome]
                    var lift = weights[1, outcome]
                    for column in columns.indices {
                        let value = rows[position, 2 + column]
                        shared += weights[2 + column, outcome] * value
                        if isSeparate { lift += weights[2 + columns.count + column, outcome] * value }
                    }
                    heldOut[outcome][customer] = shared
                    treated[outcome][customer] = shared + lift
                }
            }
        }
    }

    /// Mean 0 and variance 1; nil for a column without variation, which tells nothing.
    private static func standardized(_ column: [Double]) -> [Double]? {
        let moments = RunningMoments(column)
        let deviation = moments.standardDeviation
        guard deviation > 1e-9 * max(1, abs(moments.mean)) else { return nil }
        return column.map { ($0 - moments.mean) / deviation }
    }

    /// Customers in parts of equal size, each with its share of both arms.
    private static func folds(_ isTreated: [Bool], count: Int, seed: UInt64) -> [[Int]] {
        var random = SplitMix64(seed: seed)
        var folds = [[Int]](repeating: [], count: count)
        for arm in [true, false] {
            var members = isTreated.indices.filter { isTreated[$0] == arm }
            // Fisher–Yates, by a generator that is the same everywhere.
            for index in members.indices.dropFirst().reversed() {
                members.swapAt(index, Int(random.next() % UInt64(index + 1)))
            }
            for (rank, customer) in members.enumerated() { folds[rank % count].append(customer) }
        }
        return folds
    }
}
