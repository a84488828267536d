import WeirDecisioning
package import WeirDomain
package import WeirEngine
import WeirModelGovernance
package import WeirStatistics
import WeirStorage

/// What a model that does not decide would have changed among recent decisions.
package struct ShadowChange: Sendable {
    package struct Answer: Sendable {
        /// The offer's name, or "no offer".
        package var name: String
        package var given: Int
        package var wouldHaveGiven: Int
    }

    /// Decisions of treated people in which the model's goal was at stake.
    package var decisions: Int
    /// Those in which its best answer is another than the deciding model's best answer.
    package var changed: Int
    /// Value per decision beyond the live one's; nil where it could not be estimated.
    package var value: Interval?
    /// Best answers, most given first.
    package var answers: [Answer]
}

extension Engine {
    /// Scores the latest decisions once more with a model as it is now and compares its best answers with those given.
    ///
    /// - Throws: `EngineError.unknownModel`, or what the store throws.
    package func shadowComparison(of id: ModelID, latest limit: Int) throws -> ShadowChange {
        guard let entry = modelRegistry[id] else { throw EngineError.unknownModel(id.rawValue, known: []) }
        var change = ShadowChange(decisions: 0, changed: 0, value: nil, answers: [])
        guard let plan, let goal = plan.goalIndex(entry.registered.goal), let model = contender(id)?.model else {
            return change
        }
        var models = models
        models[goal] = model
        var answers: [String: (given: Int, would: Int)] = [:]
        for stored in try store.latestDecisions(of: nil, limit: limit) {
            let record = try DecisionRecord(decoding: stored.body)
            guard record.situation.catalogVersion == plan.version, record.decision.assignment == .treated else {
                continue
            }
            try record.check(against: plan)
            guard
                record.decision.candidates.contains(where: { $0.gate == nil && plan.offers[$0.offer].goal == goal })
            else { continue }
            let other = WeirDecisioning.decide(record.situation, plan: plan, models: models)
            let (given, would) = (record.decision.best, other.best)
            change.decisions += 1
            if given != would { change.changed += 1 }
            func name(_ index: Int?) -> String {
                index.map { plan.offers[record.decision.candidates[$0].offer].offer.name } ?? "no offer"
            }
            answers[name(given), default: (0, 0)].given += 1
            answers[name(would), default: (0, 0)].would += 1
        }
        change.answers = answers.map {
            ShadowChange.Answer(name: $0.key, given: $0.value.given, wouldHaveGiven: $0.value.would)
        }
        .sorted { ($0.given, $1.name) > ($1.given, $0.name) }
        change.value = try policyValue(of: entry, latest: limit)?.difference
        return change
    }
}

extension Decision {
    /// Index of the open candidate with the highest utility; nil where "no offer" is better.
    var best: Int? {
        let open = candidates.indices.filter { candidates[$0].gate == nil && candidates[$0].utility > 0 }
        return open.max { (candidates[$0].utility, $1) < (candidates[$1].utility, $0) }
    }
}
