import Testing
import WeirJSON
import WeirStatistics

@Suite struct JSONParsingTests {
    @Test(
        "A value is read as JSON means it",
        arguments: [
            ("null", .null), (" \t\r\n true ", true), ("false", false), ("{}", .emptyObject), ("[]", []),
            ("0", 0), ("-0", 0), ("12.5", 12.5), ("-1.5e3", -1500.0), ("1e2", .number(100)), ("2.0", .number(2)),
            ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
            ("9223372036854775808", .number(0x1p63)), ("18446744073709551615", .number(0x1p64)),
            ("18446744073709551616", .number(0x1p64)), ("-9223372036854775809", .number(-0x1p63)),
            (
                "[1, 123456789012345678901234567890, \"18446744073709551616\"]",
                [1, .number(1.2345678901234568e29), "18446744073709551616"]
            ),
            (#""""#, ""), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"), (#""\u00e9\u20AC""#, "é€"),
            (#""\ud83d\ude00 😀""#, "😀 😀"), (#""a\u0000b""#, "a\0b"), ("\u{feff}[1]", [1]),
            (#"{"a":{"b":[1,{"c":null}]},"d":"e"}"#, ["a": ["b": [1, ["c": nil]]], "d": "e"]),
        ] as [(String, JSON)])
    func reads(text: String, expected: JSON) throws {
        #expect(try JSON(parsing: text) == expected)
    }

    @Test(
        "A name that comes twice counts once: in its first place, with its last value", arguments: [2, 31, 32, 33, 100])
    func repeatedNames(count: Int) throws {
        // Names of one length with equal beginnings and ends, so that only a whole comparison tells them apart.
        let names = (0..<count - 1).map { "property_\($0 + 1000)_of_the_event" }
        let members = names.map { "\"\($0)\":1" }.joined(separator: ",")
        let value = try JSON(parsing: "{\(members),\"\(names[0])\":2}")

        #expect(value.members?.map(\.name) == names)
        #expect(value[names[0]] == 2)
        #expect(names.dropFirst().allSatisfy { value[$0] == 1 })
    }

    @Test("Names that differ in one byte are different", arguments: 0..<20)
    func similarNames(position: Int) throws {
        var other = Array("abcdefghijklmnopqrst".utf8)
        other[position] = UInt8(ascii: "X")
        let value = try JSON(parsing: "{\"abcdefghijklmnopqrst\":1,\"\(String(decoding: other, as: UTF8.self))\":2}")
        #expect(value.members?.count == 2)
    }

    @Test("A number that JSON cannot hold is written as null", arguments: [Double.nan, .infinity, -.infinity])
    func unwritable(number: Double) throws {
        var writer = JSONWriter()
        writer.object { $0.member("figure", number) }
        #expect(String(decoding: writer.bytes, as: UTF8.self) == #"{"figure":null}"#)
    }

    @Test("Values may nest 64 levels deep, not 65", arguments: ["[", "{\"a\":"])
    func depth(opening: String) throws {
        func nested(_ depth: Int) -> String {
            let inner = opening == "[" ? "[]" : "{}"
            let closing = opening == "[" ? "]" : "}"
            return String(repeating: opening, count: depth - 1) + inner + String(repeating: closing, count: depth - 1)
        }
        #expect(try JSON(parsing: nested(JSON.maximalDepth)).text == nested(JSON.maximalDepth))
        let error = #expect(throws: JSONParsingError.self) { try JSON(parsing: nested(JSON.maximalDepth + 1)) }
        #expect(error?.message.contains("deeper than 64 levels") == true)
    }

    @Test(
        "A fault is named, with its place and a remedy",
        arguments: [
            ("", 1, 1, "The text is empty; send one JSON value."),
            ("  \n ", 2, 2, "The text is empty; send one JSON value."),
            ("{\"a\":1,}", 1, 8, "“}” stands where a member's name in double quotes should be."),
            ("{\"a\" 1}", 1, 6, "“1” stands where “:” should follow the name."),
            ("{\n  \"a\": 1\n  \"b\": 2\n}", 3, 3, "“\"” stands where “,” or “}” should be."),
            ("{'a':1}", 1, 2, "“'a'” stands where a member's name in double quotes should be."),
            ("[1 2]", 1, 4, "“2” stands where “,” or “]” should be."),
            ("[1,]", 1, 4, "“]” is no JSON value; a text stands in double quotes."),
            ("[1] x", 1, 5, "“x” follows the value; send one JSON value (in a file, one per line)."),
            ("[True]", 1, 2, "“True” is no JSON value; a text stands in double quotes."),
            ("[NaN]", 1, 2, "“NaN” is no JSON value; a text stands in double quotes."),
            ("[01]", 1, 2, "“01” is no JSON number; write it like -12.5e3, or as a string."),
            ("[1.]", 1, 2, "“1.” is no JSON number; write it like -12.5e3, or as a string."),
            ("[-]", 1, 2, "“-” is no JSON number; write it like -12.5e3, or as a string."),
            ("[1e999]", 1, 2, "“1e999” is too large for a number; write it as a string."),
            ("[1, 2", 1, 6, "The text ends inside an array; it was cut short, send it whole."),
            ("{\"a\": ", 1, 7, "The text ends where a value should be; it was cut short, send it whole."),
            ("{\"a\": \"b", 1, 9, "The text ends inside a string; it was cut short, send it whole."),
            ("\"a\nb\"", 1, 3, "A control character stands in a string; write it as “\\u000a”."),
            (#"["\q"]"#, 1, 3, "“\\” begins no JSON escape here; write a backslash as “\\\\”."),
            (#"["\u12g4"]"#, 1, 3, "“\\u” needs four hexadecimal digits."),
            (#""\ud800""#, 1, 2, "Half a surrogate pair stands alone in a string; write both halves, or neither."),
            (
                #""\ud800\u0041""#, 1, 2,
                "Half a surrogate pair stands alone in a string; write both halves, or neither."
            ),
            (#""\udc00""#, 1, 2, "Half a surrogate pair stands alone in a string; write both halves, or neither."),
        ])
    func fault(text: String, line: Int, column: Int, message: String) {
        let error = #expect(throws: JSONParsingError.self) { try JSON(parsing: text) }
        #expect(error?.description == "Line \(line), column \(column): \(message)")
    }

    @Test("A byte that is not UTF-8 is found")
    func brokenUTF8() {
        let error = #expect(throws: JSONParsingError.self) {
            try JSON(parsing: Array("[\"é".utf8) + [0xff, 0x22, 0x5d])
        }
        #expect(error?.offset == 4)
        #expect(error?.message == "A byte here is not UTF-8; save or send the text as UTF-8.")
    }

    @Test("What was written reads back the same", arguments: UInt64(0)..<200)
    func roundTrip(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let value = JSON.drawn(depth: 5, using: &random)
        #expect(try JSON(parsing: value.bytes) == value)
    }

    @Test("A text cut short anywhere is an error, never a crash", arguments: UInt64(0)..<50)
    func truncation(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let bytes = JSON.array([.drawn(depth: 4, using: &random)]).bytes
        for count in 0..<bytes.count {
            #expect(throws: JSONParsingError.self) { try JSON(parsing: Array(bytes[..<count])) }
        }
    }

    @Test("Whatever simdjson refuses, the error says why", arguments: UInt64(0)..<300)
    func damage(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var bytes = JSON.drawn(depth: 4, using: &random).bytes
        for _ in 0..<3 {
            bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
        }
        do throws(JSONParsingError) {
            let value = try JSON(parsing: bytes)
            #expect(throws: Never.self) { try JSON(parsing: value.bytes) }
        } catch {
            #expect(error.message != "This JSON cannot be read.")
            #expect((0...bytes.count).contains(error.offset))
        }
    }

    @Test("A large text is read, and small ones after it")
    func large() throws {
        let values = JSON.array((0..<300_000).map { .integer($0) })
        #expect(try JSON(parsing: values.bytes) == values)
        #expect(try JSON(parsing: "[1]") == [1])
    }

    @Test("Threads parse beside one another")
    func threads() async throws {
        let values = (0..<64).map { number in
            JSON.object([
                .init("n", .integer(number)), .init("text", .string(String(repeating: "é\(number)", count: 50))),
            ])
        }
        try await withThrowingTaskGroup(of: JSON.self) { group in
            for value in values {
                group.addTask {
                    var last = JSON.null
                    for _ in 0..<200 { last = try JSON(parsing: value.bytes) }
                    return last
                }
            }
            var found: [JSON] = []
            for try await value in group { found.append(value) }
            #expect(found.sorted { $0["n"]!.integer! < $1["n"]!.integer! } == values)
        }
    }
}

extension JSON {
    /// A value with awkward texts and numbers that reads back equal: whole doubles come back as integers, so none.
    static func drawn(depth: Int, using random: inout SplitMix64) -> JSON {
        switch Int.random(in: 0..<(depth > 0 ? 8 : 5), using: &random) {
        case 0: return .null
        case 1: return .bool(.random(using: &random))
        case 2: return .integer(Int64(bitPattern: random.next()) >> Int64.random(in: 0..<64, using: &random))
        case 3:
            let value = Double(bitPattern: random.next())
            return .number(value.isFinite && Int64(exactly: value) == nil ? value : 0.1)
        case 4: return .string(text(using: &random))
        case 5, 6:
            return .array(
                (0..<Int.random(in: 0..<5, using: &random)).map { _ in drawn(depth: depth - 1, using: &random) })
        default:
            let count = Int.random(in: 0..<(depth > 3 ? 40 : 5), using: &random)
            return .object(
                (0..<count).map { Member("\($0)" + text(using: &random), drawn(depth: depth - 1, using: &random)) })
        }
    }

    private static func text(using random: inout SplitMix64) -> String {
        let characters = [
            "a", "Z", "0", " ", "\"", "\\", "/", "\n", "\r", "\t", "\u{0}", "\u{1f}", "é", "€", "😀", "\u{ffff}",
        ]
        return (0..<Int.random(in: 0..<24, using: &random)).map { _ in characters.randomElement(using: &random)! }
            .joined()
    }
}
