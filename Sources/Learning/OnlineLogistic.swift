import WeirStatistics

/// Bayesian logistic regression that learns one outcome at a time.
///
/// The posterior over weights is a Gaussian in two blocks. Weights shared by all offers (bias, features, kinds of
/// campaign) have a full covariance, so that a well-observed direction is not mistaken for an unknown one: keeping only
/// variances there multiplied the calibration error by five on a year of coupon redemptions. Each offer has in addition
/// weights of its own for the same inputs, found by hashing the offer's name, with one variance each and a tight prior:
/// they let an offer depart from its kind once its own outcomes say so.
///
/// Each outcome is one step of the extended Kalman filter, a linearisation of the log-likelihood at the current mean:
///
///     w = p(1 − p),  s = 1 ÷ (1 + w xᵀPx),  P ← P − w s (Px)(Px)ᵀ,  m ← m + s (y − p) Px
///
/// Source: Spiegelhalter and Lauritzen, "Sequential Updating of Conditional Probabilities on Directed Graphical
/// Structures" (Networks 20, 1990); p as in MacKay, "The Evidence Framework Applied to Classification Networks" (Neural
/// Computation 4, 1992).
///
/// A value type with copy-on-write storage: publishing a model to readers copies references. O(d²) per lesson.
public struct OnlineLogistic: Sendable, Equatable {
    public struct Hyperparameters: Sendable, Equatable {
        /// Prior mean of the bias: the logit of the rate expected before anything is known.
        public var biasMean = -2.2
        public var biasPrecision = 1.0
        /// Prior mean of what a kind of campaign adds to the logit, against no offer.
        public var kindMean = 0.0
        public var kindPrecision = 10.0
        public var liftPrecision = 10.0
        public var featurePrecision = 30.0
        public var offerBiasPrecision = 1_000.0
        public var offerCrossPrecision = 10_000.0
        /// After so many days what was learned counts 1/e of what is learned now; > 0, infinite for never forgetting.
        public var memoryDays = Double.infinity
        /// Whether it watches for the moment from which offers work otherwise than it believes, and then forgets how they
        /// worked; not for goals whose negatives are learned early and turned round.
        public var watchesForChange = false
        /// In how many stages of its age what becomes of a decision is learned; 0 where it is learned at once.
        public var stages = 0
        /// Of the stages' own weights, by which the outcomes that show in one stage differ from those of another.
        public var stagePrecision = 0.25
        /// The hashed table has 2^bits entries; 8...24.
        public var tableBits = 16

        public init() {}
    }

    public let layout: ModelLayout
    public internal(set) var hyperparameters: Hyperparameters
    /// Sequence number of the last lesson; 0 before the first.
    public internal(set) var version: Int64 = 0
    /// How many lessons it has had.
    public internal(set) var lessons: Int64 = 0
    /// The day up to which it has forgotten; nil before the first.
    var forgottenUntil: Int64?
    /// Which stages decisions have lived through.
    var lived = LivedStages()
    /// What those let expect of the stages after them.
    var shapes: DelayShapes
    /// How far outcomes of offers have lately been above and below what was believed.
    var change = ChangeWatch()

    /// Shared weights: `layout.dimension` of them, then one for each stage.
    var mean: ContiguousArray<Double>
    /// Row-major, symmetric, dimension².
    var covariance: ContiguousArray<Double>
    /// The offers' own weights; 2^bits.
    var offerMean: ContiguousArray<Float>
    /// Relative to the prior's, so that an entry can serve as one offer's bias and, by collision, as another one's cross.
    var offerVariance: ContiguousArray<Float>

    /// How far its inputs go; none where the layout has no bounds.
    var limits: InputLimits

    public init(layout: ModelLayout, hyperparameters: Hyperparameters = Hyperparameters()) {
        self.layout = layout
        limits = InputLimits(layout)
        self.hyperparameters = hyperparameters
        shapes = DelayShapes(expectedBy: hyperparameters)
        let dimension = layout.dimension + hyperparameters.stages
        mean = ContiguousArray(repeating: 0, count: dimension)
        covariance = ContiguousArray(repeating: 0, count: dimension * dimension)
        for index in 0..<dimension {
            covariance[index * dimension + index] = Self.priorVariance(ofShared: index, layout, hyperparameters)
        }
        mean[0] = hyperparameters.biasMean
        for kind in layout.kinds.indices { mean[layout.crossWidth + kind] = hyperparameters.kindMean }
        let size = 1 << hyperparameters.tableBits
        offerMean = ContiguousArray(repeating: 0, count: size)
        offerVariance = ContiguousArray(repeating: 1, count: size)
        expectRest()
    }

    /// How many weights all offers share, those of the stages included.
    var dimension: Int { layout.dimension + hyperparameters.stages }

    /// Prior variance of a shared weight.
    static func priorVariance(
        ofShared index: Int, _ layout: ModelLayout, _ hyperparameters: Hyperparameters
    ) -> Double {
        switch index {
        case 0: 1 / hyperparameters.biasPrecision
        case ..<layout.crossWidth: 1 / hyperparameters.featurePrecision
        case ..<layout.firstLift: 1 / hyperparameters.kindPrecision
        case ..<layout.dimension: 1 / hyperparameters.liftPrecision
        default: 1 / hyperparameters.stagePrecision
        }
    }

    /// Prior variance of an offer's own weight at `index` of its block.
    func priorVariance(_ index: Int) -> Double {
        1 / (index == 0 ? hyperparameters.offerBiasPrecision : hyperparameters.offerCrossPrecision)
    }
}

/// What the model believes about one offer for one person.
public struct Belief: Sendable, Equatable {
    /// Mean of the logit.
    public var mean: Double
    /// Variance of the logit; ≥ 0.
    public var variance: Double

    public init(mean: Double, variance: Double) {
        self.mean = mean
        self.variance = variance
    }

    /// The probability of the outcome with the uncertainty averaged in, in 0 < p < 1.
    public var probability: Double { sigmoid(mean / (1 + .pi * variance / 8).squareRoot()) }

    /// About the standard deviation of the probability (first order).
    public var deviation: Double { deviation(at: probability) }

    /// The same where the probability is known already.
    package func deviation(at probability: Double) -> Double {
        probability * (1 - probability) * variance.squareRoot()
    }
}
