/// An arm's mean had it the mix of strata that all arms together have: chance imbalance in what was known before goes away.
///
/// The mean of the strata's means by their share of all units; the variance adds the strata's own. Source: Miratrix,
/// Sekhon, Yu, "Adjusting Treatment Effect Estimates by Post-Stratification in Randomized Experiments" (JRSS B 75, 2013).
///
/// - Parameters:
///   - strata: The arm's summary per stratum, each of at least two units.
///   - weights: The strata's units in all arms, as many.
func postStratified(_ strata: [SampleSummary], weights: [Double]) -> SampleSummary {
    let whole = weights.reduce(0, +)
    let count = strata.reduce(0) { $0 + $1.count }
    var (mean, plainMean, squaredError) = (0.0, 0.0, 0.0)
    for (stratum, weight) in zip(strata, weights) {
        let share = weight / whole
        mean += share * stratum.mean
        plainMean += share * stratum.plainMean
        squaredError += share * share * stratum.variance / Double(stratum.count)
    }
    return SampleSummary(count: count, mean: mean, variance: squaredError * Double(count), plainMean: plainMean)
}

extension ExperimentData.Category {
    /// The strata with at least two units in each arm, numbered anew; all others are one stratum together.
    ///
    /// - Returns: By row, −1 for rows that no arm uses; nil where fewer than two strata are left.
    func usableStrata(_ rowsOfArm: [[Int]]) -> (codes: [Int32], count: Int)? {
        let levels = Int(codes.max() ?? -1) + 2  // The last stands for unknown.
        func level(_ row: Int) -> Int { codes[row] >= 0 ? Int(codes[row]) : levels - 1 }
        var isUsable = [Bool](repeating: true, count: levels)
        var restOfArm: [Int] = []
        let counts = rowsOfArm.map { rows in
            var counts = [Int](repeating: 0, count: levels)
            for row in rows { counts[level(row)] += 1 }
            return counts
        }
        for index in 0..<levels { isUsable[index] = counts.allSatisfy { $0[index] >= 2 } }
        for arm in counts { restOfArm.append(arm.indices.reduce(0) { isUsable[$1] ? $0 : $0 + arm[$1] }) }
        // Where the rest is too small in an arm too, the last usable stratum takes it in.
        guard let last = isUsable.lastIndex(of: true) else { return nil }
        let hasRest = restOfArm.contains { $0 > 0 }
        var number = [Int32](repeating: -1, count: levels)
        var next: Int32 = 0
        for index in 0..<levels where isUsable[index] {
            number[index] = next
            next += 1
        }
        let rest = restOfArm.allSatisfy { $0 >= 2 } ? next : number[last]
        if hasRest, rest == next { next += 1 }
        guard next >= 2 else { return nil }
        for index in 0..<levels where !isUsable[index] { number[index] = rest }
        var renumbered = [Int32](repeating: -1, count: codes.count)
        for row in rowsOfArm.joined() { renumbered[row] = number[level(row)] }
        return (renumbered, Int(next))
    }
}
