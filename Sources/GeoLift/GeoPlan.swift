import WeirReporting
import WeirStatistics

/// Which markets to treat, and for how long: every stretch of the history plays the test once, with a known lift put in, and is
/// judged as the test will be.
///
/// Candidates are each market with those most correlated with it, as in GeoLift (Meta, MIT licence), whose ranking is used too.
package struct GeoPlan: Sendable {
    /// Complete, without any campaign.
    package var panel: Panel
    /// In periods.
    package var durations: [Int] = [10, 15]
    /// Lifts to put in, as shares; > 0.
    package var effects: [Double] = [0.05, 0.10, 0.15, 0.20]
    /// Numbers of markets to treat.
    package var sizes: [Int] = [2, 3, 4]
    package var included: [String] = []
    /// Never treated, yet donors.
    package var untreated: [String] = []
    package var spillover = Spillover()
    /// Of all outcomes, the share in markets without the campaign.
    package var holdout: ClosedRange<Double> = 0...1
    /// Cost of one incremental outcome; with `budget` it leaves out what costs more.
    package var costPerOutcome = 1.0
    package var budget: Double?
    package var confidence = 0.95
    /// The power that makes an effect detectable.
    package var wantedPower = 0.8
    package var statistic = TestStatistic.average
    package var permutations = Permutations.shifts
    package var method: SyntheticMethod = .classic
    package var isDemeaned = true
    /// Only the last so many stretches, each with the periods before it alone; nil: all, with the periods on both sides.
    package var lookback: Int?

    package init(panel: Panel) { self.panel = panel }

    /// One set of markets, treated for so long.
    package struct Candidate: Sendable, Equatable {
        package var markets: [String]
        package var duration: Int
        /// The least lift found with the wanted power; nil where none is.
        package var detectable: Double?
        /// Power by effect, in the order asked for.
        package var power: [Double]
        /// At the detectable effect: the chance to find it.
        package var powerAtDetectable: Double
        /// Mean effect found per market and period at the detectable effect.
        package var effect: Double
        /// Mean lift found at the detectable effect.
        package var foundLift: Double
        /// Mean of the fits' errors over those of equally weighted donors.
        package var scaledImbalance: Double
        /// What a test of the detectable effect costs.
        package var investment: Double
        /// Share of all outcomes that lies in other markets.
        package var holdout: Double
        /// 1 is best; ties share a place. 0 where nothing is detectable.
        package var rank: Int
        /// How many stretches played the test.
        package var simulations: Int
    }

    package struct Result: Sendable {
        /// Best first, those without detectable effect last; within holdout and budget.
        package var candidates: [Candidate]
        /// How many sets were left out by holdout or budget.
        package var leftOut: Int
        package var warnings: [String]
    }

    package func run() throws -> Result {
        let (shown, warnings) = try usable()
        let forced = try shown.indices(of: included, role: "include")
        let never = try Set(shown.indices(of: untreated, role: "keep-untreated"))
        try check(shown, forced: forced)
        let sets = candidates(shown, forced: forced, never: never)
        guard !sets.isEmpty else {
            throw MeasurementError(
                "No set of \(sizes.map(String.init).joined(separator: ", ")) markets holds all of “include” and none kept untreated. Include fewer or allow more markets."
            )
        }
        let totals = shown.units.indices.map { shown.outcome.column($0).reduce(0, +) }
        let total = totals.reduce(0, +)
        var found: [Candidate] = []
        var leftOut = 0
        for markets in sets {
            let share = 1 - markets.reduce(0) { $0 + totals[$1] } / total
            guard holdout.contains(share) else {
                leftOut += durations.count
                continue
            }
            for duration in durations {
                let candidate = try simulate(shown, markets: markets, duration: duration, holdout: share)
                if let budget, candidate.detectable != nil, candidate.investment > budget {
                    leftOut += 1
                } else {
                    found.append(candidate)
                }
            }
        }
        Self.rank(&found)
        return Result(candidates: found, leftOut: leftOut, warnings: warnings)
    }

    private func usable() throws -> (panel: Panel, warnings: [String]) {
        let complete = panel.units.indices.filter { !panel.outcome.column($0).contains { $0.isNaN } }
        var warnings = panel.warnings
        let dropped = panel.units.indices.filter { !complete.contains($0) }
        if let first = dropped.first {
            warnings.append(
                "\(dropped.count) markets lack periods and are left out, such as “\(panel.units[first])”. Complete them to use them."
            )
        }
        guard complete.count >= 4 else {
            throw MeasurementError(
                "\(complete.count) complete markets are too few to plan a test; at least 4 are needed. Add markets or fill gaps."
            )
        }
        let shown = Panel(
            units: complete.map { panel.units[$0] }, periods: panel.periods, isDated: panel.isDated,
            outcome: panel.outcome.selecting(columns: complete))
        return (shown, warnings)
    }

    private func check(_ panel: Panel, forced: [Int]) throws {
        var faults: [String] = []
        let longest = durations.max() ?? 0
        if durations.isEmpty || durations.contains(where: { $0 < 1 }) {
            faults.append("durations: give whole numbers of periods of at least 1.")
        }
        if panel.periods.count < max(8, longest) + longest {
            faults.append(
                "durations: \(longest) periods of test need \(max(8, longest)) before them at least, but the history has \(panel.periods.count) in all. Add history or shorten the test."
            )
        }
        if effects.isEmpty || effects.contains(where: { $0 <= 0 || !$0.isFinite }) {
            faults.append("effects: give lifts above 0, such as 0.05.")
        }
        let low = max(1, forced.count)
        if sizes.isEmpty || sizes.contains(where: { $0 < low || $0 > panel.units.count - 2 }) {
            faults.append("sizes: give numbers of markets from \(low) to \(panel.units.count - 2).")
        }
        guard faults.isEmpty else { throw MeasurementError(faults) }
    }

    private func simulate(_ panel: Panel, markets: [Int], duration: Int, holdout: Double) throws -> Candidate {
        let left = try spillover.leftOut(of: panel, treated: markets).indices
        let donors = panel.units.indices.filter { !markets.contains($0) && !left.contains($0) }
        guard donors.count >= 2 else {
            throw MeasurementError(
                "\(donors.count) donors remain for \(markets.map { panel.units[$0] }.joined(separator: ", ")). Exclude fewer."
            )
        }
        let periods = panel.periods.count
        let observed = (0..<periods).map { row in
            markets.reduce(0) { $0 + panel.outcome[row, $1] } / Double(markets.count)
        }
        let last = periods - duration
        let starts = lookback.map { Array(max(max(8, duration), last - $0 + 1)...last) } ?? Array(0...last)
        var tuning: Double?
        var found = [Double](repeating: 0, count: effects.count)
        var (effect, lift) = (found, found)
        var (imbalance, volume) = (0.0, 0.0)
        var reorderings: Reorderings?
        for start in starts.reversed() {
            // The end joins the beginning, so that the test comes last and neighbours stay neighbours.
            let rows =
                lookback == nil
                ? Array(start + duration..<periods) + Array(0..<start + duration) : Array(0..<start + duration)
            let series = rows.map { observed[$0] }
            let matrix = panel.outcome.selecting(columns: donors).selecting(rows: rows)
            let before = rows.count - duration
            let fit = SyntheticFit(
                treated: series, donors: matrix, before: before, method: tuning.map(fixed) ?? method,
                demeaned: isDemeaned)
            tuning = fit.tuning
            let direction = series.indices.map { $0 < before ? 0 : -series[$0] }
            var test = ConformalTest(
                treated: series, donors: matrix, direction: direction, method: method, tuning: fit.tuning,
                demeaned: isDemeaned)
            if reorderings == nil || lookback != nil {
                reorderings = Reorderings(permutations, periods: rows.count, length: duration)
            }
            let mean = series[before...].reduce(0, +) / Double(duration)
            let counterfactual = mean - fit.effect
            for (place, added) in effects.enumerated() {
                found[place] += rejection(
                    of: test.residuals(effect: added), reorderings: reorderings!, duration: duration)
                effect[place] += fit.effect + added * mean
                lift[place] += (fit.effect + added * mean) / counterfactual
            }
            imbalance += fit.scaledImbalance
            volume += mean * Double(duration * markets.count)
        }
        let count = Double(starts.count)
        let power = found.map { $0 / count }
        let order = effects.indices.sorted { effects[$0] < effects[$1] }
        let place = order.first { power[$0] > wantedPower - 1e-12 }
        return Candidate(
            markets: markets.map { panel.units[$0] }, duration: duration, detectable: place.map { effects[$0] },
            power: power,
            powerAtDetectable: place.map { power[$0] } ?? .nan, effect: place.map { effect[$0] / count } ?? .nan,
            foundLift: place.map { lift[$0] / count } ?? .nan, scaledImbalance: imbalance / count,
            investment: place.map { costPerOutcome * volume / count * effects[$0] } ?? .nan, holdout: holdout, rank: 0,
            simulations: starts.count)
    }

    /// Whether the test would find the effect, in 0 ... 1.
    ///
    /// The real test will have the whole history before it, and so more shifts that share no period with it, but no more that
    /// do, which often reach what it reaches. So the former count as often as there will be more of them; a count between two
    /// whole numbers counts in part.
    private func rejection(of residuals: [Double], reorderings: Reorderings, duration: Int) -> Double {
        guard permutations == .shifts, lookback == nil else {
            return reorderings.pValue(residuals, statistic: statistic) < 1 - confidence ? 1 : 0
        }
        let reached = reorderings.reached(residuals, statistic: statistic)
        let periods = residuals.count
        let overlap = min(2 * duration - 1, periods)
        let more = periods > overlap ? Double(periods + duration - overlap) / Double(periods - overlap) : 1
        let later = Double(reached.overlapping) + more * Double(reached.all - reached.overlapping)
        let allowed = ((1 - confidence) * Double(periods + duration) - 1e-9).rounded(.down)
        return min(1, max(0, allowed - later + 1))
    }

    /// The method with what cross-validation chose on the latest stretch, so that stretches are alike.
    private func fixed(_ tuning: Double) -> SyntheticMethod {
        switch method {
        case .classic: .classic
        case .ridge: .ridge(penalty: tuning)
        case .robust: .robust(rank: Int(tuning))
        }
    }
}
