import Testing
import WeirDomain
import WeirIngestion
import WeirJSON

@Suite("A body of which something is no JSON")
struct BrokenPartsTests {
    let decoder = MessageDecoder(source: "web")
    let received = Timestamp(iso8601: "2026-03-01T12:00:00Z")!

    func decode(_ body: [UInt8], at endpoint: Endpoint = .batch) throws -> DecodedMessages {
        try body.withUnsafeBytes { bytes in
            let (body, broken) = try decoder.rules.readableBody(bytes, at: endpoint)
            return try decoder.decode(body, broken: broken, at: endpoint, received: received, newMessageID: { "made" })
        }
    }

    /// A message of which one property is written as given.
    static func message(_ user: String, _ value: [UInt8]) -> [UInt8] {
        Array(#"{"type":"track","userId":"\#(user)","event":"e","properties":{"inner":{"x":"#.utf8) + value
            + Array("}}}".utf8)
    }

    static let wrong: [[UInt8]] =
        [
            #""nice \ud83d""#, #""\udc00 x""#, "NaN", "-Infinity", "1e400", "undefined", "'x'", "01", #""\x""#,
            "\"a\tb\"",
            String(repeating: "[", count: 3_000) + String(repeating: "]", count: 3_000),
        ].map { Array($0.utf8) } + [Array("\"caf".utf8) + [0xe9] + Array("\"".utf8), [0x22, 0xc3, 0x22]]

    @Test("One message that cannot be read takes none along, and its place is told", arguments: wrong)
    func oneBadMessage(value: [UInt8]) throws {
        let good = Self.message("a", Array(#""a \" ] } , { [""#.utf8))
        let bad = Self.message("b", value)
        let body =
            Array(#"{ "sentAt" : null , "batch" : [ "#.utf8) + good + [0x2c] + bad + Array(" , ".utf8) + good
            + Array("] ,\"writeKey\":\"k\"}".utf8)
        let decoded = try decode(body)
        #expect(decoded.events.map(\.userID) == ["a", "a"])
        #expect(decoded.rejected.map(\.code) == [.malformed])
        #expect(decoded.rejected[0].pointer.hasPrefix("#/batch/1/properties/inner/x"))
        #expect(decoded.rejected[0].message == bad)
        #expect(decoded.rejected[0].reason.hasPrefix("The message is not valid JSON. "))
    }

    @Test(
        "A comma too many loses nothing",
        arguments: [#"{"batch":[M,M,]}"#, #"{"batch":[M,,M],}"#, #"{,"batch":[,M,M]}"#])
    func commas(body: String) throws {
        let good = String(decoding: Self.message("a", [0x31]), as: UTF8.self)
        let decoded = try decode(Array(body.replacing("M", with: good).utf8))
        #expect(decoded.events.map(\.userID) == ["a", "a"])
        #expect(decoded.rejected.isEmpty)
    }

    @Test("A single message that cannot be read is told as any other that is refused")
    func single() throws {
        let bad = Self.message("b", Array(#""\ud83d""#.utf8))
        let decoded = try decode(bad, at: .track)
        #expect(decoded.events.isEmpty)
        #expect(decoded.rejected.map(\.pointer) == ["#/properties/inner/x"])
    }

    @Test("Where what all messages share cannot be read none is taken, so that no refusal is lost")
    func shared() throws {
        let good = String(decoding: Self.message("a", [0x31]), as: UTF8.self)
        let decoded = try decode(Array(#"{"context":{"a":NaN},"batch":[\#(good),\#(good)],"other":NaN}"#.utf8))
        #expect(decoded.events.isEmpty)
        #expect(decoded.rejected.map(\.pointer) == ["#/context/a", "#/context/a"])
        let other = try decode(Array(#"{"batch":[\#(good)],"other":NaN}"#.utf8))
        #expect(other.events.count == 1)
    }

    @Test(
        "A body whose parts cannot be told apart is refused whole",
        arguments: [
            "", "[", "{", #"{"batch":[{"a":1}"#, #"{"batch":[NaN]"#, #"{"batch":["x]}"#, #"{"batch":[NaN]} x"#, "NaN",
            #"{"batch":NaN}"#, #"{"batch":[NaN NaN"#,
        ])
    func noFrame(text: String) {
        #expect(throws: IngestionError.self) { try decode(Array(text.utf8)) }
    }

    @Test("A line of a file that holds a batch loses the broken message only")
    func line() throws {
        let good = String(decoding: Self.message("a", [0x31]), as: UTF8.self)
        let chunk = try #require(try readAll(Array("{\"batch\":[\(good),{\"x\":NaN},\(good)]}\n\(good)\n".utf8)).first)
        #expect(chunk.events.count == 3)
        #expect(chunk.rejected.map(\.pointer) == ["#/batch/1/x"])
        #expect(chunk.rejected.map(\.line) == [1])
    }
}
