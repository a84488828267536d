import Foundation
import HTTPTypes
import Logging
import NIOCore
import ServiceLifecycle
import Testing
import WeirDomain
import WeirEngine
import WeirJSON
import WeirServer
import WeirStorage

@Suite("Operating")
struct OperatingTests {
    @Test("It lives before it is ready, and is ready with a catalog")
    func readiness() async throws {
        try await ServerUnderTest.run(files: nil) { server in
            #expect(try await server.get("/healthz").text == #"{"status":"ok"}"#)
            let before = try await server.get("/readyz")
            #expect(before.status == 503)
            #expect(before["reason"].string?.contains("weir apply") == true)
            _ = try await server.post("/v1/catalog", shop.body)
            #expect(try await server.get("/readyz").text == #"{"ready":true}"#)
        }
    }

    @Test("Unknown paths are 404, wrong methods 405 with what is allowed; HEAD is GET without its body")
    func paths() async throws {
        try await ServerUnderTest.run { server in
            for path in ["/nothing", "/v1/decisions/", "/v1/decisions/d-1/x", "/v1/decide/", "//", "/v1"] {
                let answer = try await server.get(path)
                #expect(answer.status == 404)
                #expect(answer.code == "not_found")
            }
            let wrong = try await server.get("/v1/decide")
            #expect(wrong.status == 405)
            #expect(wrong.headers[.allow] == "POST")
            #expect(try await server.send(.put, "/v1/keys").headers[.allow] == "GET, POST, DELETE")
            #expect(try await server.get("/v1//budgets").status == 404)
            #expect(try await server.send(.head, "/v1/decide").text.isEmpty)
            let head = try await server.send(.head, "/healthz")
            #expect(head.status == 200)
            #expect(head.text.isEmpty)
            #expect(head.headers[.contentLength] == "15")
        }
    }

    @Test("A request keeps the id that it brings, and a refused one has one")
    func requestIDs() async throws {
        try await ServerUnderTest.run { server in
            let name = HTTPField.Name("X-Request-ID")!
            #expect(try await server.get("/healthz", headers: [name: "abc-1"]).headers[name] == "abc-1")
            #expect(try await server.get("/nothing", headers: [name: "abc-2"]).headers[name] == "abc-2")
            let own = try #require(try await server.get("/nothing", headers: [name: "not \"one\""]).headers[name])
            #expect(!own.isEmpty && !own.contains("one"))
        }
    }

    @Test("Metrics are in the text format: each sample has its family, histograms add up")
    func metrics() async throws {
        try await ServerUnderTest.run { server in
            _ = try await server.post("/v1/track", AccessTests.track)
            _ = try await server.post("/v1/track", AccessTests.track)
            _ = try await server.post("/v1/decide", DecidingTests.request)
            _ = try await server.post("/v1/outcomes", #"{"decision": "d-1", "outcome": "converted"}"#)
            _ = try await server.get("/nothing")
            let answer = try await server.get("/metrics")
            #expect(answer.headers[.contentType] == "text/plain; version=0.0.4; charset=utf-8")
            #expect(answer.text.hasSuffix("\n"))
            var families: Set<Substring> = []
            for line in answer.text.split(separator: "\n") {
                let words = line.split(separator: " ")
                if line.hasPrefix("#") {
                    if words[1] == "TYPE" { #expect(families.insert(words[2]).inserted) }
                    continue
                }
                #expect(words.count == 2 && Double(words[1]) != nil)
                let name = words[0].prefix { $0 != "{" }
                let family = ["_bucket", "_sum", "_count"].first { name.hasSuffix($0) && !families.contains(name) }
                #expect(families.contains(name.dropLast(family?.count ?? 0)))
            }
            for line in [
                "weir_events_total{source=\"open\"} 2", "weir_decisions_total 1", "weir_outcomes_total 1",
                "weir_decide_seconds_bucket{le=\"+Inf\"} 1", "weir_decide_seconds_count 1",
                "weir_outcome_to_model_seconds_count 1",
                "weir_budget_spent{budget=\"promotions\",currency=\"USD\"} 4.9",
                "weir_build_info{version=\"development\"} 1", "weir_ready 1",
                "weir_http_requests_total{method=\"POST\",path=\"/v1/track\",status=\"2xx\"} 2",
                "weir_http_requests_total{method=\"\",path=\"\",status=\"4xx\"} 1",
            ] {
                #expect(answer.text.contains("\n\(line)\n") || answer.text.hasPrefix(line), "\(line)")
            }
        }
    }

    @Test("The API's description lists every route and no other, and its examples fit its schemas")
    func openAPI() async throws {
        try await ServerUnderTest.run { server in
            let document = try await server.get("/openapi.json").json
            let schema = SchemaCheck(document: document)
            var listed: [String] = []
            for path in try #require(document["paths"]?.members) {
                for operation in path.value.members ?? [] {
                    listed.append("\(operation.name.uppercased()) \(path.name)")
                    var holders = operation.value["responses"]?.members?.map(\.value) ?? []
                    if let body = operation.value["requestBody"] { holders.append(body) }
                    for media in holders.compactMap({ $0["content"]?.members?.first?.value }) {
                        guard let example = media["example"] else { continue }
                        #expect(schema.faults(of: example, in: media["schema"]!) == [])
                    }
                }
            }
            // Pages are no part of the API; their routes say so themselves.
            let routes = try access(server.engine).table.filter { !$0.isPage }.flatMap { entry in
                ([entry.path] + entry.shortPaths).map { "\(entry.method) \($0)" }
            }
            #expect(listed.sorted() == routes.sorted())
        }
    }

    @Test("What the server answers fits its description")
    func answersFit() async throws {
        try await ServerUnderTest.run { server in
            let document = try await server.get("/openapi.json").json
            let schema = SchemaCheck(document: document)
            func check(_ answer: Answer, _ method: String, _ path: String) {
                let response = document["paths"]?[path]?[method]?["responses"]?["\(answer.status)"]
                let target = response?["$ref"] == nil ? response : document["components"]?["responses"]?["Problem"]
                let media = target?["content"]?.members?.first?.value
                guard let media else { return #expect(Bool(false), "\(method) \(path) does not list \(answer.status)") }
                #expect(schema.faults(of: answer.json, in: media["schema"]!) == [], "\(method) \(path)")
            }
            check(try await server.post("/v1/track", AccessTests.track), "post", "/v1/track")
            check(try await server.post("/v1/batch", #"{"batch": [1]}"#), "post", "/v1/batch")
            check(try await server.post("/v1/batch", "{"), "post", "/v1/batch")
            check(try await server.post("/v1/decide", DecidingTests.request), "post", "/v1/decide")
            check(try await server.post("/v1/decide", DecidingTests.request), "post", "/v1/decide")
            check(try await server.post("/v1/decide", "{}"), "post", "/v1/decide")
            check(
                try await server.post("/v1/decide/batch", #"{"requests": [{}, \#(DecidingTests.request)]}"#), "post",
                "/v1/decide/batch")
            check(
                try await server.post(
                    "/v1/outcomes", #"{"outcomes": [1, {"decision": "d-1", "outcome": "converted", "value": "2"}]}"#),
                "post", "/v1/outcomes")
            check(try await server.get("/v1/decisions"), "get", "/v1/decisions")
            check(try await server.get("/v1/decisions/d-1"), "get", "/v1/decisions/{id}")
            check(try await server.get("/v1/budgets"), "get", "/v1/budgets")
            check(try await server.get("/v1/catalog"), "get", "/v1/catalog")
            check(try await server.post("/v1/catalog", shop.body), "post", "/v1/catalog")
            check(try await server.get("/v1/quarantine"), "get", "/v1/quarantine")
            check(
                try await server.post("/v1/quarantine/resubmit", #"{"numbers": [1]}"#), "post",
                "/v1/quarantine/resubmit")
            check(try await server.delete("/v1/quarantine", #"{"numbers": [1]}"#), "delete", "/v1/quarantine")
            check(try await server.post("/v1/keys", #"{"name": "x", "scopes": ["collect"]}"#), "post", "/v1/keys")
            check(try await server.get("/v1/keys"), "get", "/v1/keys")
            check(try await server.delete("/v1/keys", #"{"name": "x"}"#), "delete", "/v1/keys")
            check(try await server.get("/healthz"), "get", "/healthz")
            check(try await server.get("/readyz"), "get", "/readyz")
        }
    }

    // MARK: Ends

    @Test("At the end everything is committed and the store is closed")
    func gracefulEnd() async throws {
        let store = MemoryStore()
        let engine = try Engine(store: store, clock: ManualClock(at: ServerUnderTest.start))
        try engine.apply(shop) { _ in }
        let service = EngineService(engine, tickSeconds: nil, logger: Logger(label: "test"))
        let group = ServiceGroup(services: [service], logger: Logger(label: "test"))
        await group.triggerGracefulShutdown()
        try await group.run()
        #expect(throws: StoreError.closed) { try store.counts() }
        #expect(try store.reopened().catalog(version: nil)?.version == 1)
    }

    @Test("A store that fails ends the service with its error", arguments: MemoryStore.Failure.allCases)
    func failingStore(failure: MemoryStore.Failure) async throws {
        let store = MemoryStore()
        store.failure = failure
        let engine = try Engine(store: store, clock: ManualClock(at: ServerUnderTest.start))
        try engine.apply(shop) { _ in }
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let service = EngineService(engine, tickSeconds: nil, logger: logger)
        await #expect(throws: SimulatedCrash.self) {
            try await ServiceGroup(services: [service], logger: logger).run()
        }
    }
}
