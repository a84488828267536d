public import WeirDomain
public import WeirLearning
import WeirStatistics

/// What scores the offers of one goal: online weights, on top of a trained model where there is one.
public struct GoalModel: Sendable, Equatable {
    /// `online` for the built-in model without a prior.
    public let id: ModelID
    public var online: OnlineLogistic
    public var prior: ModelPrior?

    public init(_ online: OnlineLogistic, id: ModelID = .online, prior: ModelPrior? = nil) {
        self.id = id
        self.online = online
        self.prior = prior
    }

    /// The belief about one offer, given what all candidates share.
    ///
    /// - Parameters:
    ///   - shared: As `online` prepared it for `features`.
    ///   - features: Plain values of all declared scalar features.
    ///   - affinities: Plain values of all declared keyed features for this offer; empty for "no offer".
    ///   - offer: Index into the plan's offers; nil for "no offer".
    ///   - kind: Index of the campaign's kind in the layout; nil for none.
    ///   - bucket: Of the offer's own weights.
    func belief(
        _ shared: OnlineLogistic.Shared, features: [Float], affinities: ArraySlice<Float>, offer: Int?, kind: Int?,
        bucket: UInt32
    ) -> Belief {
        online.belief(
            shared, affinities: affinities, kind: kind, bucket: bucket,
            offset: prior?.logit(features: features, affinities: affinities, offer: offer) ?? 0)
    }
}

func logit(_ p: Double) -> Double { WeirStatistics.logit(p) }
