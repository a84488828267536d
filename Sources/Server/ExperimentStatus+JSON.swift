package import WeirDomain
package import WeirEngine
package import WeirJSON

extension ExperimentStatus {
    /// An experiment with its arms and guardrails; what is not declared or cannot be said yet is left out.
    package var json: JSON {
        var members: [JSON.Member] = [
            .init("id", .string(experiment.id.rawValue)), .init("name", .string(experiment.name)),
            .init("state", .string(state.rawValue)), .init("share", .number(experiment.share)),
        ]
        if let group = experiment.group { members.append(.init("group", .string(group))) }
        if let start = experiment.start { members.append(.init("from", .string(start.iso8601))) }
        if let end = experiment.end { members.append(.init("to", .string(end.iso8601))) }
        if let switchback = experiment.switchback {
            members.append(
                .init(
                    "switchback",
                    [
                        "period_seconds": .number(switchback.period.inSeconds),
                        "by": .string(switchback.unit.description),
                    ]))
        }
        members.append(.init("sequential", .bool(experiment.isSequential)))
        members.append(.init("contaminated", .integer(Int64(contaminated))))
        let cut = zip(metrics, ranged).filter { $0.1.cut > 0 }
        if !cut.isEmpty {
            members.append(
                .init("outside_range", .object(cut.map { JSON.Member($0.description, .number($1.share)) })))
        }
        members.append(.init("arms", .array(arms.map(json(of:)))))
        members.append(.init("guardrails", .array(guardrails.map(\.json))))
        return .object(members)
    }

    private func json(of arm: Arm) -> JSON {
        let means = zip(metrics, arm.means).compactMap { metric, mean in
            mean.map { JSON.Member(metric.description, .number($0)) }
        }
        var members: [JSON.Member] = [
            .init("id", .string(arm.arm.id.rawValue)), .init("share", .number(arm.arm.share)),
            .init("offers", .string(arm.arm.offers.description)), .init("customers", .integer(Int64(arm.customers))),
            .init("means", .object(means)),
        ]
        if let stop = arm.stop { members.append(.init("stopped", stop.json)) }
        return .object(members)
    }
}

extension GuardrailReading {
    package var json: JSON {
        var members: [JSON.Member] = [
            .init("metric", .string(guardrail.metric.description)), .init("arm", .string(arm.rawValue)),
            .init("not_below", .number(guardrail.notBelow)),
        ]
        if let change { members.append(.init("change", .number(change))) }
        if let atMost, atMost.isFinite { members.append(.init("at_most", .number(atMost))) }
        if let cutAt {
            members.append(.init("cut", .integer(Int64(cut))))
            members.append(.init("cut_at", .number(cutAt)))
        }
        members.append(.init("breached", .bool(isBreached)))
        return .object(members)
    }
}

extension ArmStop {
    package var json: JSON {
        [
            "experiment": .string(experiment.rawValue), "arm": .string(arm.rawValue), "time": .string(time.iso8601),
            "actor": .string(actor), "reason": .string(reason),
        ]
    }
}
