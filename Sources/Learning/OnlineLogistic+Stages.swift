import WeirStatistics

/// Learning from outcomes that are still open: the life of a decision in stages of its age.
///
/// In each stage an outcome that has not shown shows with a probability h of its own, the discrete hazard:
///
///     logit hⱼ = xᵀθ + γⱼ,   p = 1 − Πⱼ (1 − hⱼ)
///
/// So what a decision of some age teaches is exact at any time: that in the stages that it has gone through its outcome
/// showed, or did not. Nothing is presumed of the rest, and whatever the delays are, nothing is biased by them, as it is
/// where a "yes" is learned when it comes and a "no" when the window closes. The γ are learned together with the weights.
///
/// Source: Singer and Willett, "It's About Time: Using Discrete-Time Survival Analysis to Study Duration and the Timing of
/// Events" (Journal of Educational Statistics 18, 1993); of delayed feedback Chapelle, "Modeling Delayed Feedback in
/// Display Advertising" (KDD 2014). A stretch of stages is one step of the filter, linearised as ever: by
/// ∂ logit q ÷ ∂ logit hⱼ = hⱼ ÷ q for its probability q.
extension OnlineLogistic {
    /// How probably an outcome shows in a stretch of stages, and each stage's part in that.
    struct Showing {
        /// Of the probability that it shows in the stretch.
        var logit: Double
        /// hⱼ ÷ q of each stage of the stretch.
        var parts: [Double]
    }

    /// Names of the shared weights, in order: those of the layout, then those of the stages, the youngest first.
    var names: [String] { layout.names + (0..<hyperparameters.stages).map { "stage \($0)" } }

    /// Sets what is expected of the stages that no decision has lived through yet: what the delays and the number of the
    /// outcomes that have shown let expect (`DelayShapes`), but no more than is missing of the rate that was expected before
    /// anything was known, or half as much again as has shown, whichever is more.
    ///
    /// These weights have had no lesson and are independent of the others, so their prior may still be chosen. The bound holds
    /// where delays have a form that nobody thought of: where everything is bought on Saturdays, the first Saturday's burst
    /// seemed to promise a third more than ever came.
    mutating func expectRest() {
        let count = hyperparameters.stages - lived.count
        guard count > 0 else { return }
        let score = lived.count == 0 ? hyperparameters.biasMean : lived.score
        var survival = 1.0
        for stage in 0..<lived.count { survival *= 1 - sigmoid(score + mean[layout.dimension + stage]) }
        let shown = 1 - survival
        let most = max(sigmoid(hyperparameters.biasMean) - shown, Self.mostRest * shown) / survival
        let hazards = shapes.hazards(after: lived)
        let rest = 1 - hazards.reduce(1) { $0 * (1 - $1) }
        let scale = lived.count > 0 && rest <= most ? 1 : Portable.log1p(-most) / Portable.log1p(-rest)
        for (index, hazard) in hazards.enumerated() {
            let hazard = 1 - Portable.exp(scale * Portable.log1p(-hazard))
            mean[layout.dimension + lived.count + index] = logit(hazard) - score
        }
    }

    /// The most that is expected of the rest, as a share of what has shown.
    private static let mostRest = 0.5

    /// How probably an outcome shows in some stages, after it has not shown in those before.
    ///
    /// - Parameters:
    ///   - stages: Nil for all, which makes it the probability of the outcome.
    ///   - score: xᵀθ, and the offset.
    func showing(in stages: Range<Int>?, at score: Double) -> Showing {
        let stages = stages ?? 0..<hyperparameters.stages
        var parts: [Double] = []
        parts.reserveCapacity(stages.count)
        var survival = 1.0
        for stage in stages {
            let hazard = sigmoid(score + mean[layout.dimension + stage])
            parts.append(hazard)
            survival *= 1 - hazard
        }
        let shown = min(max(1 - survival, 1e-12), 1 - 1e-12)
        for index in parts.indices { parts[index] /= shown }
        return Showing(logit: WeirStatistics.logit(shown), parts: parts)
    }

    /// The logit of the probability that the outcome shows in any stage.
    func logitOfShowing(at score: Double) -> Double {
        var survival = 1.0
        for row in layout.dimension..<dimension { survival *= 1 - sigmoid(score + mean[row]) }
        return WeirStatistics.logit(min(max(1 - survival, 1e-12), 1 - 1e-12))
    }

    /// How probably an outcome that comes at all with some probability shows in some stages, after it has not shown in those
    /// before.
    ///
    /// - Parameters:
    ///   - stages: Nil for all.
    ///   - probability: That it shows in any stage; in 0 < p < 1.
    public func probability(of stages: Range<Int>?, ofAll probability: Double) -> Double {
        guard let stages, hyperparameters.stages > 0 else { return probability }
        // Each stage's share of what is expected of somebody average, as a share of the log of survival.
        let score = lived.score
        func burden(_ stages: Range<Int>) -> Double {
            stages.reduce(0) { $0 - Portable.log1p(-sigmoid(score + mean[layout.dimension + $1])) }
        }
        let share = burden(stages) / burden(0..<hyperparameters.stages)
        return 1 - Portable.exp(share * Portable.log1p(-probability))
    }

    /// Puts the stages' parts behind the inputs that do not depend on the offer.
    ///
    /// - Returns: Their sum, by which the logit moves where all stages' do by one; the parts that were put there are of it.
    func appendStages(to values: inout [Double], at score: Double) -> Double {
        let parts = showing(in: nil, at: score).parts
        let sum = parts.reduce(0, +)
        for part in parts { values.append(part / sum) }
        return sum
    }

    /// xᵀθ, the offer's own weights included.
    func score(_ input: ModelInput) -> Double {
        var score = 0.0
        for index in 0..<layout.dimension { score += mean[index] * input.values[index] }
        let mask = offerMean.count - 1
        var position = Int(input.bucket) & mask
        for index in 0..<layout.crossWidth {
            score += Double(offerMean[position]) * input.values[index]
            position = (position + 1) & mask
        }
        return score
    }

    /// The input that the logit of a stretch is locally linear in.
    func staged(_ input: ModelInput, _ showing: Showing, _ stages: Range<Int>?) -> ModelInput {
        let weight = showing.parts.reduce(0, +)
        var values = [Double](repeating: 0, count: dimension)
        for index in 0..<layout.dimension { values[index] = weight * input.values[index] }
        let first = layout.dimension + (stages?.lowerBound ?? 0)
        for (index, part) in showing.parts.enumerated() { values[first + index] = part }
        return ModelInput(values: values, bucket: input.bucket)
    }
}

/// How far the decisions that were learned from have lived, and what their stages showed.
package struct LivedStages: Sendable, Equatable {
    /// How many of the stages at least one has lived through.
    package private(set) var count = 0
    /// What is said of the people on average, xᵀθ, where the lessons were; of the last thousand or so.
    package private(set) var score = 0.0
    private(set) var lessons = 0
    /// How many decisions have lived through each stage, so that their outcome had not shown before; by stage, `count` of
    /// them.
    package private(set) var through: [Double] = []
    /// Those of them whose outcome showed in it.
    package private(set) var shown: [Double] = []

    package init() {}

    /// - Parameters:
    ///   - through: By stage, as many as `count`; nil where that was not recorded.
    package init(count: Int, score: Double, lessons: Int, through: [Double]? = nil, shown: [Double]? = nil) {
        self.count = count
        self.score = score
        self.lessons = lessons
        self.through = through ?? Array(repeating: 0, count: count)
        self.shown = shown ?? Array(repeating: 0, count: count)
    }

    mutating func record(_ stages: Range<Int>, label: Double, at score: Double) {
        while through.count < max(count, stages.upperBound) {
            through.append(0)
            shown.append(0)
        }
        count = through.count
        for stage in stages { through[stage] += 1 }
        shown[stages.upperBound - 1] += label
        lessons = min(lessons + 1, 1_000)
        self.score += (score - self.score) / Double(lessons)
    }
}
