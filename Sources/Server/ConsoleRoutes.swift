import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import ServiceLifecycle
import WeirConsole
import WeirDomain
import WeirEngine
import WeirJSON
import WeirReporting
import WeirStorage

/// The console's pages, pictures' tables and live updates.
package func consoleRoutes(_ feed: ConsoleFeed) -> [Route] {
    let assets = ConsoleAsset.all.map { asset in
        Route(.get, asset.path, .everyone, work: .brief) { call in
            var response = Response.bytes(asset.bytes, asset.contentType)
            response.headers[.eTag] = asset.entityTag
            // A link that names the version may be kept for ever; another asks again.
            response.headers[.cacheControl] =
                call.parameter("v") == nil ? "no-cache" : "public, max-age=31536000, immutable"
            return response
        }
    }
    return assets + [
        .page(.get, "/", .view, reveals: true) { call in
            var page = Response.page(nowPage(feed.snapshot().shown(to: call.caller)))
            page.headers[.cacheControl] = "no-store"
            return page
        },
        .page(.get, "/console/events", .view, work: .brief) { call in liveUpdates(feed, call) },
        .page(.get, "/console/now/{table}", .view) { call in
            let name = call.argument.hasSuffix(".csv") ? String(call.argument.dropLast(4)) : call.argument
            guard let table = nowTable(name, of: feed.snapshot().shown(to: call.caller)) else { return notFound(call) }
            return .bytes(Array(csv(table).utf8), "text/csv; charset=utf-8")
        },
        .page(.get, "/decisions/{id}", .view, reveals: true) { call in
            let isTable = call.argument.hasSuffix(".csv")
            let text = isTable ? String(call.argument.dropLast(4)) : call.argument
            guard let id = DecisionID(text), let decision = try feed.reasoned(id)?.shown(to: call.caller) else {
                return notFound(call)
            }
            guard isTable else { return .page(decisionPage(decision)) }
            return switch call.parameter("table") {
            case nil: table(decisionTable(decision), call)
            case "contributions": table(contributionTable(decision), call)
            case "shadow": table(shadowTable(decision), call)
            default: notFound(call)
            }
        },
    ] + learningRoutes(feed) + measureRoutes(feed)
}

/// Models, policies and budgets.
private func learningRoutes(_ feed: ConsoleFeed) -> [Route] {
    [
        .page(.get, "/models", .view) { _ in fresh(modelsPage(feed.modelsSnapshot())) },
        .page(.get, "/console/models/{table}", .view) { call in
            table(modelsTable(tableName(call), of: feed.modelsSnapshot()), call)
        },
        .page(.get, "/models/{id}", .view) { call in
            let isTable = call.argument.hasSuffix(".csv")
            let id = ModelID(isTable ? String(call.argument.dropLast(4)) : call.argument)
            guard var model = try feed.modelSnapshot(id) else { return notFound(call) }
            model.token = call.token
            if !call.caller.may(.changeModels) { model.actions = [] }
            return isTable ? table(modelTable(call.parameter("table") ?? "", of: model), call) : fresh(modelPage(model))
        },
        .page(.post, "/models/{id}", .changeModels) { call in try await changeStage(call, feed) },
        .page(.get, "/policies", .view) { _ in fresh(policiesPage(try feed.policiesSnapshot())) },
        .page(.get, "/console/policies/{table}", .view) { call in
            table(policiesTable(tableName(call), of: try feed.policiesSnapshot()), call)
        },
        .page(.get, "/budgets", .view) { _ in fresh(budgetsPage(feed.budgetsSnapshot())) },
        .page(.get, "/console/budgets/{table}", .view) { call in
            table(budgetsTable(tableName(call), of: feed.budgetsSnapshot()), call)
        },
    ]
}

/// Live measurements.
private func measureRoutes(_ feed: ConsoleFeed) -> [Route] {
    [
        .page(.get, "/measure", .view) { _ in fresh(measurePage(try await feed.measurements.snapshot())) },
        .page(.get, "/measure/{kind}/{id}", .view) { call in try await measurement(call, feed) },
    ]
}

/// `<id>`, or `<id>.csv`, `.json`, `.html` for the same as a file. An id itself may have dots, so it is tried first.
private func measurement(_ call: Call, _ feed: ConsoleFeed) async throws -> Response {
    let kind = call.argument("kind")
    let id = call.argument("id")
    let snapshot = try await feed.measurements.snapshot()
    if let entry = snapshot.entry(kind: kind, id: id) {
        return fresh(measurementPage(entry, asOf: snapshot.generatedTime))
    }
    guard let dot = id.lastIndex(of: "."), let entry = snapshot.entry(kind: kind, id: String(id[..<dot])) else {
        return notFound(call)
    }
    switch id[dot...] {
    case ".json": return .bytes(Array(entry.report.json.text.utf8), "application/json")
    case ".csv":
        guard let table = measurementTable(call.parameter("table"), of: entry.report) else { return notFound(call) }
        return .bytes(Array(table.csv.utf8), "text/csv; charset=utf-8")
    case ".html":
        var page = fresh(reportPage(entry.report))
        page.headers[.contentSecurityPolicy] = reportContentSecurityPolicy
        return page
    default: return notFound(call)
    }
}

/// A step that a person takes from a model's page.
private func changeStage(_ call: Call, _ feed: ConsoleFeed) async throws -> Response {
    let form = (try? URLEncodedFormDecoder().decode(StageForm.self, from: String(buffer: call.body))) ?? StageForm()
    guard let action = form.stage.flatMap({ ModelSnapshot.Action.Kind(rawValue: $0) }) else {
        return .page(
            errorPage(status: 400, problem: "The form names no step.", remedy: "Use the buttons of the model’s page."),
            status: .badRequest)
    }
    do {
        try await feed.take(
            action, on: ModelID(call.argument), actor: call.caller.name,
            reason: form.reason ?? "")
        try call.record("model-stage", call.argument, action.rawValue)
    } catch let error as EngineError {
        return .page(
            errorPage(status: 422, problem: error.description, remedy: "Go back to the model’s page."),
            status: .unprocessableContent)
    }
    let path = call.argument.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    return Response(status: .seeOther, headers: [.location: "/models/\(path)"])
}

/// The form of a step as browsers send it; one that cannot be read has nothing in it.
private struct StageForm: Decodable {
    var stage: String?
    var reason: String?
}

private func fresh(_ html: String) -> Response {
    var page = Response.page(html)
    page.headers[.cacheControl] = "no-store"
    return page
}

private func tableName(_ call: Call) -> String {
    call.argument.hasSuffix(".csv") ? String(call.argument.dropLast(4)) : call.argument
}

private func table(_ table: Table?, _ call: Call) -> Response {
    guard let table else { return notFound(call) }
    return .bytes(Array(csv(table).utf8), "text/csv; charset=utf-8")
}

private func notFound(_ call: Call) -> Response {
    .page(notFoundPage(path: call.head.path ?? "/"), status: .notFound)
}

/// Server-sent events: the whole page once, then each part that changes, at most once a second.
private func liveUpdates(_ feed: ConsoleFeed, _ call: Call) -> Response {
    Response(
        status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-store"],
        body: ResponseBody { writer in
            var shown: [PageFragment] = []
            // A page that stays open must not keep the server from ending.
            while !Task.isCancelled, !Task.isShuttingDownGracefully, call.isStillIn() {
                // With too much waiting the page stays as it is for a second more.
                let fragments =
                    (try? await call.pool.run { nowFragments(feed.snapshot().shown(to: call.caller)) }) ?? shown
                let text = eventStream(fragments, changedFrom: shown)
                // A comment keeps the connection open through proxies when nothing changes.
                try await writer.write(ByteBuffer(string: text.isEmpty ? ": nothing new\n\n" : text))
                shown = fragments
                try await Task.sleep(for: .seconds(1))
            }
            try await writer.finish(nil)
        })
}
