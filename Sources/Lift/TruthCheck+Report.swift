package import WeirReporting
import WeirStatistics

extension TruthCheck {
    /// Whether the intervals can be believed, and how far off last touch is.
    package var report: Report {
        Report(
            kind: "truth-check", title: "Readings beside the truth: \(world)", conclusion: conclusion,
            figures: figures, warnings: warnings,
            sections: [coverageSection, claimSection, worldSection],
            assumptions: [
                "The truth of a world is what its treated customers did less what the same customers, with the same "
                    + "luck, would have done without ever being offered anything, per customer.",
                "Intervals speak of customers such as these, also of those to come. For the very customers treated they are "
                    + "a little wide where the effect differs from one to the next.",
                "Readings know only the engine's log: assignments, logged features, outcomes.",
                "Last touch credits every conversion after an offer to the offer.",
            ],
            data: [
                "\(runs.count) worlds (seeds \(runs.map(\.seed).min() ?? 0) to \(runs.map(\.seed).max() ?? 0)); on "
                    + "average \(mean(\.treated)) treated and \(mean(\.heldOut)) held-out customers, of the latter "
                    + "\(mean(\.heldOutOffered)) who would have got an offer"
            ])
    }

    private func mean(_ count: (Run) -> Int) -> Int { runs.reduce(0) { $0 + count($1) } / max(1, runs.count) }

    /// Readings that hold the truth less often than stated, beyond chance.
    private var shortRows: [Row] { rows.filter { $0.coverage.upper < confidence } }
    /// Readings that hold it more often: honest, but wider than need be.
    private var wideRows: [Row] { rows.filter { $0.coverage.lower > confidence } }

    private var conclusion: [String] {
        let percent = Quantity.Unit.percent
        let low = rows.map(\.coverage.estimate).min() ?? .nan
        let high = rows.map(\.coverage.estimate).max() ?? .nan
        let range =
            "the \(percent.text(confidence)) intervals hold the truth in \(percent.text(low)) to \(percent.text(high)) "
            + "of \(runs.count) worlds"
        let verdict =
            wideRows.isEmpty ? "each as often as stated within the limits of chance" : "none less often than stated"
        var sentences = [
            shortRows.isEmpty
                ? "The readings can be believed: \(range), \(verdict)"
                    + (runs.count < 100 ? ", as far as so few worlds can tell." : ".")
                : "Not all readings hold what they promise: \(range)."
        ]
        if let claim = claims.first(where: { $0.population == .everyone && $0.outcome == .conversions }) {
            sentences.append(
                claim.ratio.isFinite
                    ? "Last touch cannot: it claims \(Quantity.Unit.ratio.text(claim.ratio)) the conversions that "
                        + "offers brought (\(number(claim.claimed.estimate)) for \(number(claim.truth.estimate)) per "
                        + "treated customer)."
                    : "Last touch cannot: it claims \(number(claim.claimed.estimate)) conversions per treated customer "
                        + "where offers brought none.")
        }
        return sentences
    }

    private func number(_ value: Double) -> String { Quantity.Unit.number().text(value) }

    private var warnings: [String] {
        (shortRows + wideRows).map { row in
            "\(words(row.method)), \(words(row.outcome)), \(words(row.population)): the truth is held in "
                + "\(Quantity(interval: row.coverage, .percent).text) of worlds, not in "
                + "\(Quantity.Unit.percent.text(confidence))"
                + (row.coverage.lower > confidence ? ": wider than need be." : ": take more customers.")
        }
            + (runs.count < 100
                ? [
                    "\(runs.count) worlds say little about a rate of \(Quantity.Unit.percent.text(confidence)): take 100."
                ]
                : [])
    }

    private var figures: [Report.Figure] {
        let covered = rows.filter { $0.outcome == .conversions }.map { row in
            Report.Figure(
                "coverage_\(row.method.rawValue)_\(row.population.rawValue)",
                "Truth held: \(words(row.method)), \(words(row.population))", Quantity(interval: row.coverage, .percent)
            )
        }
        return covered
            + claims.filter { $0.population == .everyone && $0.ratio.isFinite }.map { claim in
                Report.Figure(
                    "last_touch_\(claim.outcome.rawValue)_ratio", "Last touch claims, \(words(claim.outcome))",
                    Quantity(claim.ratio, .ratio))
            }
    }

    // MARK: Sections

    private var coverageSection: Report.Section {
        Report.Section(
            "How often the truth is held",
            text: [
                "Bias, error and width are per customer, in conversions or in major units of money. Where everyone had "
                    + "the same chance of being held out, inverse propensity is the difference in means."
            ],
            charts: [
                Chart(
                    name: "coverage", title: "Share of worlds whose interval holds the truth, conversions",
                    summary: conclusion[0],
                    .intervals(
                        rows.filter { $0.outcome == .conversions }.map {
                            Chart.Row(
                                "\(words($0.method)), \(words($0.population))",
                                Quantity(interval: $0.coverage, .percent))
                        }, unit: .percent, zero: confidence))
            ],
            tables: [
                ReportTable(
                    name: "coverage",
                    columns: [
                        .init("customers", "customers"), .init("outcome", "outcome"), .init("method", "reading"),
                        .init("coverage", "truth held"), .init("bias", "bias"), .init("error", "typical error"),
                        .init("width", "width"),
                    ],
                    rows: rows.map { row in
                        [
                            .text(words(row.population)), .text(words(row.outcome)), .text(words(row.method)),
                            .quantity(Quantity(interval: row.coverage, .percent)),
                            .quantity(Quantity(interval: row.bias, .number())), .number(row.error), .number(row.width),
                        ]
                    })
            ])
    }

    private var claimSection: Report.Section {
        Report.Section(
            "What last touch claims",
            charts: [
                Chart(
                    name: "claims", title: "Conversions per treated customer",
                    summary: conclusion.last ?? "",
                    .bars(
                        claims.filter { $0.outcome == .conversions }.map {
                            .init(words($0.population), [$0.truth.estimate, $0.claimed.estimate])
                        }, series: ["truth", "last touch"], unit: .number()))
            ],
            tables: [
                ReportTable(
                    name: "last-touch",
                    columns: [
                        .init("customers", "customers"), .init("outcome", "per treated customer"),
                        .init("truth", "truth"), .init("claimed", "last touch claims"),
                        .init("excess", "claimed too much"), .init("ratio", "claimed ÷ truth"),
                        .init("plausible", "claim within the doubly robust interval"),
                    ],
                    rows: claims.map { claim in
                        [
                            .text(words(claim.population)), .text(words(claim.outcome)),
                            .quantity(Quantity(interval: claim.truth, .number())),
                            .quantity(Quantity(interval: claim.claimed, .number())),
                            .quantity(Quantity(interval: claim.excess, .number())), .number(claim.ratio, .ratio),
                            .quantity(Quantity(interval: claim.plausible, .percent)),
                        ]
                    })
            ])
    }

    private var worldSection: Report.Section {
        Report.Section(
            "World by world",
            tables: [
                ReportTable(
                    name: "worlds", caption: "Conversions per customer, everyone.",
                    columns: [
                        .init("seed", "seed"), .init("truth", "truth"), .init("difference", "difference in means"),
                        .init("doubly_robust", "doubly robust"), .init("claimed", "last touch"),
                    ],
                    rows: runs.compactMap { run in
                        guard
                            let truth = run.truths.first(where: {
                                $0.population == .everyone && $0.outcome == .conversions
                            })
                        else { return nil }
                        return [
                            .count(Int(run.seed)), .number(truth.truth),
                            .quantity(Quantity(interval: truth.reading.difference, .number())),
                            .quantity(Quantity(interval: truth.reading.doublyRobust, .number())),
                            .number(truth.claimed),
                        ]
                    })
            ])
    }

    // MARK: Words

    private func words(_ population: Population) -> String {
        switch population {
        case .everyone: "everyone"
        case .offered: "would get an offer"
        }
    }

    private func words(_ method: Method) -> String {
        switch method {
        case .difference: "holdout"
        case .weighted: "inverse propensity"
        case .doublyRobust: "doubly robust"
        }
    }

    private func words(_ outcome: LiftOutcome) -> String {
        switch outcome {
        case .conversions: "conversions"
        case .value: "margin before cost"
        case .cost: "cost of offers"
        case .margin: "margin after cost"
        case .metric: "metric"
        }
    }
}

extension Quantity {
    fileprivate init(interval: Interval, _ unit: Unit) {
        self.init(interval.estimate, unit, lower: interval.lower, upper: interval.upper)
    }
}
