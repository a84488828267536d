import Foundation
import Testing
import WeirDomain
import WeirFiles
import WeirIngestion
import WeirJSON

@Suite struct CSVTests {
    static let mapping: CSVMapping = {
        var mapping = CSVMapping()
        mapping.event = .literal("Order Completed")
        mapping.userID = "customer"
        mapping.timestamp = "day"
        mapping.messageID = ["order", "line"]
        mapping.properties = [
            "note": .init(column: "note"), "revenue": .init(column: "total", type: .number),
            "gift": .init(column: "gift", type: .boolean),
        ]
        return mapping
    }()

    static let header = "order,line,customer,day,total,gift,note\n"

    func read(_ text: String, mapping: CSVMapping = mapping, pieces: Int = .max) throws -> EventFileReader.Chunk {
        try readAll(Array(text.utf8), as: .table(mapping), pieces: pieces).first ?? EventFileReader.Chunk()
    }

    @Test("A row becomes an event, its fields typed; an empty field is left out", arguments: [1, 5, 1_000_000])
    func rows(pieces: Int) throws {
        let text =
            "\u{feff}" + Self.header
            + "7,1,c1,2026-01-02,12.50,true,\"red, \"\"large\"\"\r\nand new\"\r\n"
            + "7,2,c2,2026-01-02T10:00:00Z,-3,0,\n"
            + "\n8,1,c1,,1e3,,\"\""
        let chunk = try read(text, pieces: pieces)
        #expect(chunk.rejected.isEmpty)
        #expect(
            chunk.events.map(\.properties) == [
                ["gift": true, "note": "red, \"large\"\r\nand new", "revenue": 12.5], ["gift": false, "revenue": -3],
                ["revenue": 1000.0],
            ])
        #expect(chunk.events.map(\.userID) == ["c1", "c2", "c1"])
        // What is worth less than nothing is a refund.
        #expect(chunk.events.map(\.name) == ["Order Completed", "Order Refunded", "Order Completed"])
        #expect(
            chunk.events.map(\.eventTime.iso8601) == [
                "2026-01-02T00:00:00.000Z", "2026-01-02T10:00:00.000Z", received.iso8601,
            ])
        #expect(Set(chunk.events.map(\.messageID)).count == 3)
        #expect(chunk.lastLine == 6)
    }

    @Test("A bad row is rejected with its line and column; those around it land")
    func goodBesideBad() throws {
        let chunk = try read(
            Self.header + """
                1,1,c1,2026-01-02,1,,
                2,1,c2,2026-01-02,"12,500",,
                3,1,,2026-01-02,1,,
                4,1,c4,02/01/2026,1,,
                5,1,c5,2026-01-02,1,maybe,
                6,1,c6,2026-01-02,1
                7,1,c7,2026-01-02,1,,a "quote" inside
                8,1,c8,2026-01-02,1,,"text" behind
                9,1,c9,2026-01-02,nan,,
                10,1,c10,2026-01-02,1,,"never closed
                11,1,c11,2026-01-02,1,,

                """)
        #expect(chunk.events.map(\.userID) == ["c1", "c11"])
        #expect(chunk.rejected.map(\.line) == Array(3...11))
        #expect(
            chunk.rejected.map(\.pointer)
                == ["#/total", "#/customer", "#/day", "#/gift", "#", "#", "#", "#/total", "#"])
        let reasons = chunk.rejected.map(\.reason)
        #expect(
            reasons[0]
                == "“total” is “12,500”, which may mean two numbers; declare “decimal: \".\"” or \",\" in the mapping.")
        #expect(reasons[1].hasSuffix("It is read from the column “customer”."))
        #expect(reasons[2].hasPrefix("“day” is “02/01/2026”, which may be two dates; declare"))
        #expect(reasons[3] == "“gift” is “maybe”; write true or false.")
        #expect(reasons[4] == "5 cells, but the header names 7. Add or remove cells, or put text with “,” in quotes.")
        #expect(reasons[5].hasPrefix("In column “note”: a quote stands inside a field"))
        #expect(reasons[6].hasPrefix("In column “note”: text follows the closing quote"))
        #expect(reasons[8].hasPrefix("In column “note”: a quote is opened and never closed"))
        #expect(chunk.rejected[4].message == Array("6,1,c6,2026-01-02,1".utf8))
    }

    @Test("A quote that is never closed takes its own line with it, not the file", arguments: [100, 1_000_000])
    func unclosedQuote(pieces: Int) throws {
        var rules = IngestionRules()
        rules.maximalBatchBytes = 1_000
        let rows = (0..<200).map { "\($0),1,c\($0),2026-01-02,1,,\($0 == 3 ? "\"" : "")\n" }.joined()
        let chunks = try readAll(
            Array((Self.header + rows).utf8), as: .table(Self.mapping), rules: rules, pieces: pieces)
        #expect(chunks.flatMap(\.events).count == 199)
        #expect(chunks.flatMap(\.rejected).map(\.line) == [5])
    }

    @Test("The mapping may take kind and name from columns, another delimiter, and ids as they are")
    func columns() throws {
        var mapping = CSVMapping()
        mapping.type = .column("kind")
        mapping.event = .column("what")
        mapping.anonymousID = "device"
        mapping.messageID = ["id"]
        mapping.groupID = "team"
        mapping.properties = ["plan": .init(column: "plan")]
        mapping.delimiter = ";"
        let chunk = try read(
            "id;kind;what;device;team;plan\na;track;Seen, twice;d;;p\nb;page;Home;d;;\nc;group;;d;t;p\nd;buy;;d;;\n",
            mapping: mapping)
        #expect(chunk.events.map(\.messageID) == ["a", "b", "c"])
        #expect(chunk.events.map(\.kind) == [.track, .page, .group])
        #expect(chunk.events.map(\.name) == ["Seen, twice", "Home", ""])
        #expect(chunk.events[2].properties == ["plan": "p"])
        #expect(chunk.events[2].context == ["groupId": "t"])
        #expect(chunk.rejected.map(\.pointer) == ["#/kind"])
    }

    @Test("Rows with equal ids are one; rows whose id columns are empty are not")
    func messageIDs() throws {
        let chunk = try read(
            Self.header + "1,2,c,,,,\n1,2,c,,,,other\n,12,c,,,,\n12,,c,,,,\n,,c,,,,\n,,c,,,,\n")
        let ids = chunk.events.map(\.messageID)
        #expect(ids.count == 6)
        #expect(ids[0] == ids[1])
        #expect(Set(ids).count == 5)
    }

    @Test("Columns that are missing are all named, beside those there are")
    func missingColumns() {
        let error = #expect(throws: EventFileError.self) { try read("customer,day,order,line,note\n") }
        #expect(
            error?.description
                == "The table has no column “gift”, “total”. Correct the mapping; the columns are "
                + "“customer”, “day”, “order”, “line”, “note”.")
        #expect(throws: EventFileError.repeatedColumn("day")) {
            try read("order,line,customer,day,total,gift,note,day\n")
        }
        #expect(throws: EventFileError.file(.noHeader)) { try read("") }
    }

    @Test("A field that is not UTF-8 is rejected, not repaired")
    func brokenUTF8() throws {
        let bytes =
            Array((Self.header + "1,1,c1,2026-01-02,1,,").utf8) + [0xe9, 0x0a] + Array("2,1,c2,2026-01-02,1,,\n".utf8)
        let chunk = try #require(try readAll(bytes, as: .table(Self.mapping)).first)
        #expect(chunk.events.map(\.userID) == ["c2"])
        #expect(chunk.rejected.map(\.pointer) == ["#/note"])
    }

    @Test("A mapping is read from its short and its long forms")
    func decoding() throws {
        let text = """
            {"type": {"column": "kind"}, "event": "Order Completed", "userId": "customer", "messageId": "order",
             "properties": {"note": "note", "revenue": {"column": "total", "type": "number"}}, "delimiter": ";"}
            """
        let mapping = try JSONDecoder().decode(CSVMapping.self, from: Data(text.utf8))
        #expect(mapping.type == .column("kind"))
        #expect(mapping.event == .literal("Order Completed"))
        #expect(mapping.messageID == ["order"])
        #expect(
            mapping.properties == ["note": .init(column: "note"), "revenue": .init(column: "total", type: .number)])
        #expect(mapping.delimiter == ";")
        #expect(try JSONDecoder().decode(CSVMapping.self, from: JSONEncoder().encode(mapping)) == mapping)
    }

    @Test(
        "A mapping that says nonsense is refused",
        arguments: [
            #"{"user": "customer"}"#, #"{"delimiter": ";;"}"#, #"{"delimiter": "\""}"#,
            #"{"properties": {"a": {"column": "b", "type": "date"}}}"#, #"{"properties": {"a": {"colum": "b"}}}"#,
        ])
    func badMapping(text: String) {
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(CSVMapping.self, from: Data(text.utf8)) }
    }
}
