public import WeirLearning
import WeirDomain
import WeirProfiles

/// A trained model as a prior: its logit is where the online weights begin, and they learn what it leaves unexplained.
///
/// Tied to one plan, in whose features the model's columns are found by name. The columns `offer` and `kind` are the
/// offer's id and its campaign's kind; any other name must be a declared feature's.
public struct ModelPrior: Sendable, Equatable {
    public let model: BatchModel
    private let neverIsMissing: Bool
    private let sources: [Source]

    private enum Source: Sendable, Equatable {
        /// Position among the declared scalar features.
        case scalar(Int)
        /// Position among the declared keyed features.
        case keyed(Int)
        /// The column's value for each offer of the plan.
        case offer([Float])
    }

    /// - Parameter neverIsMissing: As in the tables that models learn from; else the model sees it as infinitely long ago.
    /// - Throws: `ModelPriorError`, which names the columns that the plan does not have.
    public init(_ model: BatchModel, plan: CatalogPlan, neverIsMissing: Bool = true) throws(ModelPriorError) {
        self.model = model
        self.neverIsMissing = neverIsMissing
        let scalars = plan.catalog.features.filter { !$0.isKeyed }.map(\.name)
        var unknown: [String] = []
        var sources: [Source] = []
        for column in model.columns {
            if let position = scalars.firstIndex(of: column.name) {
                sources.append(.scalar(position))
            } else if let position = plan.schema.keyedIndex(of: column.name) {
                sources.append(.keyed(position))
            } else if column.name == "offer" || column.name == "kind", let levels = column.levels {
                let indices = Dictionary(zip(levels, levels.indices)) { first, _ in first }
                sources.append(
                    .offer(
                        plan.offers.map { offer in
                            let name =
                                column.name == "offer"
                                ? offer.offer.id.rawValue : plan.campaigns[offer.campaign].campaign.kind
                            return indices[name].map(Float.init) ?? .nan
                        }))
            } else {
                unknown.append(column.name)
            }
        }
        guard unknown.isEmpty else { throw ModelPriorError(unknown: unknown, known: scalars + plan.schema.keyedNames) }
        guard model.output == .probability else { throw ModelPriorError(unknown: [], known: []) }
        self.sources = sources
    }

    /// Of a trained model as its file says.
    ///
    /// - Throws: As above.
    public init(_ trained: TrainedModel, plan: CatalogPlan) throws(ModelPriorError) {
        try self.init(trained.model, plan: plan, neverIsMissing: trained.neverIsMissing)
    }

    /// The calibrated probability's logit.
    ///
    /// - Parameters:
    ///   - features: Plain values of all declared scalar features.
    ///   - affinities: Plain values of all declared keyed features for this offer; empty for "no offer".
    ///   - offer: Index into the plan's offers; nil for "no offer".
    public func logit(features: [Float], affinities: ArraySlice<Float>, offer: Int?) -> Double {
        withRow(features: features, affinities: affinities, offer: offer) { row in
            if model.calibration == .none {
                let margin = model.margin(row)
                // Sums of enormous weights may be no number, which the online weights would never forget. Models of the
                // first format go on as they were, so that their decisions can be recomputed.
                return margin.isFinite || !neverIsMissing ? margin : margin.isNaN ? 0 : margin < 0 ? -700 : 700
            }
            let predicted = model.predict(row)
            let probability = predicted.isNaN ? 0.5 : predicted
            // A calibration may reach 0 or 1; the residual must be able to come back from there.
            return WeirDecisioning.logit(min(max(probability, 1e-6), 1 - 1e-6))
        }
    }

    /// The model's row for one offer and person.
    public func withRow<Result>(
        features: [Float], affinities: ArraySlice<Float>, offer: Int?, _ body: (UnsafeBufferPointer<Float>) -> Result
    ) -> Result {
        withUnsafeTemporaryAllocation(of: Float.self, capacity: sources.count) { row in
            for (index, source) in sources.enumerated() {
                let value: Float =
                    switch source {
                    case .scalar(let position): features[position]
                    case .keyed(let position): affinities.isEmpty ? 0 : affinities[affinities.startIndex + position]
                    case .offer(let values): offer.map { values[$0] } ?? .nan
                    }
                row.initializeElement(at: index, to: neverIsMissing && value.isInfinite ? .nan : value)
            }
            return body(UnsafeBufferPointer(row))
        }
    }
}

/// A model that does not fit the catalog.
public struct ModelPriorError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Columns that are no declared features; empty where the model predicts no probability.
    public var unknown: [String]
    public var known: [String]

    public var description: String {
        unknown.isEmpty
            ? "The model predicts a mean; a goal needs a probability. Train it with a 0/1 target."
            : "The catalog declares no \(unknown.map { "“\($0)”" }.joined(separator: ", ")). Declare them under features, "
                + "or train without them; known are \(known.joined(separator: ", ")), offer and kind."
    }
}
