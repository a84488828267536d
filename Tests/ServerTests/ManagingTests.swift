import HTTPTypes
import Testing
import WeirDecisioning
import WeirDomain
import WeirEngine
import WeirJSON
import WeirStorage

@Suite("Managing over HTTP")
struct ManagingTests {
    @Test("A catalog is tried, applied once, and read back as it was written")
    func catalog() async throws {
        try await ServerUnderTest.run(files: nil) { server in
            #expect(try await server.get("/v1/catalog").status == 404)
            let trial = try await server.post("/v1/catalog?dry_run=true", shop.body)
            #expect(trial.status == 200)
            #expect(trial["applied"] == false)
            #expect(trial["version"] == 0)
            #expect(trial["differences"].array?.isEmpty == false)
            #expect(server.engine.plan == nil)

            let applied = try await server.post("/v1/catalog", shop.body)
            #expect(applied["version"] == 1)
            #expect(applied["differences"] == trial["differences"])
            let again = try await server.post("/v1/catalog", shop.body)
            #expect(again.text == #"{"version":1,"applied":true,"differences":[]}"#)
            let text = try await server.get("/v1/catalog")["files"].array?.last?["text"]?.string
            #expect(text == shop[0].text)
        }
    }

    @Test("A change of the catalog names what differs")
    func difference() async throws {
        try await ServerUnderTest.run { server in
            var files = shop
            files[1].text = campaign(cost: "5 USD")
            let answer = try await server.post("/v1/catalog", files.body)
            #expect(answer["version"] == 2)
            let differences = answer["differences"].array?.compactMap(\.string) ?? []
            #expect(differences.count == 1)
            #expect(differences.first?.contains("4.90 USD → 5.00 USD") == true)
        }
    }

    @Test("A budget's offers in another currency are refused, with the file and the line; nothing changes")
    func otherCurrency() async throws {
        try await ServerUnderTest.run { server in
            var files = shop
            files[1].text = campaign(cost: "5 EUR")
            let answer = try await server.post("/v1/catalog", files.body)
            #expect(answer.status == 422)
            #expect(answer.code == "invalid_catalog")
            #expect(answer.pointers.first == "#/files/1/text")
            #expect(answer["errors"].array?.first?["detail"]?.string?.hasPrefix("campaigns/welcome.yaml:") == true)
            #expect(server.engine.plan?.version == 1)
        }
    }

    @Test("A limit below what is committed is refused")
    func limitBelowCommitments() async throws {
        try await ServerUnderTest.run { server in
            _ = try await server.post("/v1/decide", DecidingTests.request)
            var files = shop
            files[0].text = files[0].text.replacing("100 USD", with: "4 USD")
            let answer = try await server.post("/v1/catalog", files.body)
            #expect(answer.status == 422)
            #expect(answer.code == "budget_committed")
            #expect(server.engine.plan?.version == 1)
        }
    }

    @Test(
        "A catalog that is no list of files is refused",
        arguments: [
            ("{}", "#/files"), (#"{"files": {}}"#, "#/files"), (#"{"files": [1]}"#, "#/files/0"),
            (#"{"files": [{"name": "weir.yaml"}]}"#, "#/files/0/text"),
        ])
    func noFiles(body: String, pointer: String) async throws {
        try await ServerUnderTest.run { server in
            let answer = try await server.post("/v1/catalog", body)
            #expect(answer.status == 400)
            #expect(answer.pointers == [pointer])
            #expect(try await server.post("/v1/catalog?dry_run=maybe", shop.body).status == 400)
        }
    }

    @Test("Budgets show where each unit of money is")
    func budgets() async throws {
        try await ServerUnderTest.run { server in
            _ = try await server.post("/v1/decide", DecidingTests.request)
            try expectGolden(try await server.get("/v1/budgets").text, "budgets")
        }
    }

    // MARK: Quarantine

    @Test("A quarantined message is listed, resubmitted when it is good, or given up")
    func quarantine() async throws {
        try await ServerUnderTest.run { server in
            _ = try await server.post("/v1/page", #"{"name": "Start", "writeKey": "secret"}"#)
            // Good by now: what was wrong has been mended here.
            let raw = #"{"type":"track","event":"Seen","userId":"ada"}"#
            let mended = QuarantinedMessage(
                source: "shop", receivedTime: ServerUnderTest.start, pointer: "#", reason: "was not known",
                raw: Array(raw.utf8))
            _ = try await server.engine.collect([], quarantined: [mended])

            let list = try #require(try await server.get("/v1/quarantine")["messages"].array)
            #expect(list.count == 2)
            #expect(list[0]["message"] == ["name": "Start", "type": "page"])
            #expect(list[0]["source"] == "open")
            let numbers = list.compactMap { $0["number"]?.integer }
            let body = #"{"numbers": [\#(numbers[0]), \#(numbers[1]), 99999]}"#
            let answer = try await server.post("/v1/quarantine/resubmit", body)
            #expect(answer["accepted"] == 1)
            #expect(answer["rejected"].array?.map { $0["number"] } == [.integer(numbers[0])])
            #expect(try server.store.counts().events == 1)

            let removed = try await server.delete("/v1/quarantine", body)
            #expect(removed.text == #"{"removed":1}"#)
            #expect(try await server.get("/v1/quarantine").text == #"{"messages":[]}"#)
            #expect(
                try await server.post("/v1/quarantine/resubmit", #"{"numbers": ["1"]}"#).pointers == ["#/numbers/0"])
        }
    }

    // MARK: Keys

    @Test("A key is told once, works at once, and no more when it is removed")
    func keys() async throws {
        try await ServerUnderTest.run(keys: [admin]) { server in
            let asAdmin: HTTPFields = [.authorization: "Bearer admin"]
            let made = try await server.post(
                "/v1/keys", #"{"name": "shop", "scopes": ["decide", "collect"]}"#, headers: asAdmin)
            #expect(made.status == 201)
            #expect(made["scopes"] == ["collect", "decide"])
            let secret = try #require(made["key"].string)
            #expect(secret.hasPrefix("wk_") && secret.utf8.count == 3 + 43)

            let list = try await server.get("/v1/keys", headers: asAdmin)
            #expect(!list.text.contains(secret))
            #expect(list["keys"].array?.map { $0["name"] } == ["admin", "shop"])
            let asShop: HTTPFields = [.authorization: "Bearer \(secret)"]
            #expect(try await server.post("/v1/decide", DecidingTests.request, headers: asShop).status == 200)
            let taken = try await server.post("/v1/keys", #"{"name": "shop", "scopes": ["collect"]}"#, headers: asAdmin)
            #expect(taken.status == 409)

            #expect(try await server.delete("/v1/keys", #"{"name": "shop"}"#, headers: asAdmin).status == 200)
            #expect(try await server.post("/v1/decide", DecidingTests.request, headers: asShop).status == 401)
            #expect(try await server.delete("/v1/keys", #"{"name": "shop"}"#, headers: asAdmin).status == 404)
        }
    }

    @Test(
        "A key needs a name and known scopes",
        arguments: [
            ("{}", ["#/name", "#/scopes"]), (#"{"name": "x", "scopes": []}"#, ["#/scopes"]),
            (#"{"name": "x", "scopes": ["read"]}"#, ["#/scopes/0"]),
        ])
    func badKeys(body: String, pointers: [String]) async throws {
        try await ServerUnderTest.run { server in
            let answer = try await server.post("/v1/keys", body)
            #expect(answer.status == 400)
            #expect(answer.pointers == pointers)
            #expect(try server.store.keys().isEmpty)
        }
    }
}
