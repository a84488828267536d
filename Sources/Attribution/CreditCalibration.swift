import WeirReporting
import Foundation
package import WeirStatistics
package import WeirMeasuring
import WeirTables

/// What a channel was shown to add by an experiment, in conversions over the time that the journeys cover.
package struct ChannelExperiment: Sendable, Equatable {
    package var channel: String
    /// With a 95 % interval.
    package var incremental: Interval

    package init(channel: String, incremental: Interval) {
        self.channel = channel
        self.incremental = incremental
    }

    /// Reads a CSV file with the columns `channel`, `incremental`, `lower` and `upper`.
    ///
    /// - Throws: `MeasurementError` with all faults, or `TableError`.
    package static func read(_ file: MeasuredFile) throws -> [ChannelExperiment] {
        let table = try file.table(
            mustBeNumbers: ["incremental", "lower", "upper"], mustBeCategories: ["channel"],
            mayBeEmpty: true)
        let (codes, levels) = try table.categories("channel")
        let (value, lower, upper) = (
            try table.numbers("incremental"), try table.numbers("lower"), try table.numbers("upper")
        )
        var faults = table.faults
        var experiments: [ChannelExperiment] = []
        for row in 0..<table.rows {
            let place = "“\(file.name)”, line \(table.line(ofRow: row)): "
            guard codes[row] >= 0 else {
                faults.append(place + "“channel” is empty; name it.")
                continue
            }
            guard lower[row] <= value[row], value[row] <= upper[row] else {
                faults.append(
                    place
                        + "the interval \(lower[row]) to \(upper[row]) does not hold \(value[row]); write its 95 % ends."
                )
                continue
            }
            let channel = levels[Int(codes[row])]
            if experiments.contains(where: { $0.channel == channel }) {
                faults.append(place + "“\(channel)” is there twice; pool its experiments into one row.")
                continue
            }
            experiments.append(
                .init(
                    channel: channel, incremental: Interval(estimate: value[row], lower: lower[row], upper: upper[row]))
            )
        }
        guard faults.isEmpty else { throw MeasurementError(faults) }
        return experiments
    }
}

/// One model's credit brought to what experiments showed.
///
/// A tested channel's factor is its incremental conversions ÷ its credit. Channels never tested get the mean of the
/// tested ones' factors, weighted by precision with the spread between channels counted, and the range in which the
/// factor of one more channel would lie.
///
/// Source: DerSimonian, Laird, "Meta-analysis in Clinical Trials" (Controlled Clinical Trials 7(3), 1986); the
/// prediction interval after Higgins, Thompson, Spiegelhalter, "A Re-evaluation of Random-effects Meta-analysis" (JRSS
/// A 172(1), 2009), with t on k − 1 degrees of freedom.
package struct CreditCalibration: Sendable {
    package let model: AttributionModel
    /// By channel; nil where neither an experiment nor two others say anything.
    package let factors: [Interval?]
    /// By channel: incremental conversions.
    package let incremental: [Interval?]
    /// By channel.
    package let isTested: [Bool]

    /// - Parameter seed: Of the draws of the experiments' errors.
    package init(
        _ credit: AttributionStudy.Credit, channels: [String], experiments: [ChannelExperiment], seed: UInt64
    ) {
        model = credit.model
        let tested = channels.map { channel in experiments.first { $0.channel == channel }?.incremental }
        isTested = tested.map { $0 != nil }
        var known: [(factor: Double, variance: Double)] = []
        var own: [Interval?] = channels.map { _ in nil }
        var random = Xoshiro256StarStar(seed: seed)
        for channel in channels.indices {
            guard let shown = tested[channel], credit.conversions[channel].estimate > 0 else { continue }
            let error = (shown.upper - shown.lower) / (2 * StandardNormal.quantile(0.975))
            let base = credit.conversions[channel].estimate
            let draws = (0..<max(2_000, credit.draws.count)).map { draw in
                let drawn = credit.draws.isEmpty ? base : credit.draws[draw % credit.draws.count][channel]
                // A resample without the channel has no factor.
                return drawn > 0 ? (shown.estimate + error * random.standardNormal()) / drawn : .nan
            }
            let factor = Resampling.interval(shown.estimate / base, draws, confidence: 0.95)
            own[channel] = factor
            known.append((factor.estimate, RunningMoments(draws.filter(\.isFinite)).variance))
        }
        let pooled = Self.predicted(known)
        factors = channels.indices.map { tested[$0] != nil ? own[$0] : pooled }
        incremental = channels.indices.map { channel in
            if let shown = tested[channel] { return shown }
            guard let pooled else { return nil }
            let credit = credit.conversions[channel]
            guard credit.estimate > 0 else { return Interval(estimate: 0, lower: 0, upper: 0) }
            // Errors of a product: the relative ones of factor and credit, as squares. Nothing says where credit and
            // factor move together, since the channel was never tested.
            func reach(_ factorEnd: Double, _ creditEnd: Double) -> Double {
                let one = (factorEnd - pooled.estimate) * credit.estimate
                let two = (creditEnd - credit.estimate) * pooled.estimate
                return (one * one + two * two).squareRoot()
            }
            let estimate = pooled.estimate * credit.estimate
            return Interval(
                estimate: estimate, lower: estimate - reach(pooled.lower, credit.lower),
                upper: estimate + reach(pooled.upper, credit.upper))
        }
    }

    /// The factor of one more channel; nil with fewer than two known.
    private static func predicted(_ known: [(factor: Double, variance: Double)]) -> Interval? {
        guard known.count >= 2 else { return nil }
        let count = Double(known.count)
        let weights = known.map { 1 / max($0.variance, 1e-12) }
        let sum = weights.reduce(0, +)
        let fixed = zip(weights, known).reduce(0) { $0 + $1.0 * $1.1.factor } / sum
        let spread = zip(weights, known).reduce(0) { $0 + $1.0 * ($1.1.factor - fixed) * ($1.1.factor - fixed) }
        let scale = sum - weights.reduce(0) { $0 + $1 * $1 } / sum
        let between = max(0, (spread - (count - 1)) / scale)
        let full = known.map { 1 / (max($0.variance, 1e-12) + between) }
        let total = full.reduce(0, +)
        let mean = zip(full, known).reduce(0) { $0 + $1.0 * $1.1.factor } / total
        let reach =
            StudentT.quantile(0.975, degreesOfFreedom: count - 1) * (between + 1 / total).squareRoot()
        return Interval(estimate: mean, lower: mean - reach, upper: mean + reach)
    }
}

/// All conversions there were, those that no tracking saw included.
package struct OfflineTotal: Sendable, Equatable {
    /// With a 95 % interval; its ends equal it where it was counted.
    package var conversions: Interval

    package init(conversions: Interval) { self.conversions = conversions }

    /// By how much tracked conversions must be multiplied.
    func factor(tracked: Double) -> Double { conversions.estimate / tracked }

    /// Credit scaled to the total; its relative errors and the total's are taken as independent.
    func scaled(_ credit: Interval, tracked: Double) -> Interval {
        let factor = factor(tracked: tracked)
        func reach(_ creditEnd: Double, _ totalEnd: Double) -> Double {
            let one = (creditEnd - credit.estimate) * factor
            let two = (totalEnd - conversions.estimate) / tracked * credit.estimate
            return (one * one + two * two).squareRoot()
        }
        return Interval(
            estimate: credit.estimate * factor,
            lower: credit.estimate * factor - reach(credit.lower, conversions.lower),
            upper: credit.estimate * factor + reach(credit.upper, conversions.upper))
    }
}

/// Conversions that a platform says are its own.
package struct PlatformClaim: Sendable, Equatable {
    package var channel: String
    package var conversions: Double

    package init(channel: String, conversions: Double) {
        self.channel = channel
        self.conversions = conversions
    }

    /// Reads a CSV file with the columns `channel` and `claimed`; rows of one channel, such as of two platforms, are
    /// added up.
    ///
    /// - Throws: `MeasurementError` with all faults, or `TableError`.
    package static func read(_ file: MeasuredFile) throws -> [PlatformClaim] {
        let table = try file.table(
            mustBeNumbers: ["claimed"], mustBeCategories: ["channel"],
            mayBeEmpty: true)
        let (codes, levels) = try table.categories("channel")
        let claimed = try table.numbers("claimed")
        var faults = table.faults
        var claims: [PlatformClaim] = levels.map { .init(channel: $0, conversions: 0) }
        for row in 0..<table.rows {
            guard codes[row] >= 0, claimed[row] >= 0 else {
                faults.append(
                    "“\(file.name)”, line \(table.line(ofRow: row)): a claim needs a channel and conversions of 0 or more, not \(claimed[row])."
                )
                continue
            }
            claims[Int(codes[row])].conversions += claimed[row]
        }
        guard faults.isEmpty else { throw MeasurementError(faults) }
        return claims
    }
}
