import WeirConsole
import WeirDomain
import WeirReporting

extension Report {
    /// Every kind of picture, of cell and of unit, with figures that have and have not a clear sign.
    static let rich = Report(
        kind: "geo-lift", title: "Free delivery in eleven cities, spring",
        conclusion: [
            "Free delivery brought 4,667 more conversions (95 %: 3,120 to 6,190), 5.4 % above what would have been "
                + "without it.",
            "Each cost 12.40 USD, below the 18.00 USD that one is worth: carry on, and widen it to the cities that are "
                + "most like these first.",
        ],
        figures: [
            .init("lift", "Lift in the treated cities", Quantity(0.0542, .percent, lower: 0.0361, upper: 0.0718)),
            .init("incremental", "Incremental conversions", Quantity(4_667, .count, lower: 3_120, upper: 6_190)),
            .init(
                "cost", "Cost of an incremental conversion", Quantity(12.4, .money("USD"), lower: 9.35, upper: 18.55)),
            .init("after", "Lift after the end", Quantity(0.0061, .percent, lower: -0.0122, upper: 0.0240)),
            .init("p", "p-value", Quantity(0.00004, .probability)),
            .init("fit", "Error before the start", Quantity(0.031, .percent)),
        ],
        warnings: [
            "Miami had a holiday of its own on 9 April: leave it out with --exclude miami, and see whether the answer "
                + "stays."
        ],
        sections: [
            .init(
                "What happened against what would have",
                text: [
                    "The dashed line is what the control cities, weighted so that they followed the treated ones before "
                        + "the start, say would have happened."
                ],
                charts: [
                    Chart(
                        name: "course", title: "Conversions a day in the treated cities",
                        summary: "From the start on the observed line runs above the expected one on 24 of 28 days.",
                        .lines(course)),
                    Chart(
                        name: "effect", title: "Effect a day, conversions",
                        summary: "Around zero before the start, around 167 after.", .lines(effect)),
                    Chart(
                        name: "placebos", title: "The same for cities where nothing happened",
                        summary: "No other city moved as far as the treated ones did.", .lines(placebos)),
                ]),
            .init(
                "Where it worked",
                charts: [
                    Chart(
                        name: "cities", title: "Lift by city", summary: "Ten of eleven point up; six clearly.",
                        .intervals(cities, unit: .percent, zero: 0)),
                    Chart(
                        name: "returns", title: "Return on what was spent, by channel",
                        summary: "Above the level where a unit of cost brings itself back everywhere but in print.",
                        .intervals(
                            [
                                .init("Search", Quantity(3.2, .ratio, lower: 2.6, upper: 3.9)),
                                .init("Print", Quantity(0.8, .ratio, lower: 0.4, upper: 1.3)),
                                .init("Post", Quantity(1.7, .ratio, lower: 1.1, upper: .infinity)),
                                .init("Not told", Quantity(.nan, .ratio)),
                            ], unit: .ratio, zero: 1)),
                    Chart(
                        name: "worth", title: "Value per customer, USD",
                        summary: "Those who came by the offer are worth less so far and as much in what is to come.",
                        .bars(
                            [
                                .init("Treated", [41.2, 63.9]), .init("Held out", [38.7, 64.2]),
                                .init("Left after one purchase", [12.05, 0]),
                            ], series: ["so far", "to come"], unit: .money("USD"))),
                    Chart(
                        name: "weights", title: "Weight of each control city", summary: "Chicago carries a third.",
                        .bars(
                            [
                                .init("Chicago", [0.34]), .init("Cincinnati", [0.22]), .init("Baton Rouge", [0.17]),
                                .init("Portland", [0.08]), .init("Reno", [-0.02]),
                            ], series: [""], unit: .number())),
                ],
                tables: [citiesTable]),
            .init(
                "How sure", text: ["The reshuffled periods say how far chance alone would have gone."],
                charts: [
                    Chart(
                        name: "power", title: "Chance to find an effect of a size", summary: "80 % at a lift of 3.4 %.",
                        .lines(
                            .init(
                                series: [
                                    .init(
                                        "28 days", x: (0...20).map { Double($0) / 2 },
                                        y: (0...20).map { min(0.99, 0.05 + Double($0 * $0) / 75) })
                                ], horizontal: .number(label: "lift in %"), unit: .percent,
                                marks: [.init("80 %", at: 3.75)], level: 0.8)))
                ],
                tables: [
                    ReportTable(
                        name: "checks", caption: "Checks",
                        columns: [
                            .init("check", "Check"), .init("finding", "What it found"), .init("figure", "Figure"),
                            .init("verdict", "Verdict"),
                        ],
                        rows: [
                            [
                                .text("Fit before the start"),
                                .text(
                                    "The weighted control cities miss the treated ones by so much on an average day."),
                                .number(0.031, .percent), .text("passed"),
                            ],
                            [
                                .text("Placebo in time"),
                                .text("The same with a start two weeks earlier, where there is nothing to find."),
                                .quantity(Quantity(0.004, .percent, lower: -0.013, upper: 0.022)), .text("passed"),
                            ],
                            [.text("Days"), .text("With values of all cities."), .count(104), .empty],
                        ])
                ]),
        ],
        assumptions: [
            "What moves the control cities moves the treated ones alike, as it did before the start.",
            "Nothing else began in the treated cities at the same time.",
            "People did not travel from one to the other for it.",
        ],
        data: ["cities.csv: 4,160 rows, 40 cities, 1 January to 28 April 2026.", "Seed 0; weir 0.4.0."])

    private static let days = (0..<104).map { 1_767_225_600 + Double($0) * 86_400 }
    private static let start = days[76]

    private static func season(_ index: Int) -> Double {
        let week: [Double] = [0, -60, -90, -40, 30, 160, 120]
        return 3_080 + week[index % 7] + Double(index) * 2.5 + 40 * noise(index, 0)
    }

    /// About normal with deviation 1, the same in each run.
    private static func noise(_ index: Int, _ series: Int) -> Double {
        var state = UInt64(index &* 1_000 &+ series) &* 0x9E37_79B9_7F4A_7C15
        return (0..<6).reduce(0.0) { sum, _ in
            state ^= state >> 29
            state = state &* 0xBF58_476D_1CE4_E5B9 &+ 0x94D0_49BB_1331_11EB
            return sum + Double(state >> 11) / 9_007_199_254_740_992 - 0.5
        } * 1.4
    }

    private static let course: Chart.Lines = {
        let expected = days.indices.map(season)
        let observed = days.indices.map { index in
            index == 40 ? .nan : expected[index] + 32 * noise(index, 1) + (index >= 76 ? 167 : 0)
        }
        return .init(
            series: [.init("observed", x: days, y: observed), .init("expected", .reference, x: days, y: expected)],
            band: .init(x: days, lower: expected.map { $0 - 95 }, upper: expected.map { $0 + 95 }), horizontal: .time,
            unit: .named("conversions"), marks: [.init("start", at: start)])
    }()

    private static let effect: Chart.Lines = {
        let values = days.indices.map { 32 * noise($0, 1) + ($0 >= 76 ? 167 : 0) }
        return .init(
            series: [.init("effect", x: days, y: values)],
            band: .init(x: days, lower: values.map { $0 - 95 }, upper: values.map { $0 + 95 }), horizontal: .time,
            unit: .named("conversions"), marks: [.init("start", at: start), .init("holiday in Miami", at: days[98])],
            level: 0)
    }()

    private static let placebos: Chart.Lines = {
        func walk(_ seed: Int) -> [Double] {
            days.indices.map { 0.012 * noise($0, 10 + seed) * (1 + Double(seed % 5) / 4) }
        }
        let others = (1...12).map { Chart.Series("other cities", .background, x: days, y: walk($0)) }
        let own = days.indices.map { walk(0)[$0] + ($0 >= 76 ? 0.0542 : 0) }
        return .init(
            series: others + [.init("treated cities", x: days, y: own)], horizontal: .time, unit: .percent,
            marks: [.init("start", at: start)], level: 0)
    }()

    private static let cityFigures: [(String, Double, Double)] = [
        ("Atlanta", 0.082, 0.031), ("Boston", 0.071, 0.029), ("Dallas", 0.066, 0.035), ("Denver", 0.063, 0.041),
        ("Houston", 0.058, 0.033), ("Las Vegas", 0.055, 0.047), ("Miami", 0.049, 0.052), ("Nashville", 0.041, 0.044),
        ("New Orleans", 0.032, 0.038), ("San Antonio", 0.012, 0.036), ("Washington, D. C., and around", -0.006, 0.034),
    ]

    private static let cities = cityFigures.map { name, lift, width in
        Chart.Row(name, Quantity(lift, .percent, lower: lift - width, upper: lift + width))
    }

    private static let citiesTable = ReportTable(
        name: "cities", caption: "By city",
        columns: [
            .init("city", "City"), .init("conversions", "Conversions"), .init("expected", "Expected"),
            .init("lift", "Lift"), .init("p_value", "p-value"), .init("spend", "Spend"), .init("cost", "Cost of one"),
            .init("days", "Days"),
        ],
        rows: cityFigures.enumerated().map { index, city in
            let (name, lift, width) = city
            let expected = 2_900.0 + Double(index * 613 % 1_700)
            return [
                .text(name), .number((expected * (1 + lift)).rounded(), .count), .number(expected, .count),
                .quantity(Quantity(lift, .percent, lower: lift - width, upper: lift + width)),
                .number(index < 2 ? 0.00002 : 0.004 * Double(index * index), .probability),
                .number(4_000 + Double(index) * 312.5, .money("USD")),
                lift > 0 ? .number((4_000 + Double(index) * 312.5) / (expected * lift), .money("USD")) : .empty,
                .number(28, .days),
            ]
        })

    /// As little as a report can be.
    static let bare = Report(kind: "plan", title: "Plan", conclusion: ["1,200 people are enough."])
}

extension MeasureSnapshot {
    static let rich: MeasureSnapshot = {
        var experiment = Report(
            kind: "experiment", title: "Checkout button", conclusion: ["Nothing beyond chance yet."],
            figures: [
                .init("lift", "Lift", Quantity(0.012, .percent, lower: -0.021, upper: 0.045)),
                .init("share", "Sample so far", Quantity(0.62, .percent)),
            ])
        experiment.sections = [
            .init(
                "Arms",
                charts: [
                    Chart(
                        name: "arms", title: "Arms", summary: "", .bars([.init("A", [1])], series: [""], unit: .count))
                ])
        ]
        return MeasureSnapshot(
            generatedTime: Timestamp(microseconds: 1_779_285_720_000_000),
            entries: [
                .init(id: "checkout & more", report: experiment),
                .init(id: "spring", report: .rich),
            ])
    }()
    static let empty = MeasureSnapshot(generatedTime: Timestamp(microseconds: 1_779_285_720_000_000))
}
