import HTTPTypes
import Hummingbird
import NIOCore
import ServiceLifecycle
import WeirConsole
import WeirDomain

/// The console's pages, pictures' tables and live updates.
public func consoleRoutes(_ feed: ConsoleFeed) -> [Route] {
    let assets = ConsoleAsset.all.map { asset in
        Route(.get, asset.path, .everyone) { call in
            var response = Response.bytes(asset.bytes, asset.contentType)
            response.headers[.eTag] = asset.entityTag
            // A link that names the version may be kept for ever; another asks again.
            response.headers[.cacheControl] =
                call.parameter("v") == nil ? "no-cache" : "public, max-age=31536000, immutable"
            return response
        }
    }
    return assets + [
        Route(.get, "/", .page) { _ in
            var page = Response.page(nowPage(feed.snapshot()))
            page.headers[.cacheControl] = "no-store"
            return page
        },
        Route(.get, "/console/events", .page) { _ in liveUpdates(feed) },
        Route(.get, "/console/now/{table}", .page) { call in
            let name = call.argument.hasSuffix(".csv") ? String(call.argument.dropLast(4)) : call.argument
            guard let table = nowTable(name, of: feed.snapshot()) else { return notFound(call) }
            return .bytes(Array(csv(table).utf8), "text/csv; charset=utf-8")
        },
        Route(.get, "/decisions/{id}", .page) { call in
            let isTable = call.argument.hasSuffix(".csv")
            let text = isTable ? String(call.argument.dropLast(4)) : call.argument
            guard let id = DecisionID(text), let decision = try feed.explained(id) else { return notFound(call) }
            return isTable
                ? .bytes(Array(csv(decisionTable(decision)).utf8), "text/csv; charset=utf-8")
                : .page(decisionPage(decision))
        },
    ]
}

private func notFound(_ call: Call) -> Response {
    .page(notFoundPage(path: call.head.path ?? "/"), status: .notFound)
}

/// Server-sent events: the whole page once, then each part that changes, at most once a second.
private func liveUpdates(_ feed: ConsoleFeed) -> Response {
    Response(
        status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-store"],
        body: ResponseBody { writer in
            var shown: [PageFragment] = []
            // A page that stays open must not keep the server from ending.
            while !Task.isCancelled, !Task.isShuttingDownGracefully {
                let fragments = nowFragments(feed.snapshot())
                let text = eventStream(fragments, changedFrom: shown)
                // A comment keeps the connection open through proxies when nothing changes.
                try await writer.write(ByteBuffer(string: text.isEmpty ? ": nothing new\n\n" : text))
                shown = fragments
                try await Task.sleep(for: .seconds(1))
            }
            try await writer.finish(nil)
        })
}
