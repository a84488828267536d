package import WeirReporting
package import WeirStatistics

/// A campaign that ran in some markets and not in others: what it added, by comparison with a mix of the others.
package struct GeoTest: Sendable {
    /// Markets that got the same treatment at the same time.
    package struct Cell: Sendable, Equatable {
        package var name: String
        package var markets: [String]
        /// In the report's currency; nil where not known.
        package var spend: Double?

        package init(name: String, markets: [String], spend: Double? = nil) {
            self.name = name
            self.markets = markets
            self.spend = spend
        }
    }

    package var panel: Panel
    package var cells: [Cell]
    /// First and last period of the test as the file writes them; no end: up to the last period.
    package var start: String
    package var end: String?
    package var method: SyntheticMethod = .classic
    /// Whether each market's mean before the test is taken out, so that markets of any size can be donors.
    package var isDemeaned = true
    package var spillover = Spillover()
    package var confidence = 0.95
    /// Whether each period of the test gets an interval of its own, which takes most of the time.
    package var hasPointwise = true
    /// For intervals and the average's p-value: shifts hold with memory too, but need over 20 periods at 95 % confidence.
    package var permutations = Permutations.shifts

    /// For the p-value of any effect, as in GeoLift: random orders.
    static let anyOrders = 10_000

    package init(panel: Panel, cells: [Cell], start: String) {
        self.panel = panel
        self.cells = cells
        self.start = start
    }

    /// What one cell shows.
    package struct Result: Sendable {
        package var cell: Cell
        package var treated: [Int]
        package var donors: [Int]
        /// Of the treated markets' mean.
        package var observed: [Double]
        package var fit: SyntheticFit
        /// Per market and period.
        package var effect: Interval
        /// That nothing changed in any period: conformal, two-sided.
        package var pValue: Double
        /// That the average did not change.
        package var averagePValue: Double
        /// Of each period's effect, for the periods of the test; empty where not asked for.
        package var pointwise: [Interval]
        package var warnings: [String]
        /// What speaks against the answer; some of it voids it.
        package var doubts: [Doubt]

        /// Periods of the test.
        package var length: Int { observed.count - fit.before }
        /// Share by which the treated markets lie above their counterfactual.
        package var lift: Interval {
            let mean = observed[fit.before...].reduce(0, +) / Double(length)
            // An effect of all there is leaves nothing that it could be a share of.
            guard mean - effect.estimate > 0 else { return Interval(estimate: .nan, lower: .nan, upper: .nan) }
            func share(_ effect: Double) -> Double {
                effect == -.infinity ? -1 : effect < mean ? effect / (mean - effect) : .infinity
            }
            return Interval(estimate: fit.lift, lower: share(effect.lower), upper: share(effect.upper))
        }
        /// Over all markets of the cell and all periods of the test.
        package var incremental: Interval {
            let times = Double(length * treated.count)
            return Interval(estimate: effect.estimate * times, lower: effect.lower * times, upper: effect.upper * times)
        }
    }

    /// - Throws: `MeasurementError` where a market or period is unknown, cells overlap, or too little is left to compare with.
    package func run() throws -> [Result] {
        let first = try panel.index(from: start, role: "start")
        var last = panel.periods.count - 1
        if let end {
            // A slip of the year must not go unseen.
            _ = try panel.index(from: end, role: "end")
            last = try panel.end(until: end, role: "end") - 1
        }
        guard last >= first else { throw MeasurementError("end: “\(end ?? "")” lies before the start, “\(start)”.") }
        guard !cells.isEmpty else { throw MeasurementError("treated: name at least one market that got the campaign.") }
        let shown = panel.prefix(last + 1)
        let length = last + 1 - first
        guard first >= max(8, length) else {
            throw MeasurementError(
                "start: \(first) periods before the test are too few for \(length) of test; at least \(max(8, length)) are needed, \(4 * length) are better. Add earlier periods or end the test sooner."
            )
        }
        let groups = try cells.map { try shown.indices(of: $0.markets, role: "treated") }
        for (index, group) in groups.enumerated() {
            guard !group.isEmpty else { throw MeasurementError("Cell “\(cells[index].name)” has no market.") }
            for other in groups[..<index] {
                if let both = group.first(where: other.contains) {
                    throw MeasurementError(
                        "“\(shown.units[both])” is in two cells; a market can get one treatment only.")
                }
            }
        }
        let everyone = groups.flatMap { $0 }
        return try zip(cells, groups).map {
            try result(shown, cell: $0, treated: $1, everyone: everyone, before: first)
        }
    }

    private func result(
        _ panel: Panel, cell: Cell, treated: [Int], everyone: [Int], before: Int
    ) throws -> Result {
        let length = panel.periods.count - before
        var (left, warnings) = try spillover.leftOut(of: panel, treated: treated)
        let incomplete = treated.filter { panel.outcome.column($0).contains { $0.isNaN } }
        if let market = incomplete.first {
            let missing = panel.periods.indices.filter { panel.outcome[$0, market].isNaN }
            throw MeasurementError(
                "“\(panel.units[market])” was treated but has no figures in \(missing.count) periods, first \(panel.periods[missing[0]].label). Add them, or leave it out of the treated if it had no campaign."
            )
        }
        for index in panel.units.indices where !everyone.contains(index) && !left.contains(index) {
            let missing = panel.outcome.column(index).count { $0.isNaN }
            if missing > 0 {
                left.insert(index)
                warnings.append(
                    "“\(panel.units[index])” is no donor: \(missing) of \(panel.periods.count) periods are missing.")
            }
        }
        let donors = panel.units.indices.filter { !everyone.contains($0) && !left.contains($0) }
        guard donors.count >= 2 else {
            throw MeasurementError(
                "\(donors.count) markets are left to compare with; at least 2 are needed, 10 are better. Treat or exclude fewer."
            )
        }
        let observed = panel.periods.indices.map { row in
            treated.reduce(0) { $0 + panel.outcome[row, $1] } / Double(treated.count)
        }
        let matrix = panel.outcome.selecting(columns: donors)
        let fit = SyntheticFit(treated: observed, donors: matrix, before: before, method: method, demeaned: isDemeaned)
        let isShort = permutations == .shifts && Double(observed.count) * (1 - confidence) < 1
        if isShort {
            warnings.append(
                "\(observed.count) periods are too few to shift; random orders are used, which take residuals as without memory."
            )
        }
        let reorderings = Reorderings(
            isShort ? .random(count: Self.anyOrders, seed: 1) : permutations, periods: observed.count, length: length)
        let orders = Reorderings(
            .random(count: Self.anyOrders, seed: 1), periods: observed.count, length: length)
        var test = conformal(observed, matrix, fit: fit, length: length)
        let null = test.residuals(effect: 0)
        let scale = max(fit.errorBefore.squareRoot(), 1e-9 * (abs(observed[0]) + 1))
        let (lower, upper) = test.interval(
            from: fit.effect, scale: scale, reorderings: reorderings, confidence: confidence)
        let averagePValue = reorderings.pValue(null, statistic: .average)
        let doubts = doubts(
            panel, fit: fit, donors: donors, length: length,
            Interval(estimate: fit.effect, lower: lower, upper: upper), averagePValue)
        warnings += suspects(panel, fit: fit, donors: donors, reorderings: orders)
        return Result(
            cell: cell, treated: treated, donors: donors, observed: observed, fit: fit,
            // The range is of a fit to all periods, the estimate of one to those before: drawn out to hold it.
            effect: Interval(estimate: fit.effect, lower: min(lower, fit.effect), upper: max(upper, fit.effect)),
            pValue: orders.pValue(null, statistic: .any), averagePValue: averagePValue,
            pointwise: hasPointwise ? pointwise(observed, matrix, fit: fit, scale: scale) : [], warnings: warnings,
            doubts: doubts)
    }

    private func conformal(_ observed: [Double], _ donors: Matrix, fit: SyntheticFit, length: Int) -> ConformalTest {
        let direction = observed.indices.map { $0 < observed.count - length ? 0.0 : 1.0 }
        return ConformalTest(
            treated: observed, donors: donors, direction: direction, method: method, tuning: fit.tuning,
            demeaned: isDemeaned)
    }

    /// Each period of the test on its own, with those before: all reorderings of one residual can be listed.
    private func pointwise(_ observed: [Double], _ donors: Matrix, fit: SyntheticFit, scale: Double) -> [Interval] {
        let shifts = Reorderings(.shifts, periods: fit.before + 1, length: 1)
        return (fit.before..<observed.count).map { period in
            let rows = Array(0..<fit.before) + [period]
            var test = conformal(rows.map { observed[$0] }, donors.selecting(rows: rows), fit: fit, length: 1)
            let (lower, upper) = test.interval(
                from: fit.gap[period], scale: scale, reorderings: shifts, confidence: confidence)
            return Interval(estimate: fit.gap[period], lower: lower, upper: upper)
        }
    }

    /// Donors that matter and that themselves stand out during the test: they may have got the campaign too.
    private func suspects(_ panel: Panel, fit: SyntheticFit, donors: [Int], reorderings: Reorderings) -> [String] {
        let heavy = donors.indices.filter { fit.weights[$0] >= 0.05 }
        guard donors.count >= 4 else { return [] }
        return heavy.compactMap { place in
            let series = panel.outcome.column(donors[place])
            let others = panel.outcome.selecting(columns: donors.filter { $0 != donors[place] })
            let own = SyntheticFit(
                treated: series, donors: others, before: fit.before, method: .classic, demeaned: isDemeaned)
            var test = ConformalTest(
                treated: series, donors: others,
                direction: series.indices.map { $0 < fit.before ? 0 : 1 }, method: .classic, tuning: nil,
                demeaned: isDemeaned)
            let p = test.pValue(effect: 0, reorderings: reorderings, statistic: .average)
            guard p < 0.002 / Double(max(1, heavy.count)), abs(own.lift) > 0.05 else { return nil }
            let change = "\(own.lift > 0 ? "rose" : "fell") by \(Int((min(abs(own.lift), 1e6) * 100).rounded())) %"
            return
                "The donor “\(panel.units[donors[place]])” (weight \(Int((fit.weights[place] * 100).rounded())) %) itself \(change) during the test against the others. If the campaign or something else reached it, exclude it."
        }
    }
}
