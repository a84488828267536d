import Testing
import WeirFiles
import WeirStatistics

/// What a table holds: its rows as texts, each with its line, and its faults.
private struct Content: Equatable {
    var names: [String] = []
    var rows: [[String]] = []
    var lines: [Int] = []
    var faults: [String] = []
}

/// Feeds bytes in pieces of that size, so that rows break anywhere.
private func feed(_ bytes: [UInt8], pieces: Int) -> ByteFeed {
    var rest = bytes[...]
    return ByteFeed { buffer in
        let piece = rest.prefix(min(pieces, buffer.count))
        buffer.copyBytes(from: piece)
        rest = rest.dropFirst(piece.count)
        return piece.count
    }
}

private func read(
    _ text: String, separator: UInt8? = nil, longestRow: Int = 1 << 24, pieces: Int = .max
) throws -> Content {
    let reader = try CSVReader(
        feed(Array(text.utf8), pieces: pieces), separator: separator, longestRow: longestRow)
    var content = Content(names: reader.names)
    while let step = try reader.next() {
        switch step {
        case .row(let row):
            content.rows.append((0..<row.count).map { row.text($0) ?? "?" })
            content.lines.append(reader.line)
        case .fault(let fault): content.faults.append(fault.description)
        }
    }
    return content
}

@Suite("CSVReader")
struct CSVReaderTests {
    @Test(
        "Quotes may hold separators, line ends and quotes; rows end in any way, wherever the bytes break",
        arguments: [1, 2, 3, 5, 8, 13, 1_000_000])
    func shapes(pieces: Int) throws {
        let content = try read(
            "\u{feff} a ,\"b, c\"\r\n1,\"x \"\"y\"\", z\"\r\n\r\n2,\"p\r\nq\"\r3,\n\n"
                + ",\"\"\"\"\n\"\",last", pieces: pieces)
        #expect(content.names == ["a", "b, c"])
        #expect(content.rows == [["1", "x \"y\", z"], ["2", "p\r\nq"], ["3", ""], ["", "\""], ["", "last"]])
        #expect(content.lines == [2, 4, 6, 8, 9])
        #expect(content.faults.isEmpty)
    }

    @Test("A bad row costs itself alone, and is told with line, column and remedy", arguments: [1, 7, 1_000_000])
    func faults(pieces: Int) throws {
        let count = "but the header names 2. Add or remove cells, or put text with “,” in quotes."
        let closing = "the closing quote of a field; double the quotes that belong to the text."
        let content = try read(
            "a,b\n1,2\n1\n1,2,3\n\"x\"y,2\n1,a \"b\"\n3,4\n5,\"open\n6,7\r\n8,\"open\n", pieces: pieces)
        #expect(content.rows == [["1", "2"], ["3", "4"], ["6", "7"]])
        #expect(
            content.faults == [
                "Line 3: 1 cells, \(count)", "Line 4: 3 cells, \(count)",
                "Line 5, column “a”: text follows \(closing)",
                "Line 6, column “b”: a quote stands inside a field; "
                    + "put the field in quotes and double the quotes in it.",
                "Line 8, column “b”: text follows \(closing)",
                "Line 10, column “b”: a quote is opened and never closed; close it, or double it.",
            ])
    }

    @Test(
        "A row may be as long as the limit; a longer one is a fault, the next one lands", arguments: [0, 1], [3, 500])
    func longRow(excess: Int, pieces: Int) throws {
        let long = "1," + String(repeating: "x", count: 38 + excess)
        let content = try read("a,b\n\(long)\n2,y\n\(long)\n3,z", longestRow: 40, pieces: pieces)
        #expect(content.rows.map { $0[0] } == (excess == 0 ? ["1", "2", "1", "3"] : ["2", "3"]))
        #expect(content.faults.count == (excess == 0 ? 0 : 2))
        #expect(content.faults.allSatisfy { $0.contains("the line is longer than 40 bytes") })
        let quoted = try read("a,b\n1,\"x\n\(String(repeating: "2,y\n", count: 20))3,z", longestRow: 40, pieces: pieces)
        #expect(quoted.rows.count == 21)
        #expect(quoted.faults.map { $0.contains("not closed within 40 bytes") } == [true])
    }

    @Test(
        "A header without commas tells another separator; a given one is taken, `sep=` overrules both",
        arguments: [
            ("a;b\n1;2,5\n", nil), ("a\tb\n1\t2,5\n", nil), ("sep=|\r\na|b\r\n1|2,5\r\n", nil),
            ("a;b\n1;2,5\n", UInt8(ascii: ";")), ("sep=;\na;b\n1;2,5", UInt8(ascii: ",")),
        ] as [(String, UInt8?)])
    func separators(text: String, separator: UInt8?) throws {
        let content = try read(text, separator: separator)
        #expect(content.names == ["a", "b"] && content.rows == [["1", "2,5"]])
    }

    @Test(
        "What stands in quotes tells no separator; what follows a closing quote does",
        arguments: [
            ("\"unit\";\"arm\";\"revenue\"\n1;2;3\n", ["unit", "arm", "revenue"]),
            ("\"unit\"\t\"arm\"\t\"a;b\"\r\n1\t2\t3", ["unit", "arm", "a;b"]),
            ("unit;arm;\"revenue, EUR\"\n1;2;3\n", ["unit", "arm", "revenue, EUR"]),
            ("\"revenue,\nEUR\";unit;arm\n1;2;3\n", ["revenue,\nEUR", "unit", "arm"]),
            ("# \"x\";y\n\"a \"\"b\"\"\";\"c\";d\n1;2;3\n", ["a \"b\"", "c", "d"]),
            ("\"a;b\",c,\"d\"\n1,2,3\n", ["a;b", "c", "d"]),
        ])
    func quotedHeader(text: String, names: [String]) throws {
        for pieces in [1, 7, Int.max] {
            let content = try read(text, pieces: pieces)
            #expect(content.names == names && content.rows == [["1", "2", "3"]] && content.faults.isEmpty)
        }
        #expect(try read("\"a;b\"\n1\n").names == ["a;b"])
        #expect(throws: FileError.self) { try read("\"a\" x,b\n1,2\n") }
    }

    @Test("Lines before the header that begin with # are comments, whatever they hold")
    func comments() throws {
        let text = "# Start date: 20261101\r\n#\"quoted\" x\n\n#\na,b\n#1,2\n"
        let reader = try CSVReader(feed(Array(text.utf8), pieces: 4))
        #expect(reader.comments == ["Start date: 20261101", "\"quoted\" x", ""])
        #expect(reader.names == ["a", "b"] && reader.headerLine == 5)
        guard case .row(let row) = try reader.next() else { return #expect(Bool(false)) }
        #expect(row.text(0) == "#1" && reader.line == 6)
    }

    @Test("A file without header, or with one that cannot be read, says so")
    func headers() throws {
        for empty in ["", "\u{feff}", "\n\r\n", "# only this"] {
            #expect(throws: FileError.noHeader) { try read(empty) }
        }
        #expect(throws: FileError.isUTF16) { try CSVReader(feed([0xff, 0xfe, 0x61, 0], pieces: 1)) }
        #expect { try read("a,\"b\n1,2\n") } throws: { "\($0)".contains("line 1, column 2: a quote is opened") }
        #expect { try CSVReader(feed([0xe9, 0x0a], pieces: 9)) } throws: { "\($0)".contains("is not UTF-8") }
        #expect(try read("a,b") == Content(names: ["a", "b"]))
    }

    @Test("What is written by the rules is read as it was, wherever the bytes break", arguments: UInt64(0)..<40)
    func roundTrip(seed: UInt64) throws {
        var random = Xoshiro256StarStar(seed: seed)
        let letters = Array("ab,;\"\n\r é").map(String.init)
        let ends = ["\n", "\r\n", "\r"]
        let rows = (0..<60).map { _ in
            (0..<3).map { _ in (0..<Int(random.next() % 12)).map { _ in letters[Int(random.next() % 9)] }.joined() }
        }
        var text = "x,y,z\n"
        for row in rows {
            let cells = row.map { cell in
                let isPlain = !cell.utf8.contains(where: ",\"\r\n".utf8.contains) && random.next() % 2 == 0
                return isPlain ? cell : "\"" + cell.replacing("\"", with: "\"\"") + "\""
            }
            text += cells.joined(separator: ",") + ends[Int(random.next() % 3)]
        }
        let content = try read(text, pieces: 1 + Int(random.next() % 50))
        #expect(content.faults.isEmpty)
        #expect(content.rows.map { $0.map { Array($0.utf8) } } == rows.map { $0.map { Array($0.utf8) } })
    }

    @Test("The bytes of a row are those of the file, quotes and all")
    func raw() throws {
        let reader = try CSVReader(feed(Array("a,b\n1,\"x\"\"y\"\r\n1,2,3\n".utf8), pieces: 5))
        guard case .row(let row) = try reader.next() else { return #expect(Bool(false)) }
        #expect(Array(row.raw) == Array("1,\"x\"\"y\"".utf8))
        guard case .fault = try reader.next() else { return #expect(Bool(false)) }
        #expect(Array(reader.faultyLine) == Array("1,2,3".utf8))
        #expect(try reader.next() == nil)
        #expect(try reader.next() == nil)
    }
}
