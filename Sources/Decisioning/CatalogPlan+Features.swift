package import WeirDomain
package import WeirJSON
package import WeirProfiles

extension CatalogPlan {
    /// Of the person's traits those that rules and messages read.
    package func traits(of profile: Profile) -> JSON {
        .object((profile.traits.members ?? []).filter { traitNames.contains($0.name) })
    }

    /// For each candidate of a placement the plain values of all declared keyed features, side by side.
    package func affinities(of profile: Profile, at time: Timestamp, placement: PlacementPlan) -> [Float] {
        var affinities: [Float] = []
        affinities.reserveCapacity(placement.candidates.count * schema.keyed.count)
        for index in placement.candidates {
            let offer = offers[index]
            // An offer that is not on at the moment is stopped by its schedule; its keys need not be looked up.
            let isOn = campaigns[offer.campaign].campaign.isOn(at: time)
            for feature in schema.keyed.indices {
                let keys = offer.affinities[feature]
                affinities.append(
                    isOn && !keys.isEmpty ? profile.keyed(feature, keys: keys, at: time, schema: schema) : 0)
            }
        }
        return affinities
    }

    /// Of all stopped arms those of experiments that can matter at a placement.
    func stoppedArms(_ stopped: [StoppedArm], placement: PlacementPlan) -> [StoppedArm] {
        stopped.filter { arm in placement.experiments.contains { experiments[$0].experiment.id == arm.experiment } }
    }
}
