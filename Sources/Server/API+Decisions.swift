import Hummingbird
import WeirBudgeting
import WeirDomain
import WeirEngine
import WeirJSON
import WeirStorage

/// What was decided, and where the budgets stand.
extension API {
    func decision(_ call: Call) async throws -> Response {
        guard let id = DecisionID(call.argument) else {
            let detail = "“\(call.argument)” is no decision's id; send it as /v1/decide answered it, such as d-12."
            throw Problem(.badRequest, "invalid_request", detail)
        }
        guard let reply = try engine.decision(id) else { throw EngineError.unknownDecision(id) }
        let outcomes = try engine.store.outcomes(of: id)
        return .json(reserving: 4_096) { writer in
            reply.write(into: &writer, reasons: true, for: call.caller)
            writer.name("outcomes")
            writer.array { writer in
                for outcome in outcomes {
                    writer.object { writer in
                        writer.member("outcome", outcome.kind.name)
                        writer.member("goal", outcome.goal.rawValue)
                        writer.member("time", outcome.eventTime.iso8601)
                        writer.member("received", outcome.receivedTime.iso8601)
                        if let value = outcome.value { writer.member("value", value.description) }
                    }
                }
            }
        }
    }

    func decisions(_ call: Call) async throws -> Response {
        let limit = try call.limit(default: 50, atMost: 1_000)
        let reasons = try call.flag("reasons", default: false)
        let customer = call.parameter("customer").map { CustomerID($0) }
        // Who asks for one customer's would learn who hides behind a mask.
        if customer != nil, !call.caller.may(.viewPeople) {
            throw KeyCheck.scopeMissing(call.caller.name, .viewPeople)
        }
        let replies = try engine.latestDecisions(of: customer, limit: limit)
        return .json(reserving: 1_024 * replies.count) { writer in
            writer.name("decisions")
            writer.array { writer in
                for reply in replies { writer.object { reply.write(into: &$0, reasons: reasons, for: call.caller) } }
            }
        }
    }

    func budgets(_ call: Call) async throws -> Response {
        let reports = engine.budgetReports()
        return .json { writer in
            writer.name("budgets")
            writer.array { writer in
                for report in reports { writer.object { report.write(into: &$0) } }
            }
        }
    }
}

extension BudgetReport {
    fileprivate func write(into writer: inout JSONWriter) {
        writer.member("id", budget.id.rawValue)
        writer.member("name", budget.name)
        writer.member("currency", limit.currency.code)
        writer.member("limit", limit.decimal)
        writer.member("available", available.decimal)
        writer.member("reserved", reserved.decimal)
        writer.member("spent", spent.decimal)
        writer.member("planned", planned.decimal)
        writer.member("projected", projected.decimal)
        writer.member("price", price)
        writer.member("return_floor", budget.returnFloor)
        writer.member("start", budget.start.iso8601)
        writer.member("end", budget.end.iso8601)
    }
}
