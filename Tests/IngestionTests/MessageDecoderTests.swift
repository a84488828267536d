import Testing
import WeirDomain
import WeirIngestion
import WeirJSON

@Suite struct MessageDecoderTests {
    let decoder = MessageDecoder(source: "web")
    let received = Timestamp(iso8601: "2026-03-01T12:00:00Z")!

    func decode(_ body: JSON, at endpoint: Endpoint = .track) throws(IngestionError) -> DecodedMessages {
        try decoder.decode(body, at: endpoint, received: received, newMessageID: { "made" })
    }

    func rejection(_ body: JSON, at endpoint: Endpoint = .track) throws -> RejectedMessage {
        let decoded = try decode(body, at: endpoint)
        #expect(decoded.events.isEmpty)
        return try #require(decoded.rejected.first)
    }

    // MARK: Kinds

    @Test("A track message becomes an event")
    func track() throws {
        let body: JSON = [
            "type": "track", "event": "Order Completed", "userId": "u1", "anonymousId": "a1", "messageId": "m1",
            "timestamp": "2026-03-01T11:59:00.500+00:00", "properties": ["revenue": 25.5, "coupon": nil],
            "context": ["ip": "10.0.0.1"],
        ]
        let expected = Event(
            messageID: "m1", source: "web", kind: .track, name: "Order Completed", userID: "u1", anonymousID: "a1",
            eventTime: Timestamp(iso8601: "2026-03-01T11:59:00.500Z")!, receivedTime: received,
            properties: ["revenue": 25.5, "coupon": nil], context: ["ip": "10.0.0.1"])
        #expect(try decode(body).events == [expected])
        #expect(try decode(body).rejected.isEmpty)
    }

    @Test("The traits of identify and group are their properties", arguments: [Endpoint.identify, .group])
    func traits(endpoint: Endpoint) throws {
        let body: JSON = ["userId": "u", "groupId": "g", "traits": ["plan": "gold"], "properties": ["not": "this"]]
        let event = try #require(try decode(body, at: endpoint).events.first)
        #expect(event.kind.rawValue == endpoint.rawValue)
        #expect(event.properties == ["plan": "gold"])
        #expect(event.context["groupId"] == (endpoint == .group ? "g" : nil))
    }

    @Test("A page has a name, and its category among the properties", arguments: [Endpoint.page, .screen])
    func page(endpoint: Endpoint) throws {
        let full = try decode(["anonymousId": "a", "name": "Home", "category": "Start"], at: endpoint).events.first
        #expect(full?.name == "Home")
        #expect(full?.properties == ["category": "Start"])

        let own = try decode(["anonymousId": "a", "category": "x", "properties": ["category": "y"]], at: endpoint)
        #expect(own.events.first?.properties == ["category": "y"])
        #expect(try decode(["anonymousId": "a", "name": nil, "category": nil], at: endpoint).events.first?.name == "")
    }

    @Test("An alias needs both ids")
    func alias() throws {
        let event = try decode(["previousId": "old", "userId": "new"], at: .alias).events.first
        #expect(event?.context["previousId"] == "old")
        #expect(event?.userID == "new")
        #expect(try rejection(["previousId": "old", "userId": "anonymous:x"], at: .alias).pointer == "#/userId")
        #expect(try rejection(["userId": "new"], at: .alias).pointer == "#/previousId")
        #expect(try rejection(["previousId": "old", "anonymousId": "a"], at: .alias).pointer == "#/userId")
    }

    @Test("A group needs its id")
    func group() throws {
        let rejected = try rejection(["userId": "u", "groupId": nil], at: .group)
        #expect(rejected.code == .missing)
        #expect(rejected.reason == "“groupId” is missing; send the group's id, as a string.")
    }

    @Test(
        "E-commerce names of version 1 become those of version 2",
        arguments: [
            ("Completed Order", "Order Completed"), ("Viewed Product", "Product Viewed"),
            ("Viewed Product Category", "Product List Viewed"), ("Order Completed", "Order Completed"),
            ("Anything Else", "Anything Else"),
        ])
    func names(given: String, expected: String) throws {
        #expect(try decode(["event": .string(given), "userId": "u"]).events.first?.name == expected)
    }

    // MARK: Required fields

    @Test("One of the two ids is needed; null and an empty text are missing", arguments: [JSON.null, ""])
    func ids(absent: JSON) throws {
        #expect(try decode(["event": "e", "userId": "u", "anonymousId": absent]).events.first?.anonymousID == nil)
        #expect(try decode(["event": "e", "userId": absent, "anonymousId": "a"]).events.first?.userID == nil)
        let rejected = try rejection(["event": "e", "userId": absent, "anonymousId": absent])
        #expect(rejected.code == .missing)
        #expect(rejected.pointer == "#/userId")
        #expect(
            rejected.reason == "Neither “userId” nor “anonymousId” is given; send one of them at least, as a string.")
    }

    @Test("A track message needs an event name", arguments: [JSON.null, ""])
    func eventName(absent: JSON) throws {
        let body: JSON = ["event": absent, "userId": "u"]
        let rejected = try rejection(body)
        #expect(rejected.pointer == "#/event")
        #expect(rejected.message == body.bytes)
    }

    @Test(
        "A field of the wrong type is named with its value and a remedy",
        arguments: [
            ("userId", 1.5, "“userId” is the number 1.5, and no id has a fraction; send the id as a string."),
            (
                "userId", 1e30,
                "“userId” is the number 1e+30, which has lost digits on its way; send the id as a string."
            ),
            ("anonymousId", true, "“anonymousId” is the boolean true; send a string."),
            ("messageId", ["m"], "“messageId” is an array; send a string."),
            ("event", ["a"], "“event” is an array; send a string."),
            ("properties", "x", "“properties” is a string; send an object."),
            ("properties", [1], "“properties” is an array; send an object."),
            ("context", 1, "“context” is the number 1; send an object."),
            ("integrations", "All", "“integrations” is a string; send an object."),
            (
                "timestamp", 1_700_000_000,
                "“timestamp” is the number 1700000000; send ISO 8601, such as 2026-03-01T12:00:00.000Z."
            ),
            ("timestamp", "yesterday", "“timestamp” is “yesterday”; send ISO 8601, such as 2026-03-01T12:00:00.000Z."),
            ("sentAt", "now", "“sentAt” is “now”; send ISO 8601, such as 2026-03-01T12:00:00.000Z."),
            ("type", "identify", "“type” is “identify” at /v1/track; send it to /v1/identify or /v1/batch."),
        ] as [(String, JSON, String)])
    func wrongType(field: String, value: JSON, reason: String) throws {
        var members: [JSON.Member] = [
            .init("event", "e"), .init("userId", "u"), .init("timestamp", "2026-03-01T12:00:00Z"),
        ]
        members.removeAll { $0.name == field }
        let rejected = try rejection(.object(members + [.init(field, value)]))
        #expect(rejected.code == .invalid)
        #expect(rejected.pointer == "#/\(field)")
        #expect(rejected.reason == reason)
    }

    @Test("Absent or null objects are empty", arguments: ["properties", "context", "integrations"])
    func nullObjects(field: String) throws {
        let event = try decode(.object([.init("event", "e"), .init("userId", "u"), .init(field, .null)])).events.first
        #expect(event?.properties == .emptyObject)
        #expect(event?.context == .emptyObject)
    }

    // MARK: Message ids and limits

    @Test("A message id is kept, or made where there is none")
    func messageIDs() throws {
        #expect(try decode(["event": "e", "userId": "u", "messageId": "m"]).events.first?.messageID == "m")
        #expect(try decode(["event": "e", "userId": "u", "messageId": nil]).events.first?.messageID == "made")
        #expect(try decode(["event": "e", "userId": "u"]).events.first?.messageID == "made")
    }

    @Test("A message id has at most 100 characters", arguments: ["a", "é"])
    func messageIDLength(character: String) throws {
        func body(_ count: Int) -> JSON {
            ["event": "e", "userId": "u", "messageId": .string(String(repeating: character, count: count))]
        }
        #expect(try decode(body(100)).events.count == 1)
        let rejected = try rejection(body(101))
        #expect(rejected.code == .tooLarge)
        #expect(rejected.reason == "“messageId” has 101 characters; 100 are allowed. Send a UUID.")
        // A character may have any number of bytes.
        let long = try rejection([
            "event": "e", "userId": "u", "messageId": .string("a" + String(repeating: "\u{301}", count: 128)),
        ])
        #expect(long.reason.hasPrefix("“messageId” has 257 bytes; at most 256 are allowed."))
    }

    @Test("A message has at most 32 KB of compact JSON", arguments: [0, 1])
    func messageSize(excess: Int) throws {
        let empty: JSON = ["type": "track", "event": "e", "userId": "u", "properties": ["x": ""]]
        let text = String(repeating: "x", count: 32 * 1024 - empty.bytes.count + excess)
        let message: JSON = ["type": "track", "event": "e", "userId": "u", "properties": ["x": .string(text)]]
        let decoded = try decode(["batch": [message]], at: .batch)
        #expect(decoded.events.count == 1 - excess)
        #expect(decoded.rejected.map(\.code) == (excess == 0 ? [] : [.tooLarge]))
    }

    @Test("A body has at most 32 KB, a batch 500 KB", arguments: [(Endpoint.track, 32 * 1024), (.batch, 500 * 1024)])
    func bodySize(endpoint: Endpoint, limit: Int) throws {
        let body = Array("{}".utf8)
        let fitting = body + [UInt8](repeating: 0x20, count: limit - 2)
        #expect(try decoder.rules.body(fitting, at: endpoint) == .emptyObject)
        #expect(throws: IngestionError.tooLarge(bytes: limit + 1, limit: limit)) {
            try decoder.rules.body(fitting + [0x20], at: endpoint)
        }
    }

    @Test("Of a batch the first 2,500 messages land, the rest is rejected", arguments: [2_499, 2_500, 2_501, 2_503])
    func batchCount(count: Int) throws {
        let message: JSON = ["type": "track", "event": "e", "userId": "u"]
        let decoded = try decode(["batch": .array(Array(repeating: message, count: count))], at: .batch)
        #expect(decoded.events.count == min(count, 2_500))
        #expect(decoded.rejected.map(\.pointer) == (2_500..<max(count, 2_500)).map { "#/batch/\($0)" })
        #expect(decoded.rejected.allSatisfy { $0.code == .tooLarge })
    }

    // MARK: Clocks

    @Test(
        "The sender's clock error is taken out: received − (sent − timestamp)",
        arguments: [-3_600.0, -10, 0, 10, 86_400])
    func clockSkew(error: Double) throws {
        let age = TimeSpan.seconds(90)
        let sent = received + TimeSpan.seconds(error)
        let body: JSON = [
            "event": "e", "userId": "u", "timestamp": .string((sent - age).iso8601), "sentAt": .string(sent.iso8601),
        ]
        #expect(try decode(body).events.first?.eventTime == received - age)
    }

    @Test("Without sentAt the timestamp stands as it is; without a timestamp the arrival does")
    func plainTimes() throws {
        let past: JSON = ["event": "e", "userId": "u", "timestamp": "2019-05-04"]
        #expect(try decode(past).events.first?.eventTime == Timestamp(iso8601: "2019-05-04"))
        let original: JSON = ["event": "e", "userId": "u", "originalTimestamp": "2019-05-04"]
        #expect(try decode(original).events.first?.eventTime == Timestamp(iso8601: "2019-05-04"))
        #expect(try decode(["event": "e", "userId": "u"]).events.first?.eventTime == received)
        let sent: JSON = ["event": "e", "userId": "u", "sentAt": "2026-03-01T11:00:00Z"]
        #expect(try decode(sent).events.first?.eventTime == received)
    }

    @Test("An event may lie an hour after its arrival, not more", arguments: [0, 1])
    func clockAhead(excess: Int64) throws {
        let later = received + TimeSpan(microseconds: TimeSpan.hour.microseconds + excess * 1_000_000)
        let decoded = try decode(["event": "e", "userId": "u", "timestamp": .string(later.iso8601)])
        #expect(decoded.events.count == (excess == 0 ? 1 : 0))
        if excess > 0 {
            #expect(decoded.rejected.first?.code == .clockAhead)
            #expect(
                decoded.rejected.first?.reason
                    == "The timestamp 2026-03-01T13:00:01.000Z lies 3601 s after its arrival; the sender's clock is ahead. "
                    + "Set it, or send “sentAt”, so that its error can be taken out.")
        }
    }

    @Test("A sentAt of another clock does not move an event into the future")
    func otherClock() throws {
        let rejected = try rejection([
            "event": "e", "userId": "u", "timestamp": "2026-03-01T12:00:00Z", "sentAt": "1970-01-01T00:00:00Z",
        ])
        #expect(rejected.code == .clockAhead)
        #expect(rejected.reason.contains("its “sentAt” is 1970-01-01T00:00:00.000Z"))
    }

    @Test("What was sent more than an hour before it arrived was delayed, unless its clock began anew in the past")
    func delay() throws {
        func time(_ written: String, sent: String) throws -> Timestamp? {
            let body: JSON = ["event": "e", "userId": "u", "timestamp": .string(written), "sentAt": .string(sent)]
            return try decode(body).events.first?.eventTime
        }
        #expect(
            try time("2026-03-01T09:00:00Z", sent: "2026-03-01T10:59:59Z") == Timestamp(iso8601: "2026-03-01T09:00:00Z")
        )
        #expect(try time("1970-01-01T00:10:00Z", sent: "1970-01-01T00:10:05Z") == received - .second * 5)
    }

    @Test("What an archive had received before keeps its time")
    func archived() throws {
        let body: JSON = [
            "event": "e", "userId": "u", "timestamp": "2026-03-01T09:00:00Z", "sentAt": "2026-03-01T09:00:05Z",
            "receivedAt": "2026-03-01T09:00:06Z",
        ]
        #expect(try decode(body).events.first?.eventTime == Timestamp(iso8601: "2026-03-01T09:00:00Z"))
    }

    @Test("A consent that was moved to a later moment keeps the one that its sender wrote; no other event does")
    func movedConsent() throws {
        var body: JSON = [
            "event": "e", "userId": "u", "timestamp": "2026-03-01T11:30:00Z", "sentAt": "2026-03-01T11:30:05Z",
            "context": ["consent": ["categoryPreferences": ["marketing": true]]],
        ]
        let event = try #require(try decode(body).events.first)
        #expect(event.eventTime == received - .second * 5)
        #expect(event.writtenTime == Timestamp(iso8601: "2026-03-01T11:30:00Z"))
        body = ["event": "e", "userId": "u", "timestamp": "2026-03-01T11:30:00Z", "sentAt": "2026-03-01T11:30:05Z"]
        #expect(try decode(body).events.first?.writtenTime == nil)
        // A clock that is ahead is proved wrong.
        body = [
            "event": "e", "userId": "u", "timestamp": "2026-03-01T12:00:55Z", "sentAt": "2026-03-01T12:01:00Z",
            "context": ["consent": ["categoryPreferences": ["marketing": true]]],
        ]
        #expect(try decode(body).events.first?.writtenTime == nil)
    }

    @Test(
        "A time that is a day alone is known for one",
        arguments: [("2026-02-27", true), ("2026-02-27T00:00:00Z", false)])
    func dayAlone(written: String, isDay: Bool) throws {
        let body: JSON = [
            "event": "e", "userId": "u", "timestamp": .string(written), "sentAt": "2026-03-01T12:00:00Z",
        ]
        let event = try #require(try decode(body).events.first)
        #expect(event.isOfWholeDay == isDay)
        #expect(event.eventTime == Timestamp(iso8601: "2026-02-27"))
    }

    // MARK: Batches

    @Test("A bad message rejects itself only, with its place in the batch")
    func goodBesideBad() throws {
        let decoded = try decode(
            [
                "writeKey": "k", "sentAt": nil,
                "batch": [
                    ["type": "track", "event": "e", "userId": "first", "name": nil],
                    ["type": "track", "event": "e", "userId": true],
                    "text",
                    ["event": "e", "userId": "u"],
                    ["type": "buy", "userId": "u"],
                    ["type": "identify", "userId": "last"],
                ],
            ], at: .batch)
        #expect(decoded.events.map(\.userID) == ["first", "last"])
        #expect(
            decoded.rejected.map(\.pointer) == ["#/batch/1/userId", "#/batch/2", "#/batch/3/type", "#/batch/4/type"])
        #expect(decoded.rejected[0].message == Array(#"{"type":"track","event":"e","userId":true}"#.utf8))
        #expect(decoded.rejected[1].reason == "The message is a string; send an object.")
        #expect(decoded.rejected[3].reason.hasPrefix("“type” is “buy”; send one of “track”, “identify”"))
    }

    @Test("The batch's context, integrations and sentAt count for each message; its own members win")
    func sharedFields() throws {
        let decoded = try decode(
            [
                "sentAt": "2026-03-01T11:00:00Z", "integrations": ["All": false],
                "context": ["ip": "1", "campaign": ["name": "a", "source": "s"]],
                "batch": [
                    [
                        "type": "track", "event": "e", "userId": "u", "timestamp": "2026-03-01T10:59:00Z",
                        "context": ["campaign": ["name": "b"], "ip": nil],
                    ],
                    ["type": "track", "event": "e", "userId": "u", "integrations": ["All": true]],
                ],
            ], at: .batch)
        #expect(decoded.events.first?.eventTime == received - TimeSpan.minute)
        let contexts = decoded.events.map(\.context)
        #expect(contexts[0] == ["campaign": ["name": "b"], "ip": "1", "integrations": ["All": false]])
        #expect(contexts[1]["integrations"] == ["All": true])
        #expect(contexts[1]["campaign"] == ["name": "a", "source": "s"])
    }

    @Test("A message's own sentAt wins over the batch's")
    func ownSentAt() throws {
        let message: JSON = [
            "type": "track", "event": "e", "userId": "u", "timestamp": "2026-03-01T11:20:00Z",
            "sentAt": "2026-03-01T11:20:30Z",
        ]
        let decoded = try decode(["batch": [message], "sentAt": "2026-03-01T11:00:00Z"], at: .batch)
        #expect(decoded.events.first?.eventTime == received - TimeSpan.seconds(30))
    }

    @Test("A fault beside the batch is pointed out there", arguments: [("sentAt", JSON.string("x")), ("context", 1)])
    func sharedFault(field: String, value: JSON) throws {
        let message: JSON = ["type": "track", "event": "e", "userId": "u", "timestamp": "2026-03-01T11:59:00Z"]
        let decoded = try decode(.object([.init("batch", [message]), .init(field, value)]), at: .batch)
        #expect(decoded.rejected.map(\.pointer) == ["#/\(field)"])
    }

    @Test(
        "A body of which nothing can be read is an error with code and remedy",
        arguments: [
            ("{", "malformed_json"), ("[]", "not_an_object"), ("{}", "batch_missing"),
            (#"{"batch":null}"#, "batch_missing"), (#"{"batch":{}}"#, "batch_not_an_array"),
        ])
    func wholeBody(text: String, code: String) throws {
        let error = #expect(throws: IngestionError.self) {
            try decode(try decoder.rules.body(Array(text.utf8), at: .batch), at: .batch)
        }
        #expect(error?.code == code)
        #expect(error?.description.contains(code == "malformed_json" ? "Line 1, column 2" : "send") == true)
    }

    @Test("An empty batch holds nothing, which is no error")
    func emptyBatch() throws {
        #expect(try decode(["batch": []], at: .batch) == DecodedMessages())
    }

    // MARK: Beside decoding

    @Test("The write key is read from the body")
    func writeKey() {
        #expect((["writeKey": "k", "batch": []] as JSON).writeKey == "k")
        #expect((["writeKey": nil] as JSON).writeKey == nil)
        #expect((["writeKey": 1] as JSON).writeKey == nil)
    }

    @Test("An event written as a Segment message decodes to itself", arguments: Event.Kind.allCases)
    func export(kind: Event.Kind) throws {
        let event = Event(
            messageID: "m", source: "web", kind: kind, name: [.track, .page, .screen].contains(kind) ? "n" : "",
            userID: "u", anonymousID: "a", eventTime: Timestamp(iso8601: "2026-01-01T10:00:00.250Z")!,
            receivedTime: received, properties: kind == .alias ? .emptyObject : ["a": 1],
            context: ["ip": "1", "previousId": "p", "groupId": "g", "integrations": ["All": true]])
        let decoded = try decode(["batch": [event.segmentMessage]], at: .batch)
        #expect(decoded.events == [event])
    }

    @Test("A made message id is a UUID of version 4")
    func madeMessageID() {
        struct Constant: RandomNumberGenerator {
            var value: UInt64
            mutating func next() -> UInt64 { value }
        }
        var ones = Constant(value: .max)
        #expect(Event.newMessageID(using: &ones) == "ffffffff-ffff-4fff-bfff-ffffffffffff")
        var zeros = Constant(value: 0)
        #expect(Event.newMessageID(using: &zeros) == "00000000-0000-4000-8000-000000000000")
    }
}
