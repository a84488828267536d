import WeirDomain

/// The tables of the page Models: `models`, `gates`; nil for another name.
package func modelsTable(_ name: String, of snapshot: ModelsSnapshot) -> Table? {
    switch name {
    case "models": modelsTable(snapshot.goals)
    case "gates":
        Table(
            name: "gates", columns: ["goal", "model"] + gateColumns,
            rows: snapshot.goals.flatMap { goal in
                goal.models.flatMap { model in
                    model.gates.map { [.text(goal.name), .text(model.id.rawValue)] + gateCells($0) }
                }
            })
    default: nil
    }
}

/// The tables of the page of one model: `gates`, `history`, `calibration`, `drift`, `weights`, `figures`, `shadow`; nil
/// for another name.
package func modelTable(_ name: String, of snapshot: ModelSnapshot) -> Table? {
    modelTables(snapshot).first { $0.name == name }
}

/// All tables of the page of one model, in the order of the page.
package func modelTables(_ snapshot: ModelSnapshot) -> [Table] {
    [
        Table(name: "gates", columns: gateColumns, rows: snapshot.status.gates.map(gateCells)),
        Table(
            name: "shadow", columns: ["answer", "given", "would have been given"],
            rows: (snapshot.status.comparison?.answers ?? []).map {
                [.text($0.name), .count($0.given), .count($0.wouldHaveGiven)]
            }),
        Table(
            name: "calibration", columns: ["predicted", "observed", "95 % low", "95 % high", "outcomes"],
            rows: snapshot.calibration.map { bin in
                [.number(bin.predicted, digits: 5)] + cells(bin.observed, digits: 5) + [.count(bin.count)]
            }),
        Table(
            name: "drift", columns: ["column", "PSI", "KS", "verdict"],
            rows: snapshot.drift.map { drift in
                [
                    .text(drift.column), drift.psi.map { .number($0, digits: 4) } ?? .empty,
                    drift.ks.map { .number($0, digits: 4) } ?? .empty,
                    .text(drift.verdict?.rawValue ?? "too little data"),
                ]
            }),
        Table(
            name: "weights", columns: ["feature", snapshot.weightUnit, "95 % low", "95 % high"],
            rows: snapshot.weights.map { [.text($0.feature)] + cells($0.amount, digits: 5) }),
        Table(
            name: "history", columns: ["time (UTC)", "stage", "by", "reason"],
            rows: snapshot.history.map {
                [.time($0.time), .text($0.stage.rawValue), .text($0.actor), .text($0.reason)]
            }),
        Table(
            name: "figures", columns: ["figure", "value", "95 % low", "95 % high", "measured on"],
            rows: snapshot.card.figures.map { figure in
                [
                    .text(figure.name), .number(figure.value, digits: 5),
                    figure.low.map { .number($0, digits: 5) } ?? .empty,
                    figure.high.map { .number($0, digits: 5) } ?? .empty, .text(figure.data),
                ]
            }),
    ]
}

func modelsTable(_ goals: [ModelsSnapshot.Goal]) -> Table {
    Table(
        name: "models",
        columns: [
            "goal", "model", "stage", "since (UTC)", "decides", "outcomes", "log loss", "AUC", "calibration error",
            "log loss less that of the one beside", "95 % low",
            "95 % high", "beside", "decisions scored", "would have changed",
            "value a decision", "95 % low", "95 % high", "gates passed", "gates",
        ],
        rows: goals.flatMap { goal in
            goal.models.map { model -> [Table.Cell] in
                let live = model.live
                let comparison = model.comparison
                let figures: [Table.Cell] = [
                    live.map { .count($0.count) } ?? .empty, live.map { .number($0.logLoss, digits: 5) } ?? .empty,
                    live?.auc.map { .number($0, digits: 4) } ?? .empty,
                    live.map { .number($0.calibrationError, digits: 5) } ?? .empty,
                ]
                let shadow: [Table.Cell] = [
                    comparison.map { .count($0.decisions) } ?? .empty, comparison.map { .count($0.changed) } ?? .empty,
                ]
                return [
                    .text(goal.name), .text(model.id.rawValue), .text(model.stage.rawValue), .time(model.since),
                    .text(model.id == goal.decidingModel ? "yes" : "no"),
                ] + figures + cells(live?.difference, digits: 5)
                    + [.text(live?.comparedWith ?? "")] + shadow + cells(comparison?.value, digits: 5)
                    + [.count(model.gates.count { $0.verdict == .passed }), .count(model.gates.count)]
            }
        })
}

private let gateColumns = ["gate", "measured", "threshold", "verdict", "remedy"]

private func gateCells(_ gate: GateStatus) -> [Table.Cell] {
    [
        .text(gate.name), .text(gate.measured), .text(gate.threshold), .text(gate.verdict.words), .text(gate.remedy),
    ]
}

/// Value and interval; empty cells where there is none.
func cells(_ estimate: Estimate?, digits: Int) -> [Table.Cell] {
    guard let estimate else { return Array(repeating: .empty, count: 3) }
    return [estimate.value, estimate.low, estimate.high].map { .number($0, digits: digits) }
}
