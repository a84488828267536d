import Foundation
package import WeirStatistics

/// The effect of a treatment that all treated units got, by regression on unit and time effects.
///
/// Standard errors are clustered with the correction G/(G−1)·(N−1)/(N−K), K counting the effect, the times' effects and
/// the constant but not the units' effects, which lie within clusters; the reference is Student's t with G−1 degrees of
/// freedom. Source: Cameron, Miller, "A Practitioner's Guide to Cluster-Robust Inference" (Journal of Human Resources
/// 50(2), 2015).
package struct TwoWayEstimate: Sendable, Equatable {
    package var effect: Double
    package var standardError: Double
    /// G − 1.
    package var degreesOfFreedom: Int
    package var observations: Int
    /// By cluster, for the bootstrap: Σ x·y, Σ x·x and, by time, sums of x and y, all with the effects taken out.
    var pieces: [Piece]
    var correction: Double
    let effects: TwoWayEffects

    struct Piece: Sendable {
        var product = 0.0
        var square = 0.0
        var treatmentSums: [Double]
        var outcomeSums: [Double]
    }

    /// - Returns: Nil where the effect cannot be told from unit and time effects.
    init?(_ panel: TreatmentPanel) {
        let isObserved = panel.outcomes.map { $0.map { !$0.isNaN } }
        guard let effects = TwoWayEffects(isObserved: isObserved) else { return nil }
        let treatment = panel.outcomes.indices.map { unit in
            panel.times.indices.map { $0 >= panel.adoption[unit] ? 1.0 : 0 }
        }
        let x = effects.residual(treatment)
        let y = effects.residual(panel.outcomes)
        var pieces = [Piece](
            repeating: Piece(
                treatmentSums: [Double](repeating: 0, count: panel.times.count),
                outcomeSums: [Double](repeating: 0, count: panel.times.count)), count: panel.clusterCount)
        for unit in x.indices {
            let cluster = panel.clusters[unit]
            for time in panel.times.indices {
                pieces[cluster].product += x[unit][time] * y[unit][time]
                pieces[cluster].square += x[unit][time] * x[unit][time]
                pieces[cluster].treatmentSums[time] += x[unit][time]
                pieces[cluster].outcomeSums[time] += y[unit][time]
            }
        }
        let square = pieces.reduce(0) { $0 + $1.square }
        let parameters = panel.times.count + 1
        guard square > 1e-9, effects.observations > parameters, panel.clusterCount > 1 else { return nil }
        let effect = pieces.reduce(0) { $0 + $1.product } / square
        let groups = Double(panel.clusterCount)
        correction =
            groups / (groups - 1) * Double(effects.observations - 1) / Double(effects.observations - parameters)
        let scores = pieces.reduce(0) { sum, piece in
            let score = piece.product - effect * piece.square
            return sum + score * score
        }
        self.effect = effect
        standardError = (correction * scores).squareRoot() / square
        degreesOfFreedom = panel.clusterCount - 1
        observations = effects.observations
        self.pieces = pieces
        self.effects = effects
    }

    package static func == (left: TwoWayEstimate, right: TwoWayEstimate) -> Bool {
        left.effect == right.effect && left.standardError == right.standardError
    }

    package func interval(confidence: Double) -> Interval {
        let t = StudentT.quantile((1 + confidence) / 2, degreesOfFreedom: Double(degreesOfFreedom))
        return Interval(estimate: effect, lower: effect - t * standardError, upper: effect + t * standardError)
    }

    package var probability: Double {
        2 * StudentT.cumulative(-abs(effect) / standardError, degreesOfFreedom: Double(degreesOfFreedom))
    }
}
