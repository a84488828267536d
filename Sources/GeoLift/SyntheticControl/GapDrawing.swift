import WeirReporting
import WeirStatistics

/// Pictures of an observed series beside what would have been.
struct GapDrawing {
    let periods: [Panel.Period]
    let isDated: Bool
    let before: Int
    let observed: [Double]
    let fit: SyntheticFit
    /// Of the effect in each period from the treatment on; empty where there are none.
    var pointwise: [Interval] = []
    let unit: Quantity.Unit

    /// Numbers that look like years are drawn as such.
    private var areYears: Bool {
        !isDated && periods.allSatisfy { (1500...2500).contains($0.position) && $0.position == $0.position.rounded() }
    }
    private var x: [Double] {
        guard areYears else { return periods.map(\.position) }
        return periods.map { (PeriodText.days("\(Int($0.position))-01-01") ?? 0) * 86_400 }
    }
    private var axis: Chart.Axis { isDated || areYears ? .time : .number(label: "period") }
    private var mark: Chart.Mark { Chart.Mark("start", at: x[before]) }
    private var hasBand: Bool {
        !pointwise.isEmpty && pointwise.allSatisfy { $0.lower.isFinite && $0.upper.isFinite }
    }

    func charts(prefix: String, outcome: String) -> [Chart] {
        let after = Array(before..<observed.count)
        let late = after.map { x[$0] }
        let band =
            hasBand
            ? Chart.Band(
                x: late, lower: after.map { observed[$0] - pointwise[$0 - before].upper },
                upper: after.map { observed[$0] - pointwise[$0 - before].lower }) : nil
        let gapBand =
            hasBand
            ? Chart.Band(x: late, lower: pointwise.map(\.lower), upper: pointwise.map(\.upper)) : nil
        return [
            Chart(
                name: prefix + "observed", title: "\(outcome) observed, and expected without the treatment",
                summary: "From the start on, observed lies \(unit.text(fit.effect)) from expected on average.",
                .lines(
                    Chart.Lines(
                        series: [
                            Chart.Series("observed", .main, x: x, y: observed),
                            Chart.Series("expected", .reference, x: x, y: fit.counterfactual),
                        ], band: band, horizontal: axis, unit: unit, marks: [mark]))),
            Chart(
                name: prefix + "gap", title: "Observed minus expected",
                summary: "Before the start the gap shows how well the donors match; after it, the effect.",
                .lines(
                    Chart.Lines(
                        series: [Chart.Series("gap", .main, x: x, y: fit.gap)], band: gapBand, horizontal: axis,
                        unit: unit,
                        marks: [mark], level: 0))),
        ]
    }

    /// The treated unit's gap before those of donors treated as if they were it.
    func placebos(_ others: [(name: String, fit: SyntheticFit)]) -> Chart {
        let pale = others.map { Chart.Series($0.name, .background, x: x, y: $0.fit.gap) }
        return Chart(
            name: "placebos", title: "The gap beside those of donors treated as if they were the treated unit",
            summary: "The further the strong line leaves the pale ones after the start, the less it is chance.",
            .lines(
                Chart.Lines(
                    series: pale + [Chart.Series("treated", .main, x: x, y: fit.gap)], horizontal: axis, unit: unit,
                    marks: [mark], level: 0)))
    }

    func weights(prefix: String, heading: String, names: [String]) -> Report.Section {
        let order = names.indices.filter { abs(fit.weights[$0]) > 0.0005 }
            .sorted { (-abs(fit.weights[$0]), $0) < (-abs(fit.weights[$1]), $1) }
        let table = ReportTable(
            name: prefix + "weights", columns: [.init("donor", "Donor"), .init("weight", "Weight")],
            rows: order.map { [.text(names[$0]), .number(fit.weights[$0], .number(digits: 4))] })
        let chart = Chart(
            name: prefix + "weights", title: "Weights of the donors",
            summary: order.prefix(3).map { "\(names[$0]) \(Quantity.Unit.number(digits: 3).text(fit.weights[$0]))" }
                .joined(separator: ", "),
            .bars(
                order.prefix(15).map { Chart.Bar(names[$0], [fit.weights[$0]]) }, series: ["weight"],
                unit: .number(digits: 3)))
        return Report.Section(heading + "What the comparison is made of", charts: [chart], tables: [table])
    }
}
