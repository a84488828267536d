import HTTPTypes
import NIOCore
import Testing
import WeirDomain
import WeirEngine
import WeirJSON
import WeirStorage

@Suite("Collection, as Segment's libraries know it")
struct CollectingTests {
    static let good: [(String, String)] = [
        ("track", #"{"userId": "ada", "event": "Order Completed"}"#),
        ("identify", #"{"userId": "ada", "traits": {"firstName": "Ada"}}"#),
        ("page", #"{"anonymousId": "a-1", "userId": null, "name": null}"#),
        ("screen", #"{"userId": "ada", "name": "Home"}"#),
        ("group", #"{"userId": "ada", "groupId": "g-1", "traits": {}}"#),
        ("alias", #"{"userId": "ada", "previousId": "a-1"}"#),
        ("batch", #"{"batch": [{"type": "track", "userId": "ada", "event": "Seen"}], "sentAt": null}"#),
    ]

    @Test("A good message is answered with 200 when it is durable", arguments: good)
    func accepted(endpoint: String, body: String) async throws {
        try await ServerUnderTest.run { server in
            let answer = try await server.post("/v1/\(endpoint)", body)
            #expect(answer.status == 200)
            #expect(answer.text == #"{"success":true,"accepted":1,"duplicates":0,"rejected":[]}"#)
            #expect(try server.store.counts().events == 1)
        }
    }

    @Test("A message that comes again counts once")
    func duplicates() async throws {
        try await ServerUnderTest.run { server in
            let body = #"{"userId": "ada", "event": "Order Completed", "messageId": "m-1"}"#
            _ = try await server.post("/v1/track", body)
            let again = try await server.post("/v1/track", body)
            #expect(again.text == #"{"success":true,"accepted":0,"duplicates":1,"rejected":[]}"#)
            #expect(try server.store.counts().events == 1)
        }
    }

    @Test("A bad message goes to the quarantine with its place; the good ones beside it land")
    func rejected() async throws {
        try await ServerUnderTest.run { server in
            let answer = try await server.post(
                "/v1/batch",
                #"{"batch": [{"type": "track", "userId": "ada", "event": "Seen"}, {"type": "page"}, {"type": "track", "userId": [7], "event": "Seen"}]}"#
            )
            #expect(answer.status == 200)
            #expect(answer["accepted"] == 1)
            let pointers = answer["rejected"].array?.map { $0["pointer"] }
            #expect(pointers == ["#/batch/1/userId", "#/batch/2/userId"])
            #expect(try server.store.counts().quarantined == 2)
        }
    }

    @Test("Where nothing landed it is no success, and each message says why")
    func nothingLanded() async throws {
        try await ServerUnderTest.run { server in
            for body in [
                #"{"batch": [{"type": "track", "userId": "undefined", "event": "Seen"}]}"#, #"{"batch": [{"a": NaN}]}"#,
            ] {
                let answer = try await server.post("/v1/batch", body)
                #expect(answer.status == 200)
                #expect(answer["success"] == false)
                #expect(answer["rejected"].array?.count == 1)
            }
            #expect(try await server.post("/v1/batch", #"{"batch": []}"#)["success"] == true)
            #expect(try server.store.counts().quarantined == 2)
        }
    }

    @Test("A key that stands in a body of which a message is broken counts all the same")
    func keyOfBrokenBody() async throws {
        try await ServerUnderTest.run(keys: AccessTests.keys) { server in
            let good = #"{"type": "track", "userId": "ada", "event": "Seen"}"#
            let body = #"{"batch": [\#(good), {"x": "\ud83d"}], "writeKey": "collector"}"#
            #expect(try await server.post("/v1/batch", body)["accepted"] == 1)
            #expect(try server.store.quarantine(limit: 9).map(\.message.raw) == [Array(#"{"x": "\ud83d"}"#.utf8)])
            let single = try await server.post("/v1/track", #"{"writeKey": "collector", "x": 1e400}"#)
            #expect(single["success"] == false)
            #expect(try await server.post("/v1/track", #"{"writeKey": "nobody", "x": 1e400}"#).status == 401)
            #expect(try server.store.counts().quarantined == 2)
        }
    }

    @Test("A body may be packed, and a packed one may not unpack to more than is allowed")
    func gzip() async throws {
        try await ServerUnderTest.run { server in
            let body = Array(Self.good[6].1.utf8)
            let packed = try await server.send(
                .post, "/v1/batch", ByteBuffer(bytes: gzipped(body)), headers: [.contentEncoding: "gzip"])
            #expect(packed["accepted"] == 1)
            let large = try await server.send(
                .post, "/v1/track", ByteBuffer(bytes: gzipped([UInt8](repeating: 32, count: 32 * 1024 + 1))),
                headers: [.contentEncoding: "gzip"])
            #expect(large.status == 400)
            #expect(large.code == "too_large")
            let broken = try await server.send(
                .post, "/v1/batch", ByteBuffer(bytes: body), headers: [.contentEncoding: "gzip"])
            #expect(broken.status == 400)
            #expect(broken.code == "bad_gzip")
            let unknown = try await server.send(
                .post, "/v1/batch", ByteBuffer(bytes: body), headers: [.contentEncoding: "br"])
            #expect(unknown.status == 415)
        }
    }

    static let bad: [(String, String, String)] = [
        ("track", #"{"userId": "#, "malformed_json"), ("track", "[]", "not_an_object"), ("track", "", "malformed_json"),
        ("batch", "{}", "batch_missing"), ("batch", #"{"batch": 1}"#, "batch_not_an_array"),
        ("track", #"{"a": ""# + String(repeating: "x", count: 32 * 1024) + #""}"#, "too_large"),
        ("batch", #"{"a": ""# + String(repeating: "x", count: 500 * 1024) + #""}"#, "too_large"),
        ("batch", String(repeating: "x", count: 2 << 20), "too_large"),
    ]

    @Test("Only what cannot be read at all is refused, with the members that the libraries read", arguments: bad)
    func refused(endpoint: String, body: String, code: String) async throws {
        try await ServerUnderTest.run { server in
            let answer = try await server.post("/v1/\(endpoint)", body)
            #expect(answer.status == 400)
            #expect(answer.code == code)
            #expect(answer["message"].string?.isEmpty == false)
            #expect(answer["message"] == answer["detail"])
            #expect(answer.headers[.contentType] == "application/problem+json")
        }
    }

    @Test("A body of exactly the limit is taken")
    func limit() async throws {
        try await ServerUnderTest.run { server in
            let frame = #"{"userId": "ada", "event": "Seen", "writeKey": ""}"#
            let body = frame.dropLast(2) + String(repeating: "x", count: 32 * 1024 - frame.utf8.count) + #""}"#
            #expect(body.utf8.count == 32 * 1024)
            let whole = try await server.post("/v1/track", String(body))
            #expect(whole.status == 200)
            let longer = try await server.post("/v1/track", body + " ")
            #expect(longer.status == 400)
        }
    }

    @Test("With too much waiting the sender is told to come again")
    func overloaded() async throws {
        var settings = EngineSettings()
        settings.journalBound = 0
        try await ServerUnderTest.run(settings: settings) { server in
            let answer = try await server.post("/v1/track", Self.good[0].1)
            #expect(answer.status == 429)
            #expect(answer.headers[.retryAfter] == "1")
            let decision = try await server.post("/v1/decide", #"{"customer": "ada", "placement": "home"}"#)
            #expect(decision.status == 429)
        }
    }
}

/// gzip without compression (RFC 1951, stored blocks), which is enough to be unpacked.
func gzipped(_ bytes: [UInt8]) -> [UInt8] {
    precondition(bytes.count <= 65_535)
    var crc: UInt32 = ~0
    for byte in bytes {
        crc ^= UInt32(byte)
        for _ in 0..<8 { crc = crc >> 1 ^ (crc & 1 == 1 ? 0xedb8_8320 : 0) }
    }
    func little(_ value: some FixedWidthInteger) -> [UInt8] { withUnsafeBytes(of: value.littleEndian) { Array($0) } }
    let count = UInt16(bytes.count)
    return [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255, 1] + little(count) + little(~count) + bytes + little(~crc)
        + little(UInt32(bytes.count))
}
