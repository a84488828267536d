/// What journeys lose where the devices of a person are not known to belong together, seen on those where they are.
///
/// Persons with known links are looked at twice: with their devices put together, and taken apart as if nothing were
/// known. How much credit each channel gains by putting together (per model) is taken for what the unlinked devices'
/// journeys lack: their credit is multiplied by it and scaled to their conversions. That holds where unlinked people
/// use devices as linked ones do; those who log in often are rarely a fair sample, so the adjusted credit is a
/// correction, not a measurement.
struct BrokenJourneys: Sendable {
    let stitched: JourneySet
    /// Of the stitched conversions, those whose journey used more than one device.
    let crossDevice: Double
    /// The same persons, each device for itself.
    let apart: JourneySet
    let unlinked: JourneySet

    /// Conversions on devices without a known person, of all.
    var unlinkedShare: Double {
        let (known, unknown) = (all(stitched), all(unlinked))
        return known + unknown > 0 ? unknown / (known + unknown) : 0
    }

    /// Of linked people's conversions, those with a journey over more than one device.
    var crossDeviceShare: Double { all(stitched) > 0 ? crossDevice / all(stitched) : 0 }

    /// Estimated share of all conversions whose journey is seen only in part.
    var brokenShare: Double { unlinkedShare * crossDeviceShare }

    private func all(_ journeys: JourneySet) -> Double { journeys.conversions + journeys.unattributed }

    /// One model's credit by channel, adjusted.
    ///
    /// - Parameters: Credits by the model on each of the three sets, and the conversions of the unlinked.
    func adjusted(stitched whole: [Double], apart parts: [Double], unlinked: [Double]) -> [Double] {
        let raised = unlinked.indices.map { channel in
            // Half a conversion on both sides, so that channels hardly seen change little.
            unlinked[channel] * (max(0, whole[channel]) + 0.5) / (max(0, parts[channel]) + 0.5)
        }
        let sum = raised.reduce(0, +)
        // As many of their conversions as of the linked have a touch once put together.
        let seen = unlinked.reduce(0, +)
        let total = self.unlinked.conversions > 0 ? seen * all(self.unlinked) / self.unlinked.conversions : 0
        let covered = all(self.stitched) > 0 ? self.stitched.conversions / all(self.stitched) : 0
        return whole.indices.map { whole[$0] + (sum > 0 ? raised[$0] / sum * total * covered : 0) }
    }
}
