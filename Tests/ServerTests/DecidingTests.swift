import Foundation
import HTTPTypes
import Testing
import WeirDomain
import WeirEngine
import WeirJSON
import WeirStorage

@Suite("Deciding and reporting over HTTP")
struct DecidingTests {
    static let request = #"{"customer": "ada", "placement": "home", "context": {"basket": 42.5}}"#

    @Test("The answer says what to offer and why")
    func golden() async throws {
        try await ServerUnderTest.run { server in
            let answer = try await server.post("/v1/decide", Self.request)
            #expect(answer.status == 200)
            try expectGolden(answer.text, "decide")
            #expect(try server.store.counts().decisions == 1)
        }
    }

    @Test("Asked to leave the reasons out it says what to offer only")
    func short() async throws {
        try await ServerUnderTest.run { server in
            let answer = try await server.post("/v1/decide?reasons=false", Self.request)
            #expect(answer.status == 200)
            try expectGolden(answer.text, "decide-short")
            // The log has them all the same.
            let looked = try await server.get("/v1/decisions/d-1")
            #expect(looked["candidates"].array?.count == 2)
            #expect(try await server.post("/v1/decide?reasons=perhaps", Self.request).status == 400)
        }
    }

    @Test("All that is wrong is named at once, with field, value and remedy")
    func faults() async throws {
        try await ServerUnderTest.run { server in
            let answer = try await server.post(
                "/v1/decide", #"{"customer": true, "placement": null, "context": [], "given": true, "time": "noon"}"#)
            #expect(answer.status == 400)
            #expect(answer.pointers == ["#/customer", "#/placement", "#/context", "#/given", "#/time"])
            try expectGolden(answer.text, "decide-faults")
        }
    }

    static let bad: [(body: String, status: Int, code: String, pointers: [String])] = [
        (#"{"placement": "home"}"#, 400, "invalid_request", ["#/customer"]),
        (#"{"customer": "", "placement": "home"}"#, 400, "invalid_request", ["#/customer"]),
        (#"{"customer": "ada"}"#, 400, "invalid_request", ["#/placement"]),
        (#"{"customer": "ada", "placement": "hoem"}"#, 404, "unknown_placement", ["#/placement"]),
        (#"{"customer": "ada", "placement": "till", "given": "sample"}"#, 404, "unknown_offer", ["#/given"]),
        (
            #"{"customer": "ada", "placement": "home", "time": "2026-01-01T00:00:00Z"}"#, 400, "time_not_allowed",
            ["#/time"]
        ),
        ("{", 400, "malformed_json", []), ("[]", 400, "not_an_object", []), ("\"\"", 400, "not_an_object", []),
        (String(repeating: " ", count: 2 << 20), 413, "too_large", []),
        (#"{"customer": "\#(long)", "placement": "home"}"#, 400, "invalid_request", ["#/customer"]),
        (
            #"{"anonymousId": "\#(long)", "placement": "\#(long)", "given": "\#(long)", "idempotencyKey": "\#(long)"}"#,
            400,
            "invalid_request", ["#/anonymousId", "#/placement", "#/given", "#/idempotencyKey"]
        ),
        (
            #"{"customer": "ada", "placement": "home", "context": {"page": "\#(String(repeating: "x", count: 8_192))"}}"#,
            400, "invalid_request", ["#/context"]
        ),
        (
            #"{"customer": "ada", "placement": "home", "context": {"a": \#(String(repeating: "[", count: 20))\#(String(repeating: "]", count: 20))}}"#,
            400, "invalid_request", ["#/context/a" + String(repeating: "/0", count: 15)]
        ),
    ]

    private static let long = String(repeating: "x", count: 257)

    @Test("A wrong request gets its own status, code and place", arguments: bad)
    func refused(body: String, status: Int, code: String, pointers: [String]) async throws {
        try await ServerUnderTest.run { server in
            let answer = try await server.post("/v1/decide", body)
            #expect(answer.status == status)
            #expect(answer.code == code)
            #expect(answer.pointers == pointers)
            #expect(answer["status"] == .integer(Int64(status)))
            #expect(try server.store.counts().decisions == 0)
        }
    }

    @Test("A misspelt placement gets the nearest known name")
    func suggestion() async throws {
        try await ServerUnderTest.run { server in
            let answer = try await server.post("/v1/decide", #"{"customer": "ada", "placement": "hoem"}"#)
            try expectGolden(answer.text, "unknown-placement")
        }
    }

    @Test("A body of exactly 1 MiB is read")
    func bodyLimit() async throws {
        try await ServerUnderTest.run { server in
            let body = Self.request + String(repeating: " ", count: 1 << 20 - Self.request.utf8.count)
            let whole = try await server.post("/v1/decide", body)
            #expect(whole.status == 200)
            let longer = try await server.post("/v1/decide", body + " ")
            #expect(longer.status == 413)
        }
    }

    @Test("A replay may name the moment; the server's own time is otherwise the only one")
    func time() async throws {
        try await ServerUnderTest.run(followsRequests: true) { server in
            let answer = try await server.post(
                "/v1/decide", #"{"userId": "ada", "placement": "home", "time": "2026-04-01T00:00:00Z"}"#)
            #expect(answer["time"] == "2026-04-01T00:00:00.000Z")
        }
    }

    @Test("Without a catalog the answer is to apply one")
    func noCatalog() async throws {
        try await ServerUnderTest.run(files: nil) { server in
            let answer = try await server.post("/v1/decide", Self.request)
            #expect(answer.status == 503)
            #expect(answer.code == "no_catalog")
        }
    }

    @Test("The same key and body get the same decision, another body is refused")
    func idempotency() async throws {
        try await ServerUnderTest.run { server in
            let key = HTTPField.Name("Idempotency-Key")!
            let first = try await server.post("/v1/decide", Self.request, headers: [key: "\"k-1\""])
            let again = try await server.post("/v1/decide", Self.request, headers: [key: "k-1"])
            #expect(first["decision"] == "d-1")
            #expect(again["decision"] == "d-1")
            #expect(first["repeated"] == false)
            #expect(again["repeated"] == true)
            #expect(again["offer"] == first["offer"])
            let other = try await server.post(
                "/v1/decide", #"{"customer": "bea", "placement": "home"}"#, headers: [key: "k-1"])
            #expect(other.status == 422)
            #expect(other.code == "key_reused")
            let empty = try await server.post("/v1/decide", Self.request, headers: [key: "\"\""])
            #expect(empty.status == 400)
            #expect(try server.store.counts().decisions == 1)
        }
    }

    @Test("A batch is answered in order, each by itself")
    func batch() async throws {
        try await ServerUnderTest.run { server in
            let answer = try await server.post(
                "/v1/decide/batch",
                #"{"requests": [{"customer": "ada", "placement": "home"}, {"customer": true, "placement": "home"}, {"customer": "bea", "placement": "nowhere"}, {"customer": "bea", "placement": "till"}]}"#
            )
            #expect(answer.status == 200)
            let decisions = try #require(answer["decisions"].array)
            #expect(decisions.map { $0["customer"]?.string } == ["ada", nil, nil, "bea"])
            #expect(decisions.map { $0["status"]?.integer } == [nil, 400, 404, nil])
            #expect(decisions[1]["errors"]?.array?[0]["pointer"] == "#/requests/1/customer")
            #expect(try server.store.counts().decisions == 2)
            #expect(try await server.post("/v1/decide/batch", #"{"requests": []}"#).text == #"{"decisions":[]}"#)
        }
    }

    @Test("A batch holds a thousand requests and no more", arguments: [(1_000, 200), (1_001, 400)])
    func batchLimit(count: Int, status: Int) async throws {
        try await ServerUnderTest.run { server in
            let requests = (0..<count).map { #"{"customer": "c\#($0)", "placement": "home"}"# }.joined(separator: ",")
            let answer = try await server.post("/v1/decide/batch", "{\"requests\": [\(requests)]}")
            #expect(answer.status == status)
            #expect(try server.store.counts().decisions == (status == 200 ? count : 0))
        }
    }

    // MARK: Outcomes

    @Test("An outcome is recorded once, and spends what was reserved")
    func outcome() async throws {
        try await ServerUnderTest.run { server in
            _ = try await server.post("/v1/decide", Self.request)
            let report = #"{"decision": "d-1", "outcome": "converted", "value": "20.00"}"#
            let first = try await server.post("/v1/outcomes", report)
            #expect(first.text == #"{"results":[{"decision":"d-1","result":"recorded"}]}"#)
            let again = try await server.post("/v1/outcomes", report)
            #expect(again.text == #"{"results":[{"decision":"d-1","result":"already_recorded"}]}"#)
            let budget = try await server.get("/v1/budgets")["budgets"].array?.first
            #expect(budget?["spent"] == "4.90")
            #expect(budget?["reserved"] == "0.00")
            let decision = try await server.get("/v1/decisions/d-1")
            #expect(decision["outcomes"].array?.first?["outcome"] == "converted")
            #expect(decision["outcomes"].array?.first?["value"] == "20.00 USD")
        }
    }

    @Test("Faults of a list stand beside the good reports, which land")
    func outcomeFaults() async throws {
        try await ServerUnderTest.run { server in
            _ = try await server.post("/v1/decide", Self.request)
            let answer = try await server.post(
                "/v1/outcomes",
                #"""
                {"outcomes": [{"decision": "d-1", "outcome": "converted"}, {"decision": "1", "outcome": "won"}, 7,
                {"decision": "d-1", "outcome": "reversed", "value": 1.5}, {"decision": "d-1", "outcome": "converted", "value": "1 EUR"},
                {"decision": "d-99", "outcome": "converted"}]}
                """#)
            #expect(answer.status == 200)
            try expectGolden(answer.text, "outcomes")
        }
    }

    @Test("A single wrong report is refused")
    func singleOutcome() async throws {
        try await ServerUnderTest.run { server in
            let answer = try await server.post("/v1/outcomes", #"{"outcome": "converted"}"#)
            #expect(answer.status == 400)
            #expect(answer.pointers == ["#/decision"])
        }
    }

    // MARK: Looking back

    @Test("Decisions are found by id, by customer and as the newest")
    func lookup() async throws {
        try await ServerUnderTest.run { server in
            for customer in ["ada", "bea", "ada"] {
                _ = try await server.post("/v1/decide", #"{"customer": "\#(customer)", "placement": "home"}"#)
            }
            func ids(_ uri: String) async throws -> [String?] {
                try await server.get(uri)["decisions"].array?.map { $0["decision"]?.string } ?? []
            }
            #expect(try await ids("/v1/decisions") == ["d-3", "d-2", "d-1"])
            #expect(try await ids("/v1/decisions?customer=ada") == ["d-3", "d-1"])
            #expect(try await ids("/v1/decisions?limit=1&customer=%61da") == ["d-3"])
            #expect(try await server.get("/v1/decisions/d-2")["customer"] == "bea")
            #expect(try await server.get("/v1/decisions/d-4").status == 404)
            #expect(try await server.get("/v1/decisions/4").status == 400)
            #expect(try await server.get("/v1/decisions?limit=0").status == 400)
            #expect(try await server.get("/v1/decisions?limit=1000").status == 200)
            #expect(try await server.get("/v1/decisions?limit=1001").status == 400)
        }
    }
}

/// Compares with a JSON file in `Golden`; `WEIR_RECORD_GOLDEN=1` records it anew.
func expectGolden(_ text: String, _ name: String) throws {
    // One member per line, so that a change can be reviewed.
    let shown =
        text.replacingOccurrences(of: ",\"", with: ",\n\"").replacingOccurrences(of: "},{", with: "},\n{") + "\n"
    try expectGolden(lines: shown, "\(name).json")
}

/// Compares with a file in `Golden` as it is; `WEIR_RECORD_GOLDEN=1` records it anew.
func expectGolden(lines: String, _ name: String) throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/\(name)")
    if ProcessInfo.processInfo.environment["WEIR_RECORD_GOLDEN"] != nil { try Data(lines.utf8).write(to: file) }
    #expect(lines == String(decoding: try Data(contentsOf: file), as: UTF8.self))
}
