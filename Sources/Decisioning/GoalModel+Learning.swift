public import WeirDomain
package import WeirLearning
import WeirStatistics

extension GoalModel {
    /// The built-in model of a goal before its first lesson.
    public init(of goal: Goal, plan: CatalogPlan) {
        self.init(OnlineLogistic(layout: plan.layout, hyperparameters: goal.hyperparameters))
    }

    /// Learns what became of a decision.
    ///
    /// - Parameters:
    ///   - outcome: Of this model's goal. Its `lesson` says what it teaches; what was learned long before its
    ///     `receivedTime` fades where the goal says so.
    ///   - record: The decision that it belongs to.
    ///   - plan: The catalog in force; it must declare the features that `record` was decided with.
    ///   - sequence: The lesson's place in the order of all lessons, above the last one's; becomes the model's version.
    /// - Returns: Whether anything was learned: not where the outcome teaches nothing, or where its goal or the decision's
    ///   offer is no longer in the catalog.
    @discardableResult
    public mutating func learn(
        _ outcome: Outcome, of record: DecisionRecord, plan: CatalogPlan, sequence: Int64
    ) -> Bool {
        guard outcome.lesson != .none, let goal = plan.goalIndex(outcome.goal),
            let input = plan.lesson(of: record, goal: plan.goals[goal])
        else { return false }
        online.forget(until: outcome.receivedTime.day)
        learn(outcome.lesson, input, stages: outcome.stages, share: outcome.share, sequence: sequence)
        return true
    }

    /// The belief about a lesson's decision.
    ///
    /// - Parameter stages: In which the outcome is to show after it has not shown in those before; nil for all.
    package func belief(_ lesson: LessonInput, stages: Range<Int>? = nil) -> Belief {
        online.belief(lesson.input, offset: offset(lesson), stages: stages)
    }

    private func offset(_ lesson: LessonInput) -> Double {
        prior?.logit(features: lesson.features, affinities: lesson.affinities, offer: lesson.offer) ?? 0
    }

    /// - Parameter share: What of the order is taken back, see `Outcome.share`.
    package mutating func learn(
        _ kind: Outcome.Lesson, _ lesson: LessonInput, stages: Range<Int>? = nil, share: Range<Double>? = nil,
        sequence: Int64
    ) {
        let offset = offset(lesson)
        let (before, after) = (1 - (share?.lowerBound ?? 0), 1 - (share?.upperBound ?? 0))
        switch kind {
        case .none: break
        case .learnedNo: online.learn(lesson.input, label: 0, sequence: sequence, offset: offset, stages: stages)
        case .learnedYes: online.learn(lesson.input, label: after, sequence: sequence, offset: offset, stages: stages)
        case .turnedToYes:
            online.relabel(lesson.input, from: 0, to: 1, sequence: sequence, offset: offset, stages: stages)
        case .turnedToNo:
            let rest = share == nil ? 0 : after
            online.relabel(lesson.input, from: before, to: rest, sequence: sequence, offset: offset, stages: stages)
        }
    }
}

extension Goal {
    /// How its built-in model learns.
    package var hyperparameters: OnlineLogistic.Hyperparameters {
        var hyperparameters = OnlineLogistic.Hyperparameters()
        hyperparameters.stages = ages.count
        if let rate = prior.rate { hyperparameters.biasMean = logit(rate) }
        hyperparameters.kindMean = Portable.log1p(prior.lift)
        if let spread = prior.spread {
            let deviation = Portable.log1p(spread)
            hyperparameters.kindPrecision = 1 / (deviation * deviation)
            hyperparameters.offerBiasPrecision = hyperparameters.kindPrecision
            // From person to person lifts differ by about as much as from offer to offer: shared among the few features by
            // which they can, each a scale from its center.
            hyperparameters.liftPrecision = 4 * hyperparameters.kindPrecision
        }
        switch memory {
        case .lasting: break
        case .fading(let span): hyperparameters.memoryDays = span.inDays
        case .untilChange: hyperparameters.watchesForChange = true
        }
        return hyperparameters
    }
}
