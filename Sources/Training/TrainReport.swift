import Foundation
package import WeirJSON
package import WeirLearning
package import WeirReporting
import WeirStatistics

/// What training found: the learners that were compared, and how good the chosen one is.
package struct TrainReport: Presentable {
    package var rows: LabelledRows
    package var split: TimeSplit
    package var candidates: [(candidate: Candidate, seconds: Double)]
    package var chosen: Int
    package var doubts: [String]
    package var importance: [ColumnImportance]?
    /// Of a small-data model, with 95 % intervals.
    package var weights: [LinearWeight]?
    /// On a file that no choice has looked at.
    package var test: Candidate?

    package init(
        rows: LabelledRows, split: TimeSplit, candidates: [(candidate: Candidate, seconds: Double)], chosen: Int,
        doubts: [String]
    ) {
        self.rows = rows
        self.split = split
        self.candidates = candidates
        self.chosen = chosen
        self.doubts = doubts
    }

    package var best: Candidate { candidates[chosen].candidate }

    /// Whether the later rows tell one learner from another: a probability is judged by rows of both kinds.
    package var isJudged: Bool { best.model.output == .mean || best.auc != nil }

    /// What was validated on, in words.
    var validationData: String {
        var text = "validation, \(split.later.count) rows"
        if let times = rows.times, let first = split.later.first, let last = split.later.last {
            text += ", \(rows.text(time: times[first])) to \(rows.text(time: times[last]))"
        }
        return text
    }

    package var json: JSON {
        let (candidate, seconds) = candidates[chosen]
        var members: [JSON.Member] = [
            .init("understood", .string(rows.understood)), .init("rows", count(rows.examples.targets.count)),
            .init("train_rows", count(split.earlier.count)),
            .init("validation_rows", count(split.later.count)),
            .init("features", count(rows.examples.features.columns.count)), .init("learner", .string(candidate.name)),
            .init("calibration", .string(candidate.model.calibration.name)),
        ]
        members += figures(candidate, seconds: seconds)
        members.append(.init("judged", .bool(isJudged)))
        members.append(.init("candidates", .array(candidates.map { .object(named($0.candidate, $0.seconds)) })))
        if let test { members.append(.init("test", .object(figures(test, seconds: nil)))) }
        if let importance {
            let columns = importance.map {
                JSON.object([
                    .init("column", .string($0.column)), .init("rise", .number($0.rise)),
                    .init("standard_deviation", .number($0.standardDeviation)),
                ])
            }
            members.append(.init("importance", .array(columns)))
        }
        if let weights {
            let columns = weights.map {
                JSON.object([
                    .init("column", .string($0.name)), .init("weight", .number($0.weight.estimate)),
                    .init("lower", .number($0.weight.lower)), .init("upper", .number($0.weight.upper)),
                ])
            }
            members.append(.init("weights", .array(columns)))
        }
        members.append(.init("notes", .array(rows.notes.map { .string($0) })))
        members.append(.init("doubts", .array(doubts.map { .string($0) })))
        return .object(members)
    }

    private func named(_ candidate: Candidate, _ seconds: Double) -> [JSON.Member] {
        [.init("learner", .string(candidate.name))] + figures(candidate, seconds: seconds)
    }

    private func figures(_ candidate: Candidate, seconds: Double?) -> [JSON.Member] {
        let metrics = candidate.metrics
        let figures: [(String, Double?)] = [
            ("loss", candidate.loss), ("auc", metrics?.auc), ("auc_lower", candidate.auc?.lower),
            ("auc_upper", candidate.auc?.upper), ("log_loss", metrics?.logLoss),
            ("calibration_error", metrics?.calibrationError), ("top_5pct_rate", metrics?.top5),
            ("fit_seconds", seconds),
        ]
        return figures.compactMap { name, value in
            value.flatMap { $0.isFinite ? JSON.Member(name, .number($0)) : nil }
        }
    }

    private func count(_ count: Int) -> JSON { .integer(Int64(count)) }

    package var tables: [ReportTable] {
        func table(_ name: String, _ columns: [String], _ rows: [[ReportTable.Cell]]) -> ReportTable {
            ReportTable(name: name, columns: columns.map { .init($0, $0) }, rows: rows)
        }
        let figures = [
            "loss", "auc", "auc_lower", "auc_upper", "log_loss", "calibration_error", "top_5pct_rate", "fit_seconds",
        ]
        let compared = candidates.enumerated().map { index, entry -> [ReportTable.Cell] in
            let known = JSON.object(named(entry.candidate, entry.seconds))
            let cells = figures.map { ReportTable.Cell.number(known[$0]?.double) }
            return [.text(entry.candidate.name)] + cells + [.text(index == chosen ? "yes" : "")]
        }
        var tables = [table("candidates", ["learner"] + figures + ["chosen"], compared)]
        if let importance {
            tables.append(
                table(
                    "importance", ["column", "rise", "standard_deviation"],
                    importance.map { [.text($0.column), .number($0.rise), .number($0.standardDeviation)] }))
        }
        if let weights {
            tables.append(
                table(
                    "weights", ["column", "weight"],
                    weights.map {
                        [
                            .text($0.name),
                            .quantity(
                                Quantity($0.weight.estimate, lower: $0.weight.lower, upper: $0.weight.upper)),
                        ]
                    }))
        }
        return tables
    }

    package var text: String {
        var lines = rows.understood.isEmpty ? [] : ["Understood: " + rows.understood]
        lines += [
            "Learned from \(split.earlier.count) rows × \(rows.examples.features.columns.count) features; \(validationData).",
            "",
        ]
        if rows.output == .probability {
            lines.append("learner     AUC      log loss  calibration error  top 5 %  compared by  seconds")
        } else {
            lines.append("learner     mean squared error  seconds")
        }
        for (index, entry) in candidates.enumerated() {
            let mark = index == chosen ? "* " : "  "
            let name = (mark + entry.candidate.name).padding(toLength: 12, withPad: " ", startingAt: 0)
            if let metrics = entry.candidate.metrics {
                lines.append(
                    name
                        + String(
                            format: "%@   %.4f    %.4f             %.4f   %.4f       %.2f",
                            metrics.auc.map { String(format: "%.4f", $0) } ?? "–     ", metrics.logLoss,
                            metrics.calibrationError,
                            metrics.top5, entry.candidate.loss, entry.seconds))
            } else {
                lines.append(name + String(format: "%-18.6g  %.2f", entry.candidate.loss, entry.seconds))
            }
        }
        lines.append("")
        if let auc = best.auc {
            lines.append(
                String(
                    format: "“%@” is best. Its AUC lies between %.3f and %.3f (95 %%). Calibration: %@.",
                    best.name, auc.lower, auc.upper, best.model.calibration.name))
        } else if isJudged {
            lines.append(candidates.count > 1 ? "“\(best.name)” is best." : "“\(best.name)” was learned.")
        } else {
            lines.append(
                "“\(best.name)” was learned, but nothing can be judged: \(oneKind(split.later)). "
                    + "\(candidates.count > 1 ? "It was taken as the first of those that could learn. " : "")Do not act on it."
            )
        }
        if let test {
            lines.append(
                test.metrics.map {
                    String(
                        format: "On the test file: AUC %@, log loss %.4f, calibration error %.4f, top 5 %% %.4f.",
                        $0.auc.map { String(format: "%.4f", $0) } ?? "unknown (targets of one kind only)", $0.logLoss,
                        $0.calibrationError, $0.top5)
                } ?? String(format: "On the test file: mean squared error %.6g.", test.loss))
        }
        if let importance {
            lines += ["", "What it relies on (rise of the loss where the column is shuffled):"]
            lines += importance.prefix(20).map {
                String(format: "  %+.5f ± %.5f  ", $0.rise, $0.standardDeviation) + $0.column
            }
        }
        if let weights {
            lines += ["", "What a standard deviation more (or the category) adds to the score, with 95 % confidence:"]
            lines += weights.sorted { abs($0.weight.estimate) > abs($1.weight.estimate) }.prefix(20).map {
                String(format: "  %+.3f (%+.3f to %+.3f)  ", $0.weight.estimate, $0.weight.lower, $0.weight.upper)
                    + $0.name
            }
        }
        lines += doubts.map { "\nCaution: \($0)" }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Of rows with targets of one kind, what they lack.
    private func oneKind(_ positions: [Int]) -> String {
        let targets = positions.map { rows.examples.targets[$0] }
        return targets.contains(1)
            ? "all \(targets.count) rows validated on are 1" : "none of the \(targets.count) rows validated on is 1"
    }

    /// The model with its card.
    ///
    /// - Parameters:
    ///   - name: What it is called; nil takes the file's.
    ///   - file: What it learned from.
    ///   - classWeight: As it was asked for, for the card.
    package func trained(
        _ model: BatchModel, named name: String?, from file: String, target: String, classWeight: String?, seed: UInt64
    ) -> TrainedModel {
        let stem = file.split(separator: ".").first.map(String.init) ?? "model"
        let name = name ?? stem.lowercased().replacing(/[^a-z0-9]+/, with: "-")
        let positives = rows.output == .probability ? rows.examples.targets.count { $0 == 1 } : nil
        let compared = candidates.map(\.candidate.name).joined(separator: ", ")
        var settings = best.learner.settings
        settings["calibration"] = model.calibration.name
        if let weight = classWeight { settings["class weight"] = weight }
        let card = ModelCard(
            data: file, period: rows.period, rows: rows.examples.targets.count, positives: positives,
            target: target,
            learner: candidates.count > 1
                ? "\(best.name); compared on later rows: \(compared); learned again from all rows"
                : "\(best.name); learned again from all rows",
            settings: settings, features: model.columns.map(\.name),
            figures: ModelCard.figures(of: best, data: validationData)
                + (test.map { ModelCard.figures(of: $0, data: "test, no choice was made by it") } ?? []),
            spreads: ModelCard.spreads(of: model, over: rows.examples.features),
            assumptions: [
                "The near future is like the period learned from.",
                "Features hold only what was known at a row's time.",
                "It predicts what happens, not what an offer changes.",
            ],
            limits: doubts
                + [rows.times == nil ? "No time column: the last rows of the file were taken as the latest." : nil]
                .compactMap(\.self), seed: seed)
        return TrainedModel(name: name, model: model, card: card)
    }
}

extension Learner {
    /// Names and values, as a card shows them.
    var settings: [String: String] {
        switch self {
        case .linear(let settings): ["penalty": "\(settings.penalty)"]
        case .forest(let settings):
            [
                "trees": "\(settings.trees)", "minimum leaf": "\(settings.minimumLeaf)",
                "depth": "\(settings.maximumDepth)",
            ]
        case .boosted(let settings):
            [
                "rounds": "\(settings.rounds)", "depth": "\(settings.maximumDepth)",
                "learning rate": "\(settings.learningRate)", "row share": "\(settings.rowShare)",
                "penalty": "\(settings.penalty)",
            ]
        }
    }
}
