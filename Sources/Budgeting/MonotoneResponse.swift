import WeirStatistics

/// Estimated response probabilities, corrected so that they do not fall as the incentive deepens.
///
/// For offers that differ in nothing but depth: nobody is put off by a larger discount, so where an estimate falls it is
/// chance, and neighbours are pooled by their precision. Offers of the same depth get the same probability. Corrected so,
/// no deeper offer looks worse than a shallower one merely because it was tried less.
///
/// - Parameters:
///   - probabilities: One customer's, by offer.
///   - depths: By offer, in any unit and any order; no NaN.
///   - precisions: How sure each estimate is, such as 1 ÷ its variance; > 0.
/// - Returns: By offer, the closest such probabilities in least squares weighed by precision.
public func monotoneResponse(
    _ probabilities: [Double], depths: [Double], precisions: [Double]
) -> [Double] {
    precondition(depths.count == probabilities.count && precisions.count == probabilities.count, "one for each offer")
    precondition(precisions.allSatisfy { $0 > 0 && $0.isFinite }, "precisions are above 0")
    let order = depths.indices.sorted { (depths[$0], $0) < (depths[$1], $1) }
    var levels: [(members: [Int], mean: Double, mass: Double)] = []
    for index in order {
        let mass = precisions[index]
        if let last = levels.last, depths[last.members[0]] == depths[index] {
            let sum = last.mass + mass
            levels[levels.count - 1] = (
                last.members + [index], (last.mean * last.mass + probabilities[index] * mass) / sum, sum
            )
        } else {
            levels.append(([index], probabilities[index], mass))
        }
    }
    var corrected = probabilities
    for (level, mean) in zip(levels, isotonicRegression(levels.map(\.mean), weights: levels.map(\.mass))) {
        for index in level.members { corrected[index] = mean }
    }
    return corrected
}
