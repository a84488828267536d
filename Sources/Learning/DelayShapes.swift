import WeirStatistics

/// What the outcomes that have shown let expect of the stages that no decision has lived through.
///
/// Beliefs over how many decisions have an outcome at all and over how outcomes spread over the stages, on a grid: the
/// rate normal in the logit around the one that was expected, closer than the bias itself may lie, delays log-logistic with a median between half a second and
/// beyond the window, narrow or heavy-tailed, each as probable as the other. What the stages that were lived through
/// showed weighs them:
///
///     log w = log prior + Σⱼ dⱼ log hⱼ + (nⱼ − dⱼ) log(1 − hⱼ),   hⱼ = r (Fⱼ − Fⱼ₋₁) ÷ (1 − r Fⱼ₋₁)
///
/// with dⱼ outcomes among the nⱼ decisions that lived through stage j. A shop whose first outcomes come within a minute
/// and then no more has seen all that will come; one whose outcomes still grow from stage to stage has not.
///
/// Source: a grid posterior (Gelman et al., "Bayesian Data Analysis", 3rd ed., ch. 3) of the split-population ("cure")
/// model of Schmidt and Witte (Journal of Econometrics 40, 1989), with discrete time.
package struct DelayShapes: Sendable, Equatable {
    private let stages: Int
    /// Log of the prior; by combination of shape and rate.
    private var prior: [Double] = []
    /// How probably an outcome comes in each stage; combination × stage.
    private var mass: [Double] = []
    /// Logs of hⱼ and 1 − hⱼ; combination × stage.
    private var logShows: [Double] = []
    private var logWaits: [Double] = []

    /// How far the rate may lie from the expected one, in standard deviations of the bias; more to the side of more, which
    /// what has shown can still tell.
    private static let rates = stride(from: -3.0, through: 4, by: 0.25)
    /// How much more precisely the rate is expected here than the bias. Where most outcomes come at once, the first seconds'
    /// show can be nearly all of few or a small part of many, and only what is usual tells them apart: at 1, a shop with 20 %
    /// that come at once was believed to have 26 % for its first minute.
    private static let concentration = 3.0
    /// Standard deviations of about a half, 1 and 2 of the log of the delay.
    private static let steepness = [4, 1.8, 0.9]

    package init(expectedBy hyperparameters: OnlineLogistic.Hyperparameters) {
        stages = hyperparameters.stages
        guard stages > 0 else { return }
        let ends = Self.ends(stages)
        for rate in Self.rates {
            let probability = sigmoid(hyperparameters.biasMean + rate / hyperparameters.biasPrecision.squareRoot())
            let logPrior = -Self.concentration * rate * rate / 2
            for median in Self.medians(upTo: ends[stages - 1]) {
                for steepness in Self.steepness {
                    let shares = ends.map { sigmoid(steepness * Portable.log($0 / median)) }
                    append(shares: shares.map { $0 / shares[stages - 1] }, rate: probability, logPrior: logPrior)
                }
            }
        }
    }

    private mutating func append(shares: [Double], rate: Double, logPrior: Double) {
        prior.append(logPrior)
        var before = 0.0
        for share in shares {
            let shows = rate * (share - before)
            let hazard = min(max(shows / (1 - rate * before), 1e-12), 1 - 1e-12)
            mass.append(shows)
            logShows.append(Portable.log(hazard))
            logWaits.append(Portable.log1p(-hazard))
            before = share
        }
    }

    /// About when the stages end, in seconds, as a goal has them (`Goal.ages`); the last with the window.
    private static func ends(_ count: Int) -> [Double] {
        var ends: [Double] = []
        var end = 2.0
        for _ in 0..<count {
            ends.append(end)
            end *= end < 65_536 ? 8 : 2
        }
        return ends
    }

    private static func medians(upTo window: Double) -> [Double] {
        var medians = [0.5]
        while let last = medians.last, last * 6 < 2 * window { medians.append(last * 6) }
        return medians
    }

    /// The hazards that are expected of the stages that no decision has lived through.
    ///
    /// - Parameter lived: What those before showed; fewer stages than there are.
    /// - Returns: One for each stage from `lived.count` on; in 0 < h < 1.
    package func hazards(after lived: LivedStages) -> [Double] {
        var logs = prior
        var most = -Double.infinity
        for combination in logs.indices {
            let first = combination * stages
            for stage in 0..<lived.count {
                logs[combination] +=
                    lived.shown[stage] * logShows[first + stage]
                    + (lived.through[stage] - lived.shown[stage]) * logWaits[first + stage]
            }
            most = max(most, logs[combination])
        }
        var total = 0.0
        var shows = [Double](repeating: 0, count: stages)
        for combination in logs.indices {
            // Most combinations are soon out of the question; their exponentials would cost more than all else here.
            guard logs[combination] - most > -21 else { continue }
            let weight = Portable.exp(logs[combination] - most)
            guard weight > 1e-9 else { continue }
            total += weight
            for stage in 0..<stages { shows[stage] += weight * mass[combination * stages + stage] }
        }
        // Whatever has been seen, no stage is impossible: otherwise an outcome in it would be learned too slowly.
        let least = Self.leastShare * shows.reduce(0, +)
        for stage in lived.count..<stages { shows[stage] = max(shows[stage], least) }
        var survival = total - shows[..<lived.count].reduce(0, +)
        var hazards: [Double] = []
        for stage in lived.count..<stages {
            hazards.append(min(shows[stage] / max(survival, shows[stage]), 0.5))
            survival -= shows[stage]
        }
        return hazards
    }

    /// The least that is expected of a stage, as a share of all that is expected.
    private static let leastShare = 0.01
}
