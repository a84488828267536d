import WeirDecisioning
import WeirDomain
import WeirJSON
import WeirProfiles

/// Something about a person that a decision was logged with, and what the events of the log say it was.
package struct SituationDifference: Sendable, Hashable {
    package enum Part: String, Sendable, CaseIterable {
        case catalog, consent, cap, trait, feature, basket
    }

    package var part: Part
    /// Such as `marketing on email`, `ten-off`, `tier`, or `views of ten-off`.
    package var name: String
    package var logged: String
    package var derived: String

    package init(part: Part, name: String, logged: String, derived: String) {
        self.part = part
        self.name = name
        self.logged = logged
        self.derived = derived
    }
}

extension Situation {
    /// In what a situation as it was logged differs from this one, derived from the log for the same moment.
    ///
    /// - Returns: Consents, caps, traits, features, baskets, each in the plan's order.
    func differences(fromLogged logged: Situation, plan: CatalogPlan) -> [SituationDifference] {
        let offers = plan.placement(placement)!.candidates.map { plan.offers[$0].offer.id }
        let keyed = plan.schema.keyedNames
        return Self.differences(
            .consent, names: plan.consents.map { "\($0.purpose) on \($0.channel)" }, logged.consents, consents
        ) { $0 ? "granted" : "refused" }
            + Self.differences(.cap, names: offers.map(\.rawValue), logged.cappedBy, cappedBy) {
                $0.map { "\($0.limit) per \($0.per) (\($0.scope))" } ?? "not reached"
            }
            + traitDifferences(fromLogged: logged)
            + Self.differences(
                .feature, names: plan.schema.scalarNames, logged.features.map(\.bitPattern), features.map(\.bitPattern)
            ) { "\(Float(bitPattern: $0))" }
            + Self.differences(
                .feature, names: offers.flatMap { offer in keyed.map { "\($0) of \(offer)" } },
                logged.affinities.map(\.bitPattern), affinities.map(\.bitPattern)
            ) { "\(Float(bitPattern: $0))" }
            + Self.differences(
                .basket, names: baskets.indices.map { "order \($0 + 1)" }, logged.baskets, baskets
            ) { Money(minorUnits: $0, currency: plan.catalog.currency).description }
    }

    private static func differences<Value: Equatable>(
        _ part: SituationDifference.Part, names: [String], _ logged: [Value], _ derived: [Value],
        text: (Value) -> String
    ) -> [SituationDifference] {
        guard logged.count == derived.count else {
            return [
                SituationDifference(
                    part: part, name: "how many", logged: "\(logged.count)", derived: "\(derived.count)")
            ]
        }
        return zip(names, zip(logged, derived)).compactMap { name, values in
            values.0 == values.1
                ? nil
                : SituationDifference(part: part, name: name, logged: text(values.0), derived: text(values.1))
        }
    }

    private func traitDifferences(fromLogged logged: Situation) -> [SituationDifference] {
        let names = (logged.traits.members ?? []).map(\.name) + (traits.members ?? []).map(\.name)
        return Set(names).sorted().compactMap { name in
            let (one, other) = (logged.traits[name], traits[name])
            guard one != other else { return nil }
            return SituationDifference(
                part: .trait, name: name, logged: one?.text ?? "none", derived: other?.text ?? "none")
        }
    }
}
