import WeirDomain
import WeirStatistics

extension ContextualBandit {
    /// What is believed of the actions of one decision and how they would be drawn; reused from one to the next.
    public struct Choice: Sendable {
        /// Probability of each action, ≥ 0, summing to 1 but for rounding; in the order asked.
        public fileprivate(set) var propensities: [Double] = []
        /// Expected reward of each action, in 0 < r < 1.
        public fileprivate(set) var expectations: [Double] = []
        /// Position of the highest expected reward, the first of equals.
        public fileprivate(set) var best = 0

        /// What is not common to all actions: mean of the logit, deviation of the own weights' part, and Lᵀx.
        fileprivate var logits: [Double] = []
        fileprivate var deviations: [Double] = []
        fileprivate var projections: [Double] = []
        /// The bias and the shared features, then 0; and the covariance times that.
        fileprivate var input: [Double] = []
        fileprivate var projected: [Double] = []
        fileprivate var scores: [Float] = []
        fileprivate var highest: [Float] = []
        fileprivate var winners: [Int32] = []

        public init() {}

        /// The action that a number in 0 ..< 1, uniformly drawn, falls on; never one of probability 0.
        public func draw(_ uniform: Double) -> Int {
            var sum = 0.0
            var last = best
            for index in propensities.indices where propensities[index] > 0 {
                sum += propensities[index]
                last = index
                if uniform < sum { break }
            }
            return last
        }

        fileprivate mutating func fit(actions: Int, features: Int, dimension: Int, draws: Int) {
            func fill<T>(_ array: inout [T], _ count: Int, _ value: T) {
                if array.count != count { array = Array(repeating: value, count: count) }
            }
            fill(&propensities, actions, 0)
            fill(&expectations, actions, 0)
            fill(&logits, actions, 0)
            fill(&deviations, actions, 0)
            fill(&projections, actions * features, 0)
            fill(&input, dimension, 0)
            fill(&projected, dimension, 0)
            fill(&scores, draws, 0)
            fill(&highest, draws, 0)
            fill(&winners, draws, 0)
        }
    }

    /// Fills `choice` with the actions' expected rewards and choice probabilities.
    ///
    /// - Parameters:
    ///   - shared: Features of the moment; `sharedFeatures` of them, finite.
    ///   - features: Of the actions, one after the other; `actionFeatures` of each, finite.
    ///   - actions: Their buckets; at least one.
    public func choose(
        shared: Span<Double>, features: Span<Double>, actions: Span<UInt32>, into choice: inout Choice
    ) {
        precondition(!actions.isEmpty, "there is at least one action to choose")
        precondition(
            shared.count == sharedFeatures && features.count == actions.count * actionFeatures,
            "features of another bandit")
        choice.fit(actions: actions.count, features: actionFeatures, dimension: dimension, draws: normals.draws)
        believe(shared, features, actions, &choice)
        switch policy {
        case .thompson: shareByDraws(actions, &choice)
        default: shareByExpectation(&choice)
        }
    }

    /// What is common to all actions is computed once; each action then costs O(actionFeatures²).
    private func believe(
        _ shared: Span<Double>, _ features: Span<Double>, _ actions: Span<UInt32>, _ choice: inout Choice
    ) {
        let firstOwn = 1 + sharedFeatures
        choice.input[0] = 1
        for index in 0..<sharedFeatures { choice.input[1 + index] = shared[index] }
        for index in firstOwn..<dimension { choice.input[index] = 0 }
        sumRows(of: covariance, dimension, weighted: choice.input, into: &choice.projected)
        var common = Belief(mean: 0, variance: 0)
        for index in 0..<firstOwn {
            common.mean += mean[index] * choice.input[index]
            common.variance += choice.projected[index] * choice.input[index]
        }
        features.withUnsafeBufferPointer { features in
            ownMean.withUnsafeBufferPointer { ownMean in
                ownVariance.withUnsafeBufferPointer { ownVariance in
                    for action in 0..<actions.count {
                        let first = action * actionFeatures
                        let differs = differ(
                            features, first, count: actionFeatures, from: firstOwn, mean, choice.projected, factor,
                            &choice.projections)
                        let own = own(
                            choice.input, firstOwn, features, first, count: actionFeatures, ownPriorVariance, ownMean,
                            ownVariance, bucket: actions[action])
                        choice.logits[action] = differs.mean + own.mean
                        choice.deviations[action] = own.variance.squareRoot()
                        let belief = Belief(
                            mean: common.mean + differs.mean + own.mean,
                            variance: max(common.variance + differs.variance + own.variance, 0))
                        choice.expectations[action] = belief.probability
                    }
                }
            }
        }
        choice.best = 0
        for action in 1..<max(actions.count, 1) where choice.expectations[action] > choice.expectations[choice.best] {
            choice.best = action
        }
    }

    private func shareByExpectation(_ choice: inout Choice) {
        let best = choice.best
        let count = Double(choice.propensities.count)
        let highest = choice.expectations[best]
        switch policy {
        case .greedy, .thompson:
            for index in choice.propensities.indices { choice.propensities[index] = index == best ? 1 : 0 }
        case .epsilonGreedy(let epsilon):
            for index in choice.propensities.indices {
                choice.propensities[index] = epsilon / count + (index == best ? 1 - epsilon : 0)
            }
        case .softmax(let temperature):
            var sum = 0.0
            for index in choice.propensities.indices {
                choice.propensities[index] = Portable.exp((choice.expectations[index] - highest) / temperature)
                sum += choice.propensities[index]
            }
            for index in choice.propensities.indices { choice.propensities[index] /= sum }
        case .squareCB(let gamma):
            // Foster and Rakhlin, "Beyond UCB" (ICML 2020), Algorithm 1: inverse gap weighting.
            var rest = 1.0
            for index in choice.propensities.indices where index != best {
                choice.propensities[index] = 1 / (count + gamma * (highest - choice.expectations[index]))
                rest -= choice.propensities[index]
            }
            choice.propensities[best] = rest
        }
    }

    /// Beyond this many deviations of the difference an action does not take part in the draws.
    private static let reach = 4.0

    /// How often each action is the best when the weights are drawn from their posterior, `width` times as wide.
    ///
    /// What actions have in common is drawn once for all of them and so cancels where they are alike: drawing each logit by
    /// itself would explore differences that are long known. The numbers come from a fixed table, so the shares depend on
    /// the beliefs alone, and drawing an action from them has exactly that probability.
    private func shareByDraws(_ actions: Span<UInt32>, _ choice: inout Choice) {
        var best = 0
        for action in choice.logits.indices {
            choice.propensities[action] = 0
            if choice.logits[action] > choice.logits[best] { best = action }
        }
        var isAlone = true
        for draw in choice.highest.indices { choice.highest[draw] = -.infinity }
        for action in choice.logits.indices where action == best || isInReach(action, best, choice) {
            isAlone = isAlone && action == best
            drawScores(
                choice.logits[action] - choice.logits[best], width * choice.deviations[action],
                normals.table, normals.ownRow(actions[action]), choice.projections, action * actionFeatures,
                count: actionFeatures, width, &choice.scores, draws: normals.draws)
            keepHighest(Int32(action), choice.scores, &choice.highest, &choice.winners, draws: normals.draws)
        }
        guard !isAlone else {
            choice.propensities[best] = 1
            return
        }
        for winner in choice.winners { choice.propensities[Int(winner)] += 1 }
        for action in choice.propensities.indices { choice.propensities[action] /= Double(normals.draws) }
    }

    private var width: Double { settings.width }

    private func isInReach(_ action: Int, _ best: Int, _ choice: borrowing Choice) -> Bool {
        let gap = choice.logits[best] - choice.logits[action]
        var square = choice.deviations[action] * choice.deviations[action]
        square += choice.deviations[best] * choice.deviations[best]
        for index in 0..<actionFeatures {
            let difference =
                choice.projections[action * actionFeatures + index] - choice.projections[best * actionFeatures + index]
            square += difference * difference
        }
        let limit = Self.reach * width
        return gap * gap <= limit * limit * square
    }
}

/// What an action's features add to the logit's mean and variance; writes Lᵀx, whose squared length is their own variance.
private func differ(
    _ features: UnsafeBufferPointer<Double>, _ first: Int, count: Int, from firstOwn: Int,
    _ mean: UnsafePointer<Double>, _ projected: UnsafePointer<Double>, _ factor: UnsafePointer<Double>,
    _ projections: UnsafeMutablePointer<Double>
) -> (mean: Double, variance: Double) {
    let projection = projections + first
    for column in 0..<count { projection[column] = 0 }
    var logit = 0.0
    var variance = 0.0
    for row in 0..<count {
        let value = features[first + row]
        logit += mean[firstOwn + row] * value
        variance += 2 * projected[firstOwn + row] * value
        // Beyond the diagonal the factor is 0; whole rows let the compiler use vector instructions.
        let values = factor + row * count
        for column in 0..<count { projection[column] += values[column] * value }
    }
    for column in 0..<count { variance += projection[column] * projection[column] }
    return (logit, variance)
}

/// What an action's own weights add to the logit's mean and variance.
private func own(
    _ shared: UnsafePointer<Double>, _ sharedCount: Int, _ features: UnsafeBufferPointer<Double>, _ first: Int,
    count: Int, _ prior: UnsafePointer<Double>, _ ownMean: UnsafeBufferPointer<Double>,
    _ ownVariance: UnsafeBufferPointer<Double>, bucket: UInt32
) -> (mean: Double, variance: Double) {
    let mask = ownMean.count - 1
    var position = Int(bucket) & mask
    var mean = 0.0
    var variance = 0.0
    for index in 0..<sharedCount + count {
        let value = index < sharedCount ? shared[index] : features[first + index - sharedCount]
        mean += ownMean[position] * value
        variance += ownVariance[position] * prior[index] * value * value
        position = (position + 1) & mask
    }
    return (mean, variance)
}

private func drawScores(
    _ logit: Double, _ deviation: Double, _ normals: UnsafePointer<Float>, _ own: Int,
    _ projections: UnsafePointer<Double>, _ first: Int, count: Int, _ width: Double,
    _ scores: UnsafeMutablePointer<Float>, draws: Int
) {
    let start = Float(logit)
    let spread = Float(deviation)
    for draw in 0..<draws { scores[draw] = start + spread * normals[own + draw] }
    for index in 0..<count {
        let weight = Float(width * projections[first + index])
        let row = normals + index * draws
        for draw in 0..<draws { scores[draw] += weight * row[draw] }
    }
}

private func keepHighest(
    _ action: Int32, _ scores: UnsafePointer<Float>, _ highest: UnsafeMutablePointer<Float>,
    _ winners: UnsafeMutablePointer<Int32>, draws: Int
) {
    for draw in 0..<draws {
        let wins = scores[draw] > highest[draw]
        highest[draw] = wins ? scores[draw] : highest[draw]
        winners[draw] = wins ? action : winners[draw]
    }
}
