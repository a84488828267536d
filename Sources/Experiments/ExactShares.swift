import Foundation
package import WeirStatistics

/// Fisher's exact test: how likely a table with these margins shows this much or less likely, where arms do not differ.
///
/// Right for the smallest counts. Source: Fisher, "The Design of Experiments" (1935); two-sided as in scipy, the sum over
/// all tables that are not more likely than the one seen.
///
/// - Complexity: O(successes of both arms).
package func fisherExactPValue(_ control: ShareCount, _ treatment: ShareCount, side: Side = .both) -> Double {
    let total = control.trials + treatment.trials
    let successes = control.successes + treatment.successes
    let lowest = max(0, successes - control.trials)
    let highest = min(successes, treatment.trials)
    func logChoose(_ n: Int, _ k: Int) -> Double {
        logGamma(Double(n + 1)) - logGamma(Double(k + 1)) - logGamma(Double(n - k + 1))
    }
    func logChance(_ k: Int) -> Double {
        logChoose(treatment.trials, k) + logChoose(control.trials, successes - k) - logChoose(total, successes)
    }
    let seen = logChance(treatment.successes)
    var chance = 0.0
    for k in lowest...highest {
        let isAsExtreme =
            switch side {
            // Equal tables differ by rounding.
            case .both: logChance(k) <= seen + 1e-7
            case .greater: k >= treatment.successes
            case .less: k <= treatment.successes
            }
        if isAsExtreme { chance += exp(logChance(k)) }
    }
    return min(1, chance)
}

/// Ranges for a difference of shares, and of their ratio minus 1, that hold the truth at least as often as stated however
/// few the successes are: the arms' exact intervals, each with confidence √c, since both hold together with c.
package func exactShareEffects(
    _ control: ShareCount, _ treatment: ShareCount, confidence: Double = 0.95
) -> (absolute: Interval, relative: Interval) {
    let each = confidence.squareRoot()
    let one = ShareInterval.clopperPearson.interval(
        successes: control.successes, trials: control.trials, confidence: each)
    let two = ShareInterval.clopperPearson.interval(
        successes: treatment.successes, trials: treatment.trials, confidence: each)
    return (
        Interval(
            estimate: two.estimate - one.estimate, lower: two.lower - one.upper, upper: two.upper - one.lower),
        Interval(
            estimate: two.estimate / one.estimate - 1, lower: two.lower / one.upper - 1,
            upper: one.lower > 0 ? two.upper / one.lower - 1 : .infinity)
    )
}
