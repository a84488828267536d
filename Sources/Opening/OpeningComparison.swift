import WeirDomain
package import WeirReporting
package import WeirStatistics

/// What the first weeks of a kind of shop were like, over several seeds.
package struct OpeningComparison: Sendable {
    package let world: OpeningWorld
    /// By seed.
    package let runs: [OpeningRun]

    package init(_ world: OpeningWorld, _ runs: [OpeningRun]) {
        precondition(!runs.isEmpty)
        self.world = world
        self.runs = runs
    }

    /// The first of the later weeks, in which a shop should have learned.
    private static let laterWeek = 4

    private func total(_ run: OpeningRun, from week: Int = 0) -> OpeningAccount {
        run.weeks.dropFirst(week).reduce(OpeningAccount(), +)
    }

    /// What was believed of the offers given less what was true, on average; nil where none was given.
    package func difference(_ accounts: [OpeningAccount]) -> Interval? {
        Interval(ratioOf: accounts.map { ($0.believed - $0.chance, Double($0.offers)) })
    }

    /// Σ of one figure ÷ Σ of another.
    private func share(
        of part: (OpeningAccount) -> Double, in whole: (OpeningAccount) -> Double, from week: Int = 0
    ) -> Interval? {
        Interval(ratioOf: runs.map { (part(total($0, from: week)), whole(total($0, from: week))) })
    }

    /// Of the value of the best single offer for everybody.
    package var timesBestOffer: Interval? { share(of: \.earned, in: \.ofBestOffer) }
    /// The same from the fifth week on.
    package var timesBestOfferLater: Interval? { share(of: \.earned, in: \.ofBestOffer, from: Self.laterWeek) }
    /// Of the value that can be known.
    package var shareOfKnown: Interval? { share(of: \.earned, in: \.known) }
    /// Of the value of segments.
    package var timesSegments: Interval? { share(of: \.earned, in: \.segments) }
    /// What was lost, of what the dearest offer for everybody would have cost.
    package var lossOfCost: Interval? { share(of: { -$0.earned }, in: \.costOfOffers) }
    /// A visit, in dollars.
    package var earnedPerVisit: Interval? { share(of: \.earned, in: { Double($0.visits) }) }
    package var spentPerVisit: Interval? { share(of: \.spent, in: { Double($0.visits) }) }

    // MARK: Tables

    static let valueColumns: [ReportTable.Column] = [
        .init("world", "world"), .init("traffic", "traffic"), .init("delay", "delay"), .init("seeds", "seeds"),
        .init("earned_per_visit", "earned a visit"), .init("spent_per_visit", "spent a visit"),
        .init("times_best_offer", "× best single offer"), .init("times_best_offer_later", "… from week 5"),
        .init("times_segments", "× segments"), .init("share_of_known", "share of what can be known"),
        .init("loss_of_cost", "loss, of what offers for all cost"),
    ]

    private var names: [ReportTable.Cell] {
        [.text(world.name.rawValue), .text(world.traffic.rawValue), .text(world.delay.rawValue)]
    }

    var valueRow: [ReportTable.Cell] {
        let pays = world.name != .null
        return names + [
            .count(runs.count), .estimate(earnedPerVisit, .money("USD")), .estimate(spentPerVisit, .money("USD")),
            pays ? .estimate(timesBestOffer, .number(digits: 3)) : .empty,
            pays ? .estimate(timesBestOfferLater, .number(digits: 3)) : .empty,
            pays ? .estimate(timesSegments, .number(digits: 3)) : .empty,
            pays ? .estimate(shareOfKnown, .number(digits: 3)) : .empty,
            pays ? .empty : .estimate(lossOfCost, .percent),
        ]
    }

    static let beliefColumns: [ReportTable.Column] = [
        .init("world", "world"), .init("traffic", "traffic"), .init("delay", "delay"), .init("open_for", "open for"),
        .init("offers", "offers"), .init("share_offered", "share offered"), .init("believed", "believed"),
        .init("chance", "true chance"), .init("difference", "difference"),
    ]

    /// One row for each week.
    var weekRows: [[ReportTable.Cell]] {
        runs[0].weeks.indices.map { week in beliefRow("week \(week + 1)", runs.map { $0.weeks[week] }) }
    }

    /// One row for each age of the shop.
    var ageRows: [[ReportTable.Cell]] {
        OpeningRun.ages.indices.filter { OpeningRun.ages[$0] <= .days(Double(world.days)) }.map { age in
            beliefRow("up to \(OpeningRun.ages[age].words)", runs.map { $0.byAge[age] })
        }
    }

    private func beliefRow(_ name: String, _ accounts: [OpeningAccount]) -> [ReportTable.Cell] {
        let sum = accounts.reduce(OpeningAccount(), +)
        let offers = Double(sum.offers)
        return names + [
            .text(name), .count(sum.offers), .number(sum.visits == 0 ? nil : offers / Double(sum.visits), .percent),
            .number(sum.offers == 0 ? nil : sum.believed / offers, .number(digits: 4)),
            .number(sum.offers == 0 ? nil : sum.chance / offers, .number(digits: 4)),
            .estimate(difference(accounts), .number(digits: 4)),
        ]
    }

    /// In sentences: what a shop of this kind may expect.
    var sentences: [String] {
        let place = "\(world.name.rawValue), \(world.traffic.rawValue) traffic, delays of \(world.delay.rawValue)"
        let value =
            world.name == .null
            ? lossOfCost.map { "lost \($0.text(percent: true)) of what the dearest offer for everybody would cost" }
            : timesBestOffer.map { "earned \($0.text()) of what the best single offer for everybody does" }
        let worst = runs[0].weeks.indices.compactMap { week in
            difference(runs.map { $0.weeks[week] }).map { (week, $0) }
        }.max { abs($0.1.estimate) < abs($1.1.estimate) }
        let belief = worst.map { "what it believed was furthest from the truth in week \($0.0 + 1), by \($0.1.text())" }
        return ["\(place): it " + [value, belief].compactMap { $0 }.joined(separator: "; ") + "."]
    }
}

extension [OpeningComparison] {
    /// All of them, ready to be given out.
    ///
    /// - Parameter count: How many seeds, from which first one.
    package func report(seeds count: Int, from first: UInt64) -> Report {
        Report(
            kind: "opening", title: "The first weeks of a shop", conclusion: flatMap(\.sentences),
            sections: [
                .init(
                    "What it earned",
                    text: [
                        "Expected money by the true chances, against giving nothing, of customers who were not held out."
                    ],
                    tables: [
                        ReportTable(name: "value", columns: OpeningComparison.valueColumns, rows: map(\.valueRow))
                    ]),
                .init(
                    "What it believed, week by week",
                    text: ["Of the offers given: the logged chance of an order beside the true one."],
                    tables: [
                        ReportTable(name: "weeks", columns: OpeningComparison.beliefColumns, rows: flatMap(\.weekRows))
                    ]),
                .init(
                    "What it believed, from the first hour on",
                    text: ["By how long the shop had been open."],
                    tables: [
                        ReportTable(name: "ages", columns: OpeningComparison.beliefColumns, rows: flatMap(\.ageRows))
                    ]),
            ],
            assumptions: [
                "Intervals are 95 %, over seeds: of a ratio of sums, by its residuals.",
                "Each customer comes once in 36 days.",
            ],
            data: ["\(count) seeds from \(first); the same seed gives the same figures."])
    }
}

extension TimeSpan {
    /// In hours or days.
    fileprivate var words: String { self < .day ? "\(Int(inDays * 24)) h" : "\(Int(inDays)) d" }
}

extension ReportTable.Cell {
    fileprivate static func estimate(_ interval: Interval?, _ unit: Quantity.Unit) -> ReportTable.Cell {
        guard let interval, interval.estimate.isFinite else { return .empty }
        guard interval.lower.isFinite else { return .quantity(Quantity(interval.estimate, unit)) }
        return .quantity(Quantity(interval.estimate, unit, lower: interval.lower, upper: interval.upper))
    }
}

extension Interval {
    /// Of Σ part ÷ Σ whole over independent runs, by the residuals of the ratio; without a range for a single run.
    ///
    /// Source: Cochran, "Sampling Techniques" (3rd edition, 1977), §6.4.
    fileprivate init?(ratioOf runs: [(part: Double, whole: Double)]) {
        let whole = runs.reduce(0) { $0 + $1.whole }
        guard whole != 0 else { return nil }
        let ratio = runs.reduce(0) { $0 + $1.part } / whole
        let count = Double(runs.count)
        guard runs.count > 1 else {
            self.init(estimate: ratio, lower: -.infinity, upper: .infinity)
            return
        }
        let squares = runs.reduce(0) { $0 + ($1.part - ratio * $1.whole) * ($1.part - ratio * $1.whole) }
        let error = (squares * count / (count - 1)).squareRoot() / abs(whole)
        let reach = StudentT.quantile(0.975, degreesOfFreedom: count - 1) * error
        self.init(estimate: ratio, lower: ratio - reach, upper: ratio + reach)
    }

    /// `0.91 (0.88 to 0.94)`.
    fileprivate func text(percent: Bool = false) -> String {
        let unit: Quantity.Unit = percent ? .percent : .number(digits: 3)
        guard lower.isFinite else { return Quantity(estimate, unit).text }
        return Quantity(estimate, unit, lower: lower, upper: upper).text
    }
}
