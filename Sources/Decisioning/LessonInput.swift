package import WeirDomain
import WeirCatalog
import WeirJSON
package import WeirLearning
import WeirProfiles

/// What an outcome teaches: the inputs as they were at the decision, under the learner's plan.
package struct LessonInput {
    package var input: ModelInput
    package var features: [Float]
    package var affinities: ArraySlice<Float>
    /// Index into the plan's offers; nil for "no offer".
    package var offer: Int?
    /// Such as `region = north`, of the groups that the catalog declares.
    package var groups: [String]
}

extension CatalogPlan {
    /// - Returns: Nil where the decision's offer is no longer in the catalog, or the record is damaged.
    package func lesson(of record: DecisionRecord, goal: Goal) -> LessonInput? {
        let situation = record.situation
        guard situation.features.count == schema.scalars.count else { return nil }
        let keyed = schema.keyed.count
        let groups = catalog.groups.compactMap { name in
            situation.traits[name].map { "\(name) = \($0.string ?? String(decoding: $0.bytes, as: UTF8.self))" }
        }
        guard let chosen = record.decision.chosen else {
            let input = layout.input(
                features: situation.features, affinities: [], kind: nil, bucket: noOfferBucket(goal.id))
            return LessonInput(input: input, features: situation.features, affinities: [], offer: nil, groups: groups)
        }
        guard situation.affinities.count >= (chosen + 1) * keyed, let index = offerIndex(record.offers[chosen])
        else { return nil }
        let offer = offers[index]
        let affinities = situation.affinities[chosen * keyed..<(chosen + 1) * keyed]
        let input = layout.input(
            features: situation.features, affinities: affinities, kind: campaigns[offer.campaign].campaign.kind,
            bucket: offer.bucket)
        return LessonInput(
            input: input, features: situation.features, affinities: affinities, offer: index, groups: groups)
    }
}
