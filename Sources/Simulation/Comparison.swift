package import WeirStatistics

/// What policies reached in one world over several seeds, each figure with its 95 % interval.
package struct Comparison: Sendable {
    package struct Row: Sendable {
        package var policy: PolicyName
        /// Σ (p₁ − p₀) · margin − p₁ · cost.
        package var value: Interval
        package var spend: Interval
        package var valuePerSpend: Interval
        /// The oracle's value minus this one's.
        package var regret: Interval?
        /// Share of the oracle's value from the second quarter on.
        package var laterShare: Interval?
        /// Weeks until the policy is back at nine tenths of its share of the oracle's value before the drift; one that
        /// does not come back counts with all the weeks that were left.
        package var weeksToRecover: Interval?
        /// The share of the oracle's value in each of the eight weeks after the drift ÷ that in the twelve weeks before.
        package var levels: [Interval]
        /// This policy's value per unit spent ÷ that of the segments, seed by seed.
        package var timesSegments: Interval?
        /// This policy's value per unit spent ÷ that of pricing with the mean basket, seed by seed.
        package var timesMeanBasket: Interval?
        package var decisions: Interval
        package var shareOffered: Interval
    }

    package let world: World
    package let seeds: Int
    package let rows: [Row]

    /// - Parameter runs: By seed; each with the same policies.
    package init(_ world: World, _ runs: [[PolicyName: Account]]) {
        self.world = world
        seeds = runs.count
        rows = PolicyName.allCases.filter { runs.first?[$0] != nil }.map { policy in
            func interval(_ figure: ([PolicyName: Account], Account) -> Double?) -> Interval? {
                let figures = runs.compactMap { figure($0, $0[policy]!) }
                return figures.count == runs.count && figures.allSatisfy(\.isFinite) ? Interval(meanOf: figures) : nil
            }
            return Row(
                policy: policy, value: interval { $1.totalValue }!, spend: interval { $1.totalSpend }!,
                valuePerSpend: interval { $1.totalSpend > 0 ? $1.totalValue / $1.totalSpend : 0 }!,
                regret: interval { runs, own in runs[.oracle].map { $0.totalValue - own.totalValue } },
                laterShare: interval { runs, own in
                    runs[.oracle].flatMap { $0.laterValue > 0 ? own.laterValue / $0.laterValue : nil }
                },
                weeksToRecover: interval { runs, own in
                    guard let day = world.driftDay, let oracle = runs[.oracle] else { return nil }
                    return own.weeksToRecover(from: day / 7, beside: oracle).map(Double.init)
                },
                levels: (0..<8).compactMap { week in
                    interval { runs, own in
                        guard let day = world.driftDay, let oracle = runs[.oracle] else { return nil }
                        return own.level(inWeek: day / 7 + week, from: day / 7, beside: oracle)
                    }
                },
                timesSegments: interval { $1.valuePerSpend(times: $0[.segments]) },
                timesMeanBasket: interval { $1.valuePerSpend(times: $0[.meanBasket]) },
                decisions: interval { Double($1.decisions) }!,
                shareOffered: interval { Double($1.offers) / Double(max(1, $1.decisions)) }!)
        }
    }

    /// Whether Weir's loop brought more than each peer that knows no more than it does, beyond chance.
    package var doesWeirWin: Bool? {
        guard let weir = rows.first(where: { $0.policy == .weir }) else { return nil }
        let peers = rows.filter { [.uniform, .segments, .unpriced, .meanBasket].contains($0.policy) }
        return peers.allSatisfy { $0.value.upper < weir.value.lower }
    }
}

extension Account {
    /// The value per unit spent ÷ that of a peer; nil where one of them has none.
    fileprivate func valuePerSpend(times peer: Account?) -> Double? {
        guard let peer, peer.totalValue > 0, totalSpend > 0 else { return nil }
        return totalValue / totalSpend / (peer.totalValue / peer.totalSpend)
    }

    /// How many weeks after a change lie below nine tenths of the share of the oracle's value in the twelve weeks before.
    func weeksToRecover(from week: Int, beside oracle: Account) -> Int? {
        let weeks = min(value.count, oracle.value.count)
        guard week >= 12, week < weeks else { return nil }
        return (week..<weeks).first { level(inWeek: $0, from: week, beside: oracle)! >= 0.9 }.map { $0 - week }
            ?? weeks - week
    }

    /// The share of the oracle's value in one week ÷ that in the twelve weeks before a change.
    func level(inWeek week: Int, from change: Int, beside oracle: Account) -> Double? {
        guard change >= 12, week < min(value.count, oracle.value.count) else { return nil }
        func share(_ weeks: Range<Int>) -> Double {
            value[weeks].reduce(0, +) / oracle.value[weeks].reduce(0, +)
        }
        return share(week..<week + 1) / share(change - 12..<change)
    }
}

extension Interval {
    /// The mean of independent figures with Student's 95 % interval; of a single one its ends are the figure itself.
    init(meanOf figures: [Double]) {
        let mean = figures.reduce(0, +) / Double(figures.count)
        guard figures.count > 1 else {
            self.init(estimate: mean, lower: mean, upper: mean)
            return
        }
        let squares = figures.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        let error = (squares / Double(figures.count - 1) / Double(figures.count)).squareRoot()
        let reach = StudentT.quantile(0.975, degreesOfFreedom: Double(figures.count - 1)) * error
        self.init(estimate: mean, lower: mean - reach, upper: mean + reach)
    }
}
