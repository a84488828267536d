import Foundation
import WeirDomain
package import WeirReporting
import WeirStatistics

extension LifetimeStudy {
    /// What was found, ready to be read.
    package var report: Report {
        var report = Report(
            kind: "lifetime-value", title: "Customer lifetime value", conclusion: conclusion, figures: figures,
            warnings: warnings)
        if let lift { report.sections.append(section(lift)) }
        if let forecast { report.sections += sections(forecast) }
        report.sections.append(section(observed))
        if let check { report.sections += sections(check) }
        report.sections.append(parameterSection)
        if settings.listsCustomers, let forecast { report.sections.append(customerSection(forecast)) }
        report.assumptions = assumptions
        report.data = [
            "\(history.rows) \(history.returned > 0 ? "purchases and returns" : "purchases") of \(history.customers.count) customers, from \(date(history.days.min() ?? end)) to \(date(end)); several purchases of a customer on one day count as one.",
            "Value after \(weeks) weeks at a margin of \(Wording.percent(settings.horizon.margin)), discounted by \(Wording.percent(settings.horizon.annualDiscount)) a year.",
            "Ranges from \(settings.draws) drawn futures\(lift == nil ? "" : " and \(settings.resamples) resamples"), seed \(settings.seed).",
        ]
        return report
    }

    private var unit: Quantity.Unit { .money(settings.currency) }
    private var totals: (gross: Double, returned: Double) { history.totals(through: end) }
    private var weeks: String { Wording.short(settings.horizon.weeks) }
    private func date(_ day: Int) -> String { Timestamp(day: day).isoDate }
    private func money(_ interval: Interval) -> Quantity {
        Quantity(interval.estimate, unit, lower: interval.lower, upper: interval.upper)
    }

    private var conclusion: [String] {
        var sentences: [String] = []
        if let lift {
            let amount = money(lift.difference).text
            let direction =
                lift.difference.lower > 0
                ? "worth more" : lift.difference.upper < 0 ? "worth less" : "not shown to differ in worth"
            sentences.append(
                "Customers “\(lift.treated.name)” are \(direction) than “\(lift.control.name)”: by \(amount) each, \(Quantity(lift.relative.estimate, .percent, lower: lift.relative.lower, upper: lift.relative.upper).text). Spending more per customer than the lower end is not covered."
            )
        }
        if let forecast {
            let total = forecast.total
            sentences.append(
                "The \(Wording.count(total.customers)) customers will bring \(money(total.value).text) in the next \(weeks) weeks, \(unit.text(total.valuePerCustomer.estimate)) each; \(Wording.percent(total.alive / Double(total.customers))) of them are still active."
            )
            sentences.append(
                "A new customer is worth \(money(forecast.newCustomer).text) in \(weeks) weeks, the first purchase included: paying more to win one does not come back in that time."
            )
        }
        if totals.returned > 0 {
            sentences.append(
                "Of \(unit.text(totals.gross)) bought so far \(unit.text(totals.returned)) came back (\(Wording.percent(totals.returned / totals.gross))). All values are net of that."
            )
        }
        if let value = observed.value {
            sentences.append(
                "Without any model: the \(Wording.count(observed.customers)) customers seen for \(weeks) weeks brought \(money(value).text) each in them."
            )
        }
        return sentences
    }

    private var figures: [Report.Figure] {
        var figures: [Report.Figure] = []
        if let lift {
            figures += [
                Report.Figure("clv_lift", "Lift per customer", money(lift.difference)),
                Report.Figure(
                    "clv_lift_relative", "Lift of the control's value",
                    Quantity(lift.relative.estimate, .percent, lower: lift.relative.lower, upper: lift.relative.upper)),
            ]
        }
        if let forecast {
            figures += [
                Report.Figure("value", "To come in \(weeks) weeks", money(forecast.total.value)),
                Report.Figure("value_per_customer", "Per customer", money(forecast.total.valuePerCustomer)),
                Report.Figure("new_customer_value", "Of a new customer", money(forecast.newCustomer)),
                Report.Figure("purchases", "Purchases to come", Quantity(forecast.total.purchases, .number())),
                Report.Figure(
                    "alive", "Still active", Quantity(forecast.total.alive / Double(forecast.total.customers), .percent)
                ),
            ]
        }
        if let gross = forecast?.valueBeforeReturns {
            figures.append(
                Report.Figure("value_before_returns", "To come before returns", Quantity(gross, unit)))
        }
        if history.returned > 0 {
            figures += [
                Report.Figure("gross", "Bought so far", Quantity(totals.gross, unit)),
                Report.Figure("returned", "Came back of it", Quantity(totals.returned, unit)),
                Report.Figure("net", "Left of it", Quantity(totals.gross - totals.returned, unit)),
            ]
        }
        if let value = observed.value {
            figures.append(Report.Figure("observed_value", "Observed in the first \(weeks) weeks", money(value)))
        }
        figures.append(Report.Figure("customers", "Customers", Quantity(Double(history.customers.count), .count)))
        if let check {
            figures += [
                Report.Figure(
                    "holdout_mae", "Error on the time kept back", Quantity(check.meanAbsoluteError, .number())),
                Report.Figure(
                    "holdout_rmse", "The same, root of squares", Quantity(check.rootMeanSquareError, .number())),
                Report.Figure(
                    "holdout_expected", "Purchases expected there",
                    Quantity(
                        check.expected.estimate, .number(), lower: check.expected.lower, upper: check.expected.upper)),
                Report.Figure("holdout_actual", "Purchases there", Quantity(check.actual, .count)),
            ]
        }
        return figures
    }

    private func section(_ lift: LifetimeLift) -> Report.Section {
        let groups = [lift.treated, lift.control]
        return Report.Section(
            "Lift between groups",
            text: [
                "What customers brought so far and what is to come, each group with a model of its own; the range is from resampling customers."
            ],
            charts: [
                Chart(
                    name: "lift", title: "Value per customer, \(settings.currency)",
                    summary: groups.map { "\($0.name): \(unit.text($0.value))" }.joined(separator: ", "),
                    .bars(
                        groups.map { .init($0.name, [$0.observed, $0.expected]) }, series: ["so far", "to come"],
                        unit: unit))
            ],
            tables: [
                ReportTable(
                    name: "lift",
                    columns: [
                        .init("group", "Group"), .init("customers", "Customers"), .init("observed", "So far"),
                        .init("expected", "To come"), .init("value", "Together"), .init("age_weeks", "Weeks here"),
                    ],
                    rows: groups.map {
                        [
                            .text($0.name), .count($0.customers), .number($0.observed, unit),
                            .number($0.expected, unit), .number($0.value, unit), .number($0.age),
                        ]
                    })
            ])
    }

    private func sections(_ forecast: LifetimeForecast) -> [Report.Section] {
        forecast.parts.map { grouping, parts in
            let shown = parts.prefix(40)
            return Report.Section(
                "To come by \(grouping)",
                charts: [
                    Chart(
                        name: "value-by-\(Wording.identifier(grouping))",
                        title: "Value to come per customer in \(weeks) weeks, \(settings.currency)",
                        summary: shown.map { "\($0.name): \(money($0.valuePerCustomer).text)" }.joined(separator: ", "),
                        .intervals(shown.map { .init($0.name, money($0.valuePerCustomer)) }, unit: unit, zero: nil))
                ],
                tables: [
                    ReportTable(
                        name: "by-\(Wording.identifier(grouping))",
                        columns: [
                            .init("group", grouping), .init("customers", "Customers"), .init("alive", "Still active"),
                            .init("purchases", "Purchases to come"), .init("value_per_customer", "Value per customer"),
                            .init("value", "Value of all"),
                        ],
                        rows: parts.map {
                            [
                                .text($0.name), .count($0.customers),
                                .number($0.alive / Double($0.customers), .percent), .number($0.purchases),
                                .quantity(money($0.valuePerCustomer)), .quantity(money($0.value)),
                            ]
                        })
                ])
        }
    }

    private func section(_ observed: ObservedLifetimeValue) -> Report.Section {
        Report.Section(
            "Observed in the first \(weeks) weeks",
            text: [
                "By month of the first purchase, which counts too; only where the whole month has been seen that long."
            ],
            tables: [
                ReportTable(
                    name: "observed",
                    columns: [
                        .init("cohort", "Cohort"), .init("customers", "Customers"), .init("mature", "Mature"),
                        .init("value", "Value per customer"),
                    ],
                    rows: observed.cohorts.map {
                        [
                            .text($0.name), .count($0.customers),
                            .text($0.isMature ? "yes" : "on \(date($0.matureOn))"),
                            $0.value.map { .quantity(money($0)) } ?? .empty,
                        ]
                    })
            ])
    }

    private var valueAssumption: String {
        switch forecast?.model.money ?? check?.model.money {
        case .own, nil:
            "Gamma-Gamma: what a purchase is worth does not depend on how often a customer buys (correlation \(Wording.short(forecast.map { LifetimeModel.dependence(of: $0.summaries) } ?? 0)) here)."
        case .alike(let values):
            values.isOne
                ? "Each purchase to come is worth \(unit.text(values.mean)), as every one so far; several of a day are one."
                : "Each purchase to come is worth what repeat purchases were so far, whoever buys."
        }
    }

    private var assumptions: [String] {
        guard forecast != nil || check != nil else { return ["Customers of a cohort are alike those to come."] }
        return [
            "BG/NBD: each customer buys at a steady rate of their own until leaving, which happens after a purchase and unseen; no seasons, no promotions.",
            valueAssumption,
            "Ranges hold what chance and the estimated parameters can do, not what the models leave out.",
        ]
            + (history.returned > 0
                ? [
                    "A return is taken off the customer's latest purchases before it; what came back in the file comes back alike later."
                ]
                : [])
            + (lift == nil
                ? [] : ["Chance alone decided who was treated; otherwise the lift is a difference, not an effect."])
    }
}
