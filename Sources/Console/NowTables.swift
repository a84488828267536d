import WeirDomain

/// The table behind each picture of the page Now.
///
/// - Parameter name: As in `/console/now/<name>.csv`.
/// - Returns: Nil where there is no table of that name.
package func nowTable(_ name: String, of snapshot: NowSnapshot) -> Table? {
    nowTables(snapshot).first { $0.name == name }
}

/// All tables of the page Now, in the order of the page.
package func nowTables(_ snapshot: NowSnapshot) -> [Table] {
    [
        flowTable("decisions", snapshot.decisions, until: snapshot.generatedTime),
        flowTable("outcomes", snapshot.outcomes, until: snapshot.generatedTime),
        spendTable(snapshot.budgets),
        priceTable(snapshot.budgets),
        effectTable(snapshot.effects),
        latestTable(snapshot),
        snapshot.explained.map(decisionTable) ?? Table(name: "decision", columns: ["candidate"], rows: []),
        targetingTable(snapshot.targeting),
        sourceTable(snapshot.sources),
    ]
}

func flowTable(_ name: String, _ flow: Flow, until end: Timestamp) -> Table {
    let rows = flow.series.enumerated().map { index, rate -> [Table.Cell] in
        [.time(flow.time(ofStep: index, until: end)), .number(rate, digits: 2)]
    }
    return Table(name: name, columns: ["time (UTC)", "\(name) a second"], rows: rows)
}

extension Flow {
    /// The moment at which a step of the series ended.
    func time(ofStep index: Int, until end: Timestamp) -> Timestamp {
        end - .seconds(stepSeconds * Double(series.count - 1 - index))
    }
}

func spendTable(_ budgets: [BudgetStatus]) -> Table {
    Table(
        name: "spend", columns: ["budget", "currency", "time (UTC)", "spent", "planned"],
        rows: budgets.flatMap { budget in
            budget.series.map { point -> [Table.Cell] in
                [
                    .text(budget.name), .text(budget.limit.currency.code), .time(point.time),
                    point.spent.map(Table.Cell.money) ?? .empty, .money(point.planned),
                ]
            }
        })
}

func priceTable(_ budgets: [BudgetStatus]) -> Table {
    Table(
        name: "shadow-price", columns: ["budget", "time (UTC)", "value per unit of cost", "floor"],
        rows: budgets.flatMap { budget in
            budget.shadowPrices.map { price -> [Table.Cell] in
                [
                    .text(budget.name), .time(price.time), .number(price.value, digits: 4),
                    .number(budget.returnFloor, digits: 2),
                ]
            }
        })
}

func effectTable(_ effects: [MeasuredEffect]) -> Table {
    Table(
        name: "effects",
        columns: [
            "measure", "unit", "treated", "held out", "treated mean", "held-out mean", "difference", "95 % low",
            "95 % high", "note",
        ],
        rows: effects.map { effect in
            let scale = effect.unit.scale
            func scaled(_ value: Double?) -> Table.Cell { value.map { .number($0 * scale, digits: 4) } ?? .empty }
            return [
                .text(effect.label), .text(effect.unit.differenceName), .count(effect.treatedCount),
                .count(effect.holdoutCount), scaled(effect.treatedMean), scaled(effect.holdoutMean),
                scaled(effect.difference?.value), scaled(effect.difference?.low), scaled(effect.difference?.high),
                .text(effect.note),
            ]
        })
}

func latestTable(_ snapshot: NowSnapshot) -> Table {
    Table(
        name: "latest-decisions",
        columns: [
            "decision", "time (UTC)", "customer", "placement", "result", "utility \(snapshot.currency)", "propensity",
            "policy", "why",
        ],
        rows: snapshot.latest.prefix(12).map { decision in
            [
                .text(decision.id.description), .time(decision.time), .text(decision.customer.rawValue),
                .text(decision.placement), .text(decision.result.text),
                decision.utility.map { .number($0, digits: 4) } ?? .empty, .number(decision.propensity, digits: 4),
                .text(decision.policy), .text(decision.why),
            ]
        })
}

/// What the page of one decision shows, gated candidates included.
package func decisionTable(_ decision: ExplainedDecision) -> Table {
    let code = decision.currency.code
    return Table(
        name: "decision",
        columns: [
            "candidate", "campaign", "probability", "± 95 %", "probability without", "value \(code)", "cost \(code)",
            "price per unit of cost",
            "utility \(code)", "propensity", "chosen", "gate",
        ],
        rows: decision.candidates.map { candidate -> [Table.Cell] in
            [
                .text(candidate.name), .text(candidate.campaign ?? ""), .number(candidate.probability, digits: 4),
                .number(candidate.uncertainty, digits: 4),
                candidate.baseline.map { .number($0.probability, digits: 4) } ?? .empty,
                .number(candidate.value, digits: 4), .number(candidate.cost, digits: 4),
                .number(candidate.price, digits: 4), .number(candidate.utility, digits: 4),
                .number(candidate.propensity, digits: 4),
                .text(candidate.isChosen ? "yes" : "no"), .empty,
            ]
        }
            + decision.gated.map { gated -> [Table.Cell] in
                [.text(gated.name), .text(gated.campaign ?? "")] + Array(repeating: .empty, count: 8)
                    + [.text("no"), .text(gated.reason)]
            })
}

func targetingTable(_ comparison: TargetingComparison?) -> Table {
    Table(
        name: "targeting",
        columns: [
            "scored by", "AUC", "log loss", "calibration error", "best-scored share", "response rate", "95 % low",
            "95 % high",
        ],
        rows: (comparison?.scores ?? []).flatMap { score in
            score.topRates.map { top -> [Table.Cell] in
                [
                    .text(score.label), .number(score.auc, digits: 4), .number(score.logLoss, digits: 4),
                    .number(score.calibrationError, digits: 4), .number(top.share, digits: 2),
                    .number(top.rate.value, digits: 4), .number(top.rate.low, digits: 4),
                    .number(top.rate.high, digits: 4),
                ]
            }
        })
}

func sourceTable(_ sources: [SourceStatus]) -> Table {
    Table(
        name: "sources",
        columns: [
            "source", "newest event, s ago", "accepted", "duplicates", "quarantined", "minutes on time", "minutes late",
            "minutes without events",
        ],
        rows: sources.map { source in
            [
                .text(source.name), source.freshness.map { .number($0.inSeconds, digits: 0) } ?? .empty,
                .count(source.accepted), .count(source.duplicates), .count(source.quarantined),
                .count(source.minutes.count { $0 == .ok }), .count(source.minutes.count { $0 == .late }),
                .count(source.minutes.count { $0 == .none }),
            ]
        })
}
