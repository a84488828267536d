package import WeirStatistics

/// Whether readings of a log hold what they promise: many worlds whose truth is known, each read as an analyst would.
///
/// Estimand: what the customers treated in a world did, less what the same customers would have done without ever being
/// offered anything, both with the same luck, per customer. Since chance decided who is treated, that is the average effect
/// on everyone met, up to how those drawn differ from the rest.
package struct TruthCheck: Sendable, Equatable {
    package enum Population: String, Sendable, CaseIterable {
        /// All who were met.
        case everyone
        /// Those who got an offer, or would have.
        case offered
    }

    /// One outcome of one population of one world.
    package struct Truth: Sendable, Equatable {
        package var population: Population
        package var outcome: LiftOutcome
        package var truth: Double
        package var reading: LiftEffect.Reading
        /// What last touch claims per treated customer.
        package var claimed: Double

        package init(
            population: Population, outcome: LiftOutcome, truth: Double, reading: LiftEffect.Reading, claimed: Double
        ) {
            self.population = population
            self.outcome = outcome
            self.truth = truth
            self.reading = reading
            self.claimed = claimed
        }
    }

    package struct Run: Sendable, Equatable {
        package var seed: UInt64
        package var treated: Int
        package var heldOut: Int
        /// Of the held out, who would have got an offer.
        package var heldOutOffered: Int
        package var truths: [Truth]

        package init(seed: UInt64, treated: Int, heldOut: Int, heldOutOffered: Int, truths: [Truth]) {
            self.seed = seed
            self.treated = treated
            self.heldOut = heldOut
            self.heldOutOffered = heldOutOffered
            self.truths = truths
        }
    }

    package enum Method: String, Sendable, CaseIterable { case difference, weighted, doublyRobust = "doubly_robust" }

    /// How one method does over all worlds.
    package struct Row: Sendable, Equatable {
        package var population: Population
        package var outcome: LiftOutcome
        package var method: Method
        /// Share of worlds whose interval holds the truth, with Wilson's interval of that share.
        package var coverage: Interval
        /// Mean of estimate less truth.
        package var bias: Interval
        /// Root of the mean squared error.
        package var error: Double
        /// Mean length of the intervals.
        package var width: Double
    }

    /// Last touch beside the truth.
    package struct Claim: Sendable, Equatable {
        package var population: Population
        package var outcome: LiftOutcome
        /// Means over the worlds, per treated customer.
        package var truth: Interval
        package var claimed: Interval
        /// Claimed less truth, world by world.
        package var excess: Interval
        /// Mean claimed ÷ mean truth; NaN where the truth is not above 0.
        package var ratio: Double
        /// Share of worlds in which the claim lies within the doubly robust interval.
        package var plausible: Interval
    }

    package let world: String
    package let confidence: Double
    package let runs: [Run]
    package let rows: [Row]
    package let claims: [Claim]

    /// - Parameters:
    ///   - world: What the worlds have in common, for the report.
    ///   - runs: At least two.
    package init(world: String, runs: [Run], confidence: Double = 0.95) {
        self.world = world
        self.confidence = confidence
        self.runs = runs
        var rows: [Row] = []
        var claims: [Claim] = []
        for population in Population.allCases {
            for outcome in LiftOutcome.allCases {
                let truths = runs.compactMap { run in
                    run.truths.first { $0.population == population && $0.outcome == outcome }
                }
                guard truths.count > 1 else { continue }
                for method in Method.allCases {
                    let pairs = truths.map { (interval: $0.reading.interval(of: method), truth: $0.truth) }
                    let errors = pairs.map { $0.interval.estimate - $0.truth }
                    let count = Double(pairs.count)
                    rows.append(
                        Row(
                            population: population, outcome: outcome, method: method,
                            coverage: .share(
                                successes: pairs.count { $0.interval.contains($0.truth) }, trials: pairs.count),
                            bias: .mean(of: errors), error: (errors.reduce(0) { $0 + $1 * $1 } / count).squareRoot(),
                            width: pairs.reduce(0) { $0 + $1.interval.upper - $1.interval.lower } / count))
                }
                let truth = Interval.mean(of: truths.map(\.truth))
                let claimed = Interval.mean(of: truths.map(\.claimed))
                claims.append(
                    Claim(
                        population: population, outcome: outcome, truth: truth, claimed: claimed,
                        excess: .mean(of: truths.map { $0.claimed - $0.truth }),
                        ratio: truth.estimate > 0 ? claimed.estimate / truth.estimate : .nan,
                        plausible: .share(
                            successes: truths.count { $0.reading.doublyRobust.contains($0.claimed) },
                            trials: truths.count)))
            }
        }
        self.rows = rows
        self.claims = claims
    }
}

extension LiftEffect.Reading {
    func interval(of method: TruthCheck.Method) -> Interval {
        switch method {
        case .difference: difference
        case .weighted: weighted
        case .doublyRobust: doublyRobust
        }
    }
}

extension Interval {
    /// The mean of independent figures with Student's 95 % interval.
    fileprivate static func mean(of figures: [Double]) -> Interval {
        let moments = RunningMoments(figures)
        let reach =
            StudentT.quantile(0.975, degreesOfFreedom: Double(max(1, moments.count - 1))) * moments.standardDeviation
            / Double(moments.count).squareRoot()
        return Interval(estimate: moments.mean, lower: moments.mean - reach, upper: moments.mean + reach)
    }
}
