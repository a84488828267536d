package import WeirDecisioning
package import WeirDomain
import WeirModelGovernance
import WeirLearning

/// A trained model that scores live outcomes of its goal: as the champion, or beside it.
package struct Contender: Sendable {
    let trained: TrainedModel
    package var stage: ModelStage
    package var model: GoalModel
    var watch: ModelWatch

    package var id: ModelID { model.id }

    /// - Throws: `ModelPriorError` where the model does not fit the plan.
    init(_ id: ModelID, _ trained: TrainedModel, stage: ModelStage, plan: CatalogPlan) throws(ModelPriorError) {
        self.trained = trained
        self.stage = stage
        let hyperparameters = Self.hyperparameters(trained)
        model = GoalModel(
            OnlineLogistic(layout: plan.layout, hyperparameters: hyperparameters), id: id,
            prior: try ModelPrior(trained, plan: plan))
        watch = ModelWatch(spreads: trained.card.spreads)
    }

    /// What the trained model leaves unexplained is expected to be nothing.
    ///
    /// As many outcomes say how far that is so as it takes to tell a few points of a rate apart: a wider prior would be
    /// averaged into the model's own probabilities before there is any outcome, and draw them towards a half. Models of the
    /// first file format go on with the wider one, by which their decisions were made.
    private static func hyperparameters(_ trained: TrainedModel) -> OnlineLogistic.Hyperparameters {
        var hyperparameters = OnlineLogistic.Hyperparameters()
        hyperparameters.biasMean = 0
        guard trained.format >= 2 else { return hyperparameters }
        hyperparameters.biasPrecision = 25
        hyperparameters.kindPrecision = 100
        hyperparameters.featurePrecision = 1_000
        hyperparameters.liftPrecision = 1_000
        return hyperparameters
    }

    /// Reads a contender that was written under the same plan.
    ///
    /// - Returns: Nil, after what was written, where the model is set aside or does not fit the plan.
    init?(
        decoding reader: inout ByteReader, plan: CatalogPlan, trained: (ModelID) throws -> TrainedModel?
    ) throws {
        let id = ModelID(try reader.string())
        guard let stage = ModelStage(rawValue: try reader.string()) else { throw DamagedRecord(offset: 0) }
        let entered = try trained(id).flatMap { try? Contender(id, $0, stage: stage, plan: plan) }
        let online = try OnlineLogistic(
            decoding: &reader, layout: plan.layout,
            hyperparameters: entered?.model.online.hyperparameters ?? OnlineLogistic.Hyperparameters())
        let watch = try ModelWatch(decoding: &reader)
        guard let entered else { return nil }
        self = entered
        model.online = online
        self.watch = watch
    }

    func encode(into writer: inout ByteWriter) {
        writer.string(id.rawValue)
        writer.string(stage.rawValue)
        model.online.encode(into: &writer)
        watch.encode(into: &writer)
    }

    /// The same contender under another catalog.
    ///
    /// - Throws: `ModelPriorError` where the new one lacks a column.
    func adapted(to plan: CatalogPlan) throws(ModelPriorError) -> Contender {
        var adapted = try Contender(id, trained, stage: stage, plan: plan)
        adapted.model.online = model.online.adapted(to: plan.layout)
        adapted.watch = watch
        return adapted
    }
}
