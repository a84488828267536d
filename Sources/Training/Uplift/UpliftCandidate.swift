package import WeirLearning

/// A learner of uplift with the name under which it is compared.
package struct UpliftCandidate: Sendable, Hashable {
    /// What learns outcomes and effects.
    package enum Base: String, Sendable, Hashable, CaseIterable {
        case linear, boosted, forest
    }

    /// Such as `t-linear`.
    package var name: String
    package var base: Base
    package var learner: UpliftLearner

    /// The candidates in order of simplicity.
    ///
    /// Uplift is far weaker than the outcome itself, so all are small: shallow trees, few rounds, and a T-learner whose two
    /// linear models may differ from flat only where the rows insist. A forest must be asked for.
    package static func all(output: BatchModel.Output) -> [UpliftCandidate] {
        var shrunk = LinearSettings()
        // A prior on standardised weights with a standard deviation of 0.06.
        shrunk.penalty = 300
        let linear = Learner.linear(LinearSettings())
        let single = boosted(rounds: 100, depth: 3, minimumRows: 20, output)
        let outcome = boosted(rounds: 60, depth: 2, minimumRows: 50, output)
        let effect = boosted(rounds: 60, depth: 2, minimumRows: 50, .mean)
        var forest = ForestSettings()
        forest.trees = 100
        forest.minimumLeaf = 100
        var candidates: [UpliftCandidate] = []
        func append(_ name: String, _ base: Base, _ learner: UpliftLearner) {
            candidates.append(.init(name: name, base: base, learner: learner))
        }
        // A single linear model of means has one effect for all: it ranks nobody. That of probabilities ranks by how far
        // from certain the outcome is.
        if output == .probability { append("s-linear", .linear, .init(.s, outcome: linear)) }
        append("t-linear-shrunk", .linear, .init(.t, outcome: .linear(shrunk)))
        append("t-linear", .linear, .init(.t, outcome: linear))
        append("x-linear", .linear, .init(.x, outcome: linear))
        append("dr-linear", .linear, .init(.dr, outcome: linear))
        append("s-boosted", .boosted, .init(.s, outcome: single))
        append("t-boosted", .boosted, .init(.t, outcome: outcome))
        append("x-boosted", .boosted, .init(.x, outcome: outcome, effect: effect))
        append("dr-boosted", .boosted, .init(.dr, outcome: outcome, effect: effect))
        for method in UpliftLearner.Method.allCases {
            append("\(method)-forest", .forest, .init(method, outcome: .forest(forest)))
        }
        return candidates
    }

    private static func boosted(
        rounds: Int, depth: Int, minimumRows: Double, _ output: BatchModel.Output
    ) -> Learner {
        var settings = BoostingSettings()
        settings.rounds = rounds
        settings.maximumDepth = depth
        settings.learningRate = 0.05
        // In a log loss a row weighs p (1 − p), about a tenth for the shares that campaigns see.
        settings.minimumChildWeight = output == .probability ? minimumRows / 10 : minimumRows
        return .boosted(settings)
    }
}
