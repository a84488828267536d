package import WeirDomain
package import WeirEngine
package import WeirModelGovernance
package import WeirJSON
import WeirLearning
import WeirLogInsight
package import WeirStatistics

extension ModelReport {
    /// A line of the list of models.
    package var json: JSON {
        var members: [JSON.Member] = [
            .init("id", .string(entry.id.rawValue)), .init("goal", .string(entry.registered.goal.rawValue)),
            .init("stage", .string(entry.stage.rawValue)),
            .init("registered", .string(entry.registered.registeredTime.iso8601)),
            .init("learner", .string(entry.trained.card.learner)),
            .init("rows", .integer(Int64(entry.trained.card.rows))),
        ]
        if let why = entry.setAsideBecause { members.append(.init("set_aside", .string(why))) }
        if let watch { members.append(.init("live", watch.json)) }
        return .object(members)
    }
}

extension GoalReport {
    package var json: JSON {
        var members: [JSON.Member] = [
            .init("goal", .string(goal.rawValue)), .init("deciding", .string(deciding.rawValue)),
            .init("lessons", .integer(lessons)), .init("models", .array(models.map(\.json))),
        ]
        if !cutInputs.isEmpty {
            members.append(
                .init(
                    "cut",
                    .array(
                        cutInputs.map {
                            [
                                "feature": .string($0.feature), "lessons": .integer(Int64($0.lessons)),
                                "share": .number($0.share),
                            ]
                        })))
        }
        return .object(members)
    }
}

extension ModelWatch {
    /// What live outcomes say; figures that cannot be had yet are left out.
    package var json: JSON {
        var members: [JSON.Member] = [
            .init("outcomes", .integer(Int64(outcomes))), .init("conversions", .integer(Int64(positives))),
        ]
        func append(_ name: String, _ value: Double?) {
            if let value, value.isFinite { members.append(.init(name, .number(value))) }
        }
        append("log_loss", combinedLogLoss)
        append("log_loss_alone", aloneLogLoss)
        append("log_loss_built_in", referenceLogLoss)
        if let auc { members.append(.init("auc", auc.json)) }
        if let advantage { members.append(.init("advantage", advantage.json)) }
        append("calibration_error", calibrationError?.error)
        append("alarm", alarm)
        return .object(members)
    }
}

extension Interval {
    package var json: JSON { ["estimate": .number(estimate), "lower": .number(lower), "upper": .number(upper)] }
}

extension ModelGate {
    package var json: JSON {
        [
            "name": .string(name), "verdict": .string(verdict.rawValue), "measured": .string(measured),
            "threshold": .string(threshold), "remedy": .string(remedy),
        ]
    }
}

extension StageChange {
    package var json: JSON {
        [
            "model": .string(model.rawValue), "stage": .string(stage.rawValue), "time": .string(time.iso8601),
            "actor": .string(actor), "reason": .string(reason),
        ]
    }
}

extension Engine {
    /// A model with its history, gates, drift and card.
    package func modelJSON(_ id: ModelID) throws -> JSON {
        guard let report = modelReports.lazy.flatMap(\.models).first(where: { $0.entry.id == id }),
            case .object(var members) = report.json
        else { throw EngineError.unknownModel(id.rawValue, known: modelRegistry.entries.map(\.id.rawValue)) }
        members.append(.init("gates", .array(try gates(of: id).map(\.json))))
        members.append(.init("history", .array(report.entry.history.map(\.json))))
        let shifts = report.watch?.shifts(report.entry.trained.card.spreads) ?? []
        members.append(
            .init(
                "drift",
                .array(
                    shifts.map {
                        [
                            "column": .string($0.column), "psi": .number($0.psi), "ks": .number($0.ks),
                            "stuck": .bool($0.isConstant),
                        ]
                    })))
        if let card = try? JSON(parsing: report.entry.registered.file), let card = card["card"] {
            members.append(.init("card", card))
        }
        return .object(members)
    }
}
