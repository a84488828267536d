public import WeirDomain

import Foundation
import WeirStatistics

/// Chooses one of several actions by what is known of the moment and of each action, and learns from the chosen one's
/// reward alone.
///
/// The reward's logit is linear in the features that all actions share, the features of the action, and a few weights of
/// each action's own, found by hashing. As in `OnlineLogistic`, weights that serve all actions have a full covariance, so
/// that one outcome teaches about every action; an action's own have one variance each and a tight prior. Priors follow
/// the features' spread as lessons come in, so features need no scaling; one far from 0 compared with its spread learns
/// better when centred.
///
/// `choose` turns the posterior into exact choice probabilities and draws nothing itself; it reads no reward, and `learn`
/// hears of no action but the chosen one. A value type: equal lessons make equal bandits. O(d²) per lesson.
public struct ContextualBandit: Sendable, Equatable {
    public struct Settings: Sendable, Equatable {
        /// Prior mean of the bias: the logit of the reward expected before anything is known.
        public var biasMean = -2.2
        public var biasPrecision = 1.0
        /// Per squared spread of the feature, as are the crosses'.
        public var featurePrecision = 100.0
        public var actionBiasPrecision = 300.0
        /// Of an action's own weight of a feature. Where actions have no features of their own, only these tell them apart,
        /// and `featurePrecision` stands instead.
        public var crossPrecision = 100_000.0
        /// How wide Thompson sampling draws, in posterior deviations; 1 is Thompson's own rule, which explores more than
        /// pays where actions share most of their weights.
        public var width = 0.45
        /// The hashed table of the actions' own weights has 2^bits entries; 8...24.
        public var tableBits = 16

        public init() {}
    }

    public let sharedFeatures: Int
    public let actionFeatures: Int
    public let policy: Policy
    public let settings: Settings
    /// How many outcomes it has learned.
    public internal(set) var lessons = 0

    /// Weights of the bias, the shared and the actions' features, in this order.
    var mean: [Double]
    /// Row-major, symmetric, dimension².
    var covariance: [Double]
    /// Lower triangle L of the covariance of the actions' features, LLᵀ; row-major, 0 above the diagonal.
    var factor: [Double]
    /// Prior precision of each shared weight, and prior variance of each of an action's own.
    var precision: [Double]
    var ownPriorVariance: [Double]
    /// The actions' own weights, and their variances as shares of the prior's; 2^bits.
    var ownMean: [Double]
    var ownVariance: [Double]
    /// Sums and sums of squares of the inputs learned from.
    var sums: [Double]
    var squares: [Double]
    /// The input x of the lesson at hand, and Px; kept only to spare an allocation.
    var input: [Double]
    var projected: [Double]
    let crossPrecision: Double
    let normals: FixedNormals

    /// The bias and all features.
    var dimension: Int { mean.count }

    /// - Parameters:
    ///   - sharedFeatures: How many features describe the moment; ≥ 0.
    ///   - actionFeatures: How many describe each action; ≥ 0.
    ///   - policy: Of utilities that are expected rewards.
    public init(
        sharedFeatures: Int, actionFeatures: Int, policy: Policy = .thompson(draws: 64),
        settings: Settings = Settings()
    ) {
        precondition(sharedFeatures >= 0 && actionFeatures >= 0, "counts of features are ≥ 0")
        if case .thompson(let draws) = policy { precondition(draws > 0, "there is at least one draw") }
        precondition((8...24).contains(settings.tableBits), "the table has 2^8 to 2^24 entries")
        self.sharedFeatures = sharedFeatures
        self.actionFeatures = actionFeatures
        self.policy = policy
        self.settings = settings
        let dimension = 1 + sharedFeatures + actionFeatures
        mean = Array(repeating: 0, count: dimension)
        mean[0] = settings.biasMean
        precision = Array(repeating: settings.featurePrecision, count: dimension)
        precision[0] = settings.biasPrecision
        covariance = Array(repeating: 0, count: dimension * dimension)
        for index in 0..<dimension { covariance[index * dimension + index] = 1 / precision[index] }
        factor = Array(repeating: 0, count: actionFeatures * actionFeatures)
        crossPrecision = actionFeatures == 0 ? settings.featurePrecision : settings.crossPrecision
        ownPriorVariance = Array(repeating: 1 / crossPrecision, count: dimension)
        ownPriorVariance[0] = 1 / settings.actionBiasPrecision
        ownMean = Array(repeating: 0, count: 1 << settings.tableBits)
        ownVariance = Array(repeating: 1, count: 1 << settings.tableBits)
        sums = Array(repeating: 0, count: dimension)
        squares = sums
        projected = sums
        input = sums
        input[0] = 1
        normals =
            if case .thompson(let draws) = policy { FixedNormals(draws: draws, features: actionFeatures) } else {
                FixedNormals(draws: 0, features: 0)
            }
        factorize()
    }

    /// Where an action's own weights begin in the hashed table, before the table's mask.
    public static func bucket(action: String) -> UInt32 { ModelLayout.bucket(offer: action) }
}

/// Standard normal numbers that are the same in every process: one row of draws per action feature, and rows that actions
/// share out by their bucket.
struct FixedNormals: Sendable, Equatable {
    static let ownRows = 128
    let draws: Int
    let features: Int
    let table: [Float]

    init(draws: Int, features: Int) {
        self.draws = draws
        self.features = features
        var random = Xoshiro256StarStar(seed: 0x0057_4549_5200)
        let count = draws == 0 ? 0 : (features + Self.ownRows) * draws
        var table: [Float] = []
        table.reserveCapacity(count)
        for _ in 0..<count { table.append(Float(random.standardNormal())) }
        self.table = table
    }

    /// Where the draws of an action's own weights begin.
    func ownRow(_ bucket: UInt32) -> Int {
        let row = StableHash.mixed(UInt64(bucket)) % UInt64(Self.ownRows)
        return (features + Int(row)) * draws
    }
}
