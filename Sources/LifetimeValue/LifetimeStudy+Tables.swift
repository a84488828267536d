import WeirDomain
import WeirReporting
import WeirStatistics

extension LifetimeStudy {
    func sections(_ check: LifetimeCheck) -> [Report.Section] {
        let day = { (day: Int) in Double(day) * 86_400 }
        let days = check.track.days.map(day)
        let money = Quantity.Unit.money(settings.currency)
        return [
            Report.Section(
                "Checked on \(Wording.short(check.weeks)) weeks kept back",
                text: [
                    "The models knew the purchases until \(Timestamp(day: check.calibrationEnd).isoDate) of \(Wording.count(check.customers)) customers."
                ],
                charts: [
                    Chart(
                        name: "track", title: "Repeat purchases of all until then",
                        summary:
                            "At the end \(Quantity.Unit.count.text(check.track.actual.last ?? 0)) came and \(Quantity.Unit.count.text(check.track.expected.last ?? 0)) were expected.",
                        .lines(
                            .init(
                                series: [
                                    .init("came", x: days, y: check.track.actual),
                                    .init("expected", .reference, x: days, y: check.track.expected),
                                ], horizontal: .time, unit: .count,
                                marks: [.init("fitted until here", at: day(check.calibrationEnd))]))),
                    Chart(
                        name: "holdout",
                        title: "Purchases in the weeks kept back, per customer, by repeat purchases before",
                        summary: check.bins.map {
                            "\($0.label): \(Wording.short($0.expected)) expected, \(Wording.short($0.actual)) came"
                        }.joined(separator: "; "),
                        .bars(
                            check.bins.map { .init($0.label, [$0.expected, $0.actual]) }, series: ["expected", "came"],
                            unit: .number(digits: 2))),
                ],
                tables: [
                    ReportTable(
                        name: "holdout",
                        columns: [
                            .init("figure", "Of all customers"), .init("expected", "Expected"), .init("actual", "Came"),
                            .init("error", "Mean error per customer"),
                        ],
                        rows: [
                            [
                                .text("purchases"),
                                .quantity(
                                    Quantity(
                                        check.expected.estimate, .number(), lower: check.expected.lower,
                                        upper: check.expected.upper)), .number(check.actual),
                                .number(check.meanAbsoluteError),
                            ],
                            [
                                .text("spend"),
                                .quantity(
                                    Quantity(
                                        check.expectedSpend.estimate, money, lower: check.expectedSpend.lower,
                                        upper: check.expectedSpend.upper)), .number(check.actualSpend, money),
                                .number(check.spendError, money),
                            ],
                        ])
                ])
        ]
    }

    var parameterSection: Report.Section {
        var rows: [[ReportTable.Cell]] = []
        for (period, model) in [("calibration", check?.model), ("all", forecast?.model)] {
            guard let model else { continue }
            rows += Self.rows(period, "BG/NBD", model.purchases)
            switch model.money {
            case .own(let fitted): rows += Self.rows(period, "Gamma-Gamma", fitted)
            case .alike(let values):
                rows.append([
                    .text(period), .text("all alike"), .text("mean"), .number(values.mean, .money(settings.currency)),
                    .number(values.standardError), .empty, .empty,
                ])
            }
        }
        return Report.Section(
            "Parameters",
            tables: [
                ReportTable(
                    name: "parameters",
                    columns: [
                        .init("period", "Fitted to"), .init("model", "Model"), .init("parameter", "Parameter"),
                        .init("value", "Value"), .init("standard_error", "Standard error"),
                        .init("log_likelihood", "Log-likelihood"), .init("customers", "Customers"),
                    ], rows: rows)
            ])
    }

    private static func rows<Model>(_ period: String, _ name: String, _ fitted: Fitted<Model>) -> [[ReportTable.Cell]] {
        Model.names.enumerated().map { index, parameter in
            let interval = fitted.interval(index)
            return [
                .text(period), .text(name), .text(parameter),
                .quantity(Quantity(interval.estimate, .number(), lower: interval.lower, upper: interval.upper)),
                .number(fitted.standardError(index)), .number(fitted.logLikelihood, .number(digits: 2)),
                .count(fitted.count),
            ]
        }
    }

    func customerSection(_ forecast: LifetimeForecast) -> Report.Section {
        let money = Quantity.Unit.money(settings.currency)
        return Report.Section(
            "Customers",
            tables: [
                ReportTable(
                    name: "customers",
                    columns: [
                        .init("customer", "Customer"), .init("repeats", "Repeat purchases"),
                        .init("alive", "Still active"), .init("purchases", "Purchases to come"),
                        .init("value_per_purchase", "Value of each"), .init("value", "Value to come"),
                    ],
                    rows: zip(zip(forecast.customers, forecast.summaries), forecast.expectations).map {
                        known, expectation in
                        [
                            .text(history.customers[known.0]), .count(known.1.repeats),
                            .number(expectation.probabilityAlive, .percent), .number(expectation.purchases),
                            .number(expectation.valuePerPurchase, money), .number(expectation.value, money),
                        ]
                    })
            ])
    }
}
