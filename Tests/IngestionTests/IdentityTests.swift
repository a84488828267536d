import Testing
import WeirDomain
import WeirIngestion
import WeirJSON

@Suite("Ids as senders write them, and what RudderStack's clients put elsewhere")
struct IdentityTests {
    let decoder = MessageDecoder(source: "web")

    func decode(_ message: JSON, at endpoint: Endpoint = .track) throws -> DecodedMessages {
        try decoder.decode(message, at: endpoint, received: received, newMessageID: { "made" })
    }

    @Test(
        "A number is an id as its digits say",
        arguments: [(97_234_974, "97234974"), (-7, "-7"), (12.0, "12"), (9_007_199_254_740_993, "9007199254740993")]
            as [(JSON, String)])
    func numbers(id: JSON, text: String) throws {
        let event = try decode([
            "event": "e", "userId": id, "anonymousId": id, "messageId": id,
        ]).events.first
        #expect(event?.userID == text && event?.anonymousID == text && event?.messageID == text)
        let alias = try decode(["userId": "u", "previousId": id], at: .alias).events.first
        #expect(alias?.context["previousId"] == .string(text))
    }

    @Test(
        "An id that names nobody counts as missing",
        arguments: ["undefined", "null", "[object Object]", 0, "000"] as [JSON])
    func nobody(id: JSON) throws {
        let event = try decode(["userId": id, "anonymousId": "z-1"], at: .identify).events.first
        #expect(event?.userID == nil && event?.anonymousID == "z-1")
        #expect(try decode(["event": "e", "userId": "u", "messageId": id]).events.first?.messageID == "made")
        for (message, endpoint, field) in [
            (["event": "e", "userId": id], .track, "userId"),
            (["event": "e", "anonymousId": id], .track, "anonymousId"),
            (["userId": "u", "previousId": id], .alias, "previousId"),
            (["userId": id, "previousId": "u"], .alias, "userId"),
            (["userId": "u", "groupId": id], .group, "groupId"),
        ] as [(JSON, Endpoint, String)] {
            let decoded = try decode(message, at: endpoint)
            #expect(decoded.events.isEmpty)
            #expect(decoded.rejected.first?.pointer == "#/\(field)")
            #expect(decoded.rejected.first?.reason.contains("names nobody") == true)
        }
    }

    @Test("Equivalent letters are one id")
    func normalized() throws {
        let event = try decode(["event": "e", "userId": "zoe\u{308}"]).events.first
        #expect(event.map { Array($0.userID!.utf8) } == Array("zo\u{eb}".utf8))
    }

    @Test("Traits of identify are read from the context too; the message's own win")
    func contextTraits() throws {
        let event = try decode(
            ["userId": "u", "traits": ["a": 1], "context": ["traits": ["a": 2, "b": 3]]], at: .identify
        ).events.first
        #expect(event?.properties == ["a": 1, "b": 3])
    }

    @Test("RudderStack's consent becomes a stamp; what is refused in either list is refused")
    func consent() throws {
        func stamp(_ managed: JSON) throws -> JSON? {
            let event = try decode(["event": "e", "userId": "u", "context": ["consentManagement": managed]]).events
                .first
            return event?.context["consent"]?["categoryPreferences"]
        }
        #expect(
            try stamp(["allowedConsentIds": ["marketing", "x"], "deniedConsentIds": ["ads", "x"]])
                == ["ads": false, "x": false, "marketing": true])
        #expect(try stamp(["allowedConsentIds": [], "deniedConsentIds": []]) == nil)
        let wrong = try decode([
            "event": "e", "userId": "u", "context": ["consentManagement": ["deniedConsentIds": "ads"]],
        ])
        #expect(wrong.rejected.first?.pointer == "#/context/consentManagement/deniedConsentIds")
    }

    @Test("Answers in a stamp are read as they are written; one that is none is refused with its place")
    func answers() throws {
        func decoded(_ preferences: JSON) throws -> DecodedMessages {
            try decode([
                "event": "e", "userId": "u", "context": ["consent": ["categoryPreferences": preferences, "by": "x"]],
            ])
        }
        let read = try decoded([
            "a": true, "b": "true", "c": "Yes", "d": 1, "e": "granted", "f": "false", "g": 0, "h": "denied", "i": nil,
            "j": 0.0,
        ])
        #expect(
            read.events.first?.context["consent"] == [
                "categoryPreferences": [
                    "a": true, "b": true, "c": true, "d": true, "e": true, "f": false, "g": false, "h": false,
                    "j": false,
                ], "by": "x",
            ])
        for (wrong, place) in [
            (["ads": "maybe"], "/ads"), (["ads": 2], "/ads"), (["ads": [true]], "/ads"), ("all", ""), (["ads"], ""),
        ] as [(JSON, String)] {
            let rejected = try decoded(wrong).rejected
            #expect(rejected.first?.pointer == "#/context/consent/categoryPreferences" + place)
        }
    }
}
