import WeirLearning

/// Learns a model of uplift.
///
/// Sources: Künzel, Sekhon, Bickel, Yu, "Metalearners for Estimating Heterogeneous Treatment Effects Using Machine Learning"
/// (PNAS 116(10), 2019) for S, T and X; Kennedy, "Towards Optimal Doubly Robust Estimation of Heterogeneous Causal Effects"
/// (Electronic Journal of Statistics 17(2), 2023), Algorithm 1, for DR.
///
/// - Parameters:
///   - folds: ≥ 2. The DR-learner's outcome models, and estimated propensities, are fitted without the rows of the fold that
///     they are asked about, so that no row's own luck is taken for its effect.
///   - seed: Draws folds, and rows and columns in the methods that do so.
/// - Throws: `UpliftError`, or what the method says of the examples it was given.
package func fitUplift(
    _ learner: UpliftLearner, _ examples: UpliftExamples, folds: Int = 5, seed: UInt64
) throws(UpliftError) -> UpliftModel {
    try examples.check()
    guard folds >= 2 else { throw .tooFewFolds(folds) }
    return switch learner.method {
    case .s: try examples.fitSingle(learner, seed)
    case .t: try examples.fitPair(learner, seed)
    case .x: try examples.fitCrossed(learner, seed)
    case .dr: try examples.fitDoublyRobust(learner, folds, seed)
    }
}

extension UpliftExamples {
    fileprivate func fitSingle(_ learner: UpliftLearner, _ seed: UInt64) throws(UpliftError) -> UpliftModel {
        let wider = features.appending(treatments: isTreated.map { $0 ? 1 : 0 })
        let model = try learn(learner.outcome, wider, outcomes, output, "all rows", seed)
        return UpliftModel(.single(model))
    }

    fileprivate func fitPair(_ learner: UpliftLearner, _ seed: UInt64) throws(UpliftError) -> UpliftModel {
        let pair = try outcomeModels(learner.outcome, seed)
        return UpliftModel(.pair(treated: pair.treated, control: pair.control))
    }

    /// Equations 9 to 11 of Künzel et al. Each group's effects come from the other group's model, which has not seen them.
    fileprivate func fitCrossed(_ learner: UpliftLearner, _ seed: UInt64) throws(UpliftError) -> UpliftModel {
        let pair = try outcomeModels(learner.outcome, seed)
        let groups = groups
        let (treated, control) = (features.rows(groups.treated), features.rows(groups.control))
        let gained = zip(groups.treated, pair.control.predictions(treated)).map { outcomes[$0] - $1 }
        let missed = zip(groups.control, pair.treated.predictions(control)).map { $1 - outcomes[$0] }
        let propensity: UpliftModel.Propensity =
            switch propensities {
            case .constant(let constant): .constant(constant)
            case .known(let known): .constant(known.reduce(0, +) / Double(known.count))
            case .estimated(let method):
                .model(try learn(method, features, isTreated.map { $0 ? 1 : 0 }, .probability, "the treatment", seed))
            }
        return UpliftModel(
            .weighted(
                treated: try learn(learner.effect, treated, gained, .mean, "effects on the treated", seed),
                control: try learn(learner.effect, control, missed, .mean, "effects on the controls", seed),
                propensity: propensity))
    }

    fileprivate func fitDoublyRobust(
        _ learner: UpliftLearner, _ folds: Int, _ seed: UInt64
    ) throws(UpliftError) -> UpliftModel {
        let effects = try doublyRobustEffects(learner.outcome, folds: folds, seed: seed)
        return UpliftModel(.effect(try learn(learner.effect, features, effects, .mean, "effects", seed)))
    }

    /// Each row's own estimate of its uplift: right on average where either the outcome models or the propensities are.
    func doublyRobustEffects(_ outcome: Learner, folds: Int, seed: UInt64) throws(UpliftError) -> [Double] {
        var effects = [Double](repeating: 0, count: features.rows)
        for (inside, outside) in foldSplits(folds, seed: seed) {
            let rest = rows(inside)
            let pair = try rest.outcomeModels(outcome, seed)
            let asked = features.rows(outside)
            let ifTreated = pair.treated.predictions(asked)
            let ifLeft = pair.control.predictions(asked)
            let chances: [Double]
            switch propensities {
            case .constant(let constant): chances = outside.map { _ in constant }
            case .known(let known): chances = outside.map { known[$0] }
            case .estimated(let method):
                let model = try learn(
                    method, rest.features, rest.isTreated.map { $0 ? 1 : 0 }, .probability, "the treatment", seed)
                chances = UpliftModel.Propensity.model(model).predictions(asked)
            }
            for (place, row) in outside.enumerated() {
                let surprise =
                    isTreated[row]
                    ? (outcomes[row] - ifTreated[place]) / chances[place]
                    : -(outcomes[row] - ifLeft[place]) / (1 - chances[place])
                effects[row] = ifTreated[place] - ifLeft[place] + surprise
            }
        }
        return effects
    }

    private var groups: (treated: [Int], control: [Int]) {
        (isTreated.indices.filter { isTreated[$0] }, isTreated.indices.filter { !isTreated[$0] })
    }

    private func outcomeModels(
        _ learner: Learner, _ seed: UInt64
    ) throws(UpliftError) -> (treated: BatchModel, control: BatchModel) {
        let groups = groups
        func model(_ rows: [Int], _ name: String) throws(UpliftError) -> BatchModel {
            try learn(learner, features.rows(rows), rows.map { outcomes[$0] }, output, name, seed)
        }
        return (try model(groups.treated, "the treated rows"), try model(groups.control, "the control rows"))
    }

    private func learn(
        _ learner: Learner, _ features: FeatureMatrix, _ targets: [Double], _ output: BatchModel.Output, _ what: String,
        _ seed: UInt64
    ) throws(UpliftError) -> BatchModel {
        do { return try fit(learner, Examples(features: features, targets: targets), output: output, seed: seed) } catch
        {
            throw .training(of: what, error)
        }
    }
}
