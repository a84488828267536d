package import WeirDecisioning
package import WeirDomain
package import WeirEngine
import WeirLearning
import WeirProfiles
import WeirStorage

/// Where the scores of a decision came from.
package struct DecisionInsight: Sendable {
    /// What one candidate's logit is made of.
    package struct Score: Sendable {
        /// The built-in model's bias and a trained model's base, together.
        package var base: Double
        /// Name of the feature, its plain value, and what it adds to the logit; largest first by size.
        package var parts: [(feature: String, value: Float, amount: Double)]
    }

    /// Who scored, by goal.
    package var scorers: [(goal: GoalID, model: ModelID)]
    /// One per candidate; nil where a gate stopped it.
    package var scores: [Score?]
    /// What the shadows of that time would have decided.
    package var shadows: [(model: ModelID, decision: Decision)]
}

extension Engine {
    /// Explains a decision with the models as they were: takes as long as an audit of it.
    ///
    /// - Returns: Nil where the models of its time cannot be rebuilt.
    package func insight(into record: DecisionRecord, plan: CatalogPlan) throws -> DecisionInsight? {
        let situation = record.situation
        guard let learner = try Recovery(store: store).learner(atOrBefore: situation.modelVersion),
            learner.plan.version == plan.version, let placement = plan.placement(situation.placement)
        else { return nil }
        let goals = Set(placement.candidates.map { plan.offers[$0].goal }).sorted()
        let scores = zip(record.decision.candidates, record.decision.candidates.indices).map { candidate, position in
            candidate.gate == nil
                ? score(of: candidate, at: position, situation, plan: plan, learner: learner) : nil
        }
        var shadows: [(ModelID, Decision)] = []
        for goal in goals {
            for contender in learner.goals[goal].contenders where contender.stage == .shadow {
                var models = learner.models
                models[goal] = contender.model
                shadows.append((contender.id, WeirDecisioning.decide(situation, plan: plan, models: models)))
            }
        }
        return DecisionInsight(
            scorers: goals.map { (plan.goals[$0].id, learner.models[$0].id) }, scores: scores, shadows: shadows)
    }

    private func score(
        of candidate: Candidate, at position: Int, _ situation: Situation, plan: CatalogPlan, learner: Learner
    ) -> DecisionInsight.Score {
        let offer = plan.offers[candidate.offer]
        let model = learner.models[offer.goal]
        let keyed = plan.schema.keyed.count
        let affinities = situation.affinities[position * keyed..<(position + 1) * keyed]
        let kind = plan.campaigns[offer.campaign].campaign.kind
        let input = plan.layout.input(
            features: situation.features, affinities: affinities, kind: kind, bucket: offer.bucket)
        var values: [String: Float] = [:]
        for (feature, value) in zip(plan.catalog.features.filter { !$0.isKeyed }, situation.features) {
            values[feature.name] = value
        }
        for (name, value) in zip(plan.schema.keyedNames, affinities) { values[name] = value }

        let online = model.online.contributions(input)
        var amounts: [(String, Double)] = []
        let names =
            plan.layout.scalars.map(\.name) + plan.layout.keyed.map(\.name) + plan.layout.kinds.map { "kind \($0)" }
        for (name, amount) in zip(names, online.dropFirst()) where amount != 0 { amounts.append((name, amount)) }
        var base = online[0]
        if let prior = model.prior {
            let part = prior.withRow(features: situation.features, affinities: affinities, offer: candidate.offer) {
                prior.model.contributions($0)
            }
            base += part.base
            for (column, amount) in zip(prior.model.columns, part.columns) {
                if let index = amounts.firstIndex(where: { $0.0 == column.name }) {
                    amounts[index].1 += amount
                } else if amount != 0 {
                    amounts.append((column.name, amount))
                }
            }
        }
        let parts = amounts.map { (feature: $0.0, value: values[$0.0] ?? 1, amount: $0.1) }
            .sorted { abs($0.amount) > abs($1.amount) }
        return DecisionInsight.Score(base: base, parts: parts)
    }
}
