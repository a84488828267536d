import WeirDecisioning
import WeirDomain
package import WeirEngine
package import WeirJSON

extension DecisionReply {
    /// The answer with its reasons, as `POST /v1/decide` gives it.
    package var json: JSON {
        var writer = JSONWriter()
        writer.object { write(into: &$0, reasons: true) }
        return (try? JSON(parsing: writer.bytes)) ?? .null
    }

    /// Writes the members of the answer.
    ///
    /// - Parameters:
    ///   - reasons: Whether the candidates are listed too.
    ///   - caller: Who looks back at it; nil for who asked for it and knows the customer.
    func write(into writer: inout JSONWriter, reasons: Bool, for caller: Caller? = nil) {
        let situation = record.situation
        let decision = record.decision
        writer.member("decision", situation.id.description)
        let isMasked = caller.map { !$0.may(.viewPeople) } ?? false
        writer.member(
            "customer", (isMasked ? CustomerMask.masked(situation.customer) : situation.customer).rawValue)
        writer.member("placement", situation.placement.rawValue)
        writer.member("time", situation.time.iso8601)
        writer.name("offer")
        if let chosen = decision.chosen {
            write(plan.offers[decision.candidates[chosen].offer], isMasked: isMasked, into: &writer)
        } else {
            writer.null()
        }
        writer.member("assignment", decision.assignment.name)
        writer.member("why", why)
        writer.member("propensity", decision.propensity)
        writer.member("policy", policy.name)
        writer.member("explored", decision.isExplored)
        if let chosen = decision.chosen { writer.member("probability", decision.candidates[chosen].probability) }
        writer.member("catalog_version", situation.catalogVersion)
        writer.member("model_version", situation.modelVersion)
        writer.member("repeated", isRepeated)
        if !decision.experiments.isEmpty {
            writer.name("experiments")
            writer.array { writer in
                for participation in decision.experiments { writer.object { participation.write(into: &$0) } }
            }
        }
        guard reasons else { return }
        if let ghost = decision.ghost { writer.member("withheld", record.offers[ghost].rawValue) }
        writer.member("no_offer_probability", decision.noOfferProbability)
        writer.name("candidates")
        writer.array { writer in
            for (candidate, offer) in zip(decision.candidates, record.offers) {
                writer.object { candidate.write(into: &$0, offer: offer, plan: plan) }
            }
        }
    }

    /// Writes what a page needs to show the offer, and nothing of what is known of the person: whoever reads the page's key
    /// can ask for anybody.
    func writeForPage(into writer: inout JSONWriter) {
        let situation = record.situation
        writer.member("decision", situation.id.description)
        writer.member("customer", situation.customer.rawValue)
        writer.member("placement", situation.placement.rawValue)
        writer.member("time", situation.time.iso8601)
        writer.name("offer")
        if let chosen = record.decision.chosen {
            let offer = plan.offers[record.decision.candidates[chosen].offer].offer
            writer.object { writer in
                writer.member("id", offer.id.rawValue)
                writer.member("name", offer.name)
                writer.member("coupon", offer.coupon.map(JSON.string) ?? .null)
                writer.member("message", message ?? "")
            }
        } else {
            writer.null()
        }
        writer.member("repeated", isRepeated)
    }

    private func write(_ chosen: OfferPlan, isMasked: Bool, into writer: inout JSONWriter) {
        let offer = record.asGiven(chosen.offer)
        writer.object { writer in
            writer.member("id", offer.id.rawValue)
            writer.member("name", offer.name)
            writer.member("campaign", plan.campaigns[chosen.campaign].campaign.id.rawValue)
            writer.member("coupon", offer.coupon.map(JSON.string) ?? .null)
            // Its text may call the person by name.
            writer.member("message", isMasked ? "" : message ?? "")
            writer.member("cost", offer.cost.decimal)
            writer.member("value", offer.value.decimal)
            if let discount = offer.discount {
                writer.name("discount")
                writer.object { discount.write(into: &$0) }
            }
            writer.member("currency", offer.cost.currency.code)
        }
    }
}

extension Participation {
    fileprivate func write(into writer: inout JSONWriter) {
        writer.member("experiment", experiment.rawValue)
        writer.member("arm", arm.rawValue)
        writer.member("exposed", isExposed)
        if isStopped { writer.member("stopped", true) }
        guard let block else { return }
        writer.member("unit", block.unit)
        writer.member("period", block.period)
    }
}

extension Candidate {
    fileprivate func write(into writer: inout JSONWriter, offer: OfferID, plan: CatalogPlan) {
        writer.member("offer", offer.rawValue)
        if let gate {
            writer.name("gate")
            writer.object {
                $0.member("code", gate.code)
                $0.member("words", gate.words)
            }
        }
        // A candidate that a gate stopped was not scored, unless it was given.
        guard gate == nil || probability != 0 else { return }
        writer.member("probability", probability)
        writer.member("deviation", deviation)
        if let without = probabilityWithout(plan) { writer.member("probability_without", without) }
        writer.member("value", value)
        writer.member("cost", cost)
        if let use {
            writer.name("per_use")
            writer.object {
                $0.member("value", use.value)
                $0.member("cost", use.cost)
            }
        }
        writer.member("utility", utility)
        writer.member("choice_probability", choiceProbability)
    }
}

extension Assignment {
    var name: String {
        switch self {
        case .treated: "treated"
        case .heldOut: "held_out"
        case .given: "given"
        }
    }
}
