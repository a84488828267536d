import CZlib
import Foundation
import Testing
import WeirStatistics
import WeirTables

/// Writes a file, reads it and removes it.
private func table(
    _ text: String, mustBeNumbers: [String] = [], mustBeCategories: [String] = [], packed: Bool = false
) throws -> Table {
    let path = NSTemporaryDirectory() + "table-\(ProcessInfo.processInfo.globallyUniqueString).csv"
    defer { try? FileManager.default.removeItem(atPath: path) }
    if packed {
        let file = gzopen(path, "wb")
        let bytes = Array(text.utf8)
        gzwrite(file, bytes, UInt32(bytes.count))
        gzclose(file)
    } else {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    }
    return try Table(path: path, mustBeNumbers: mustBeNumbers, mustBeCategories: mustBeCategories)
}

@Suite("Table")
struct TableTests {
    @Test("Columns of numbers are numbers, others categories; empty cells are missing", arguments: [false, true])
    func columns(packed: Bool) throws {
        let table = try table("# limits 1 2\na,b\n1,x\n,y\n-2.5e3,\n\"4\",x\n", packed: packed)
        #expect(table.comments == ["limits 1 2"])
        #expect(table.names == ["a", "b"])
        #expect(table.rows == 4)
        let numbers = try table.numbers("a")
        #expect(numbers[0] == 1 && numbers[1].isNaN && numbers[2] == -2500 && numbers[3] == 4)
        let (codes, levels) = try table.categories("b")
        #expect(codes == [0, 1, -1, 0])
        #expect(levels == ["x", "y"])
    }

    @Test("A text far down turns the whole column into categories with its spelling kept")
    func lateText() throws {
        let text = "a,b\n" + (0..<5000).map { "007,\($0 % 3)\n" }.joined() + "x,1\n"
        let (codes, levels) = try table(text).categories("a")
        #expect(levels == ["007", "x"])
        #expect(codes.count == 5001 && codes.last == 1)
        #expect(try table(text).numbers("b").count == 5001)
    }

    @Test("Where numbers are asked for, a text is a fault and its row left out")
    func mustBeNumbers() throws {
        let table = try table("k,a\nu,1\nv,x\nw,3\n", mustBeNumbers: ["a"])
        #expect(try table.numbers("a") == [1, 3])
        #expect(try table.categories("k").levels == ["u", "w"])
        #expect(table.faults == ["Line 3, column “a”: “x” is no number. Correct it."])
    }

    @Test("Where categories are asked for, numbers keep their spelling")
    func mustBeCategories() throws {
        #expect(try table("a\n1.0\n01\n", mustBeCategories: ["a"]).categories("a").levels == ["1.0", "01"])
        #expect(try table("a\n1.0\n7\n1\n").categories("a").levels == ["1", "7"])
    }

    @Test("Codes that only look like numbers are texts, unless numbers are asked for")
    func codes() throws {
        let text = "shop,sku,hour,x\n0007,1e5,3,-5\n0012,2e5,12,0.5\n"
        let read = try table(text)
        #expect(try read.categories("shop").levels == ["0007", "0012"])
        #expect(try read.categories("sku").levels == ["1e5", "2e5"])
        guard case .numbers = read.columns[2], case .numbers = read.columns[3] else {
            Issue.record("hour and x are numbers")
            return
        }
        #expect(try read.numbers("shop") == [7, 12] && read.numbers("sku") == [1e5, 2e5])
        #expect(try table(text, mustBeNumbers: ["shop"]).numbers("shop") == [7, 12])
    }

    @Test("A header without commas may separate with semicolons, whose texts may hold commas")
    func semicolons() throws {
        let read = try table("a;b\r\n1;x, y\r\n2;\"p;q\"\r\n")
        #expect(try read.numbers("a") == [1, 2])
        #expect(try read.categories("b").levels == ["x, y", "p;q"])
    }

    @Test("A text that is not UTF-8 costs its row, not its level")
    func brokenText() throws {
        let bytes = Array("a,b\nu,1\n".utf8) + [0xe9] + Array(",2\nw,3\nu,4\n".utf8)
        let path = NSTemporaryDirectory() + "table-\(ProcessInfo.processInfo.globallyUniqueString).csv"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        let read = try Table(path: path)
        #expect(try read.categories("a").levels == ["u", "w"])
        #expect(try read.numbers("b") == [1, 3, 4])
        #expect(read.faults == ["Line 3, column “a”: “\u{fffd}” is not UTF-8; save the table as UTF-8."])
    }

    @Test("A row's place among the file's records counts those that cannot be read, its line the empty ones too")
    func records() throws {
        let read = try table("a\nx,y\n1\n2\n\n3,\n4,5\n6\n7\n")
        #expect(try read.numbers("a") == [1, 2, 6, 7])
        #expect((0..<4).map(read.record(ofRow:)) == [1, 2, 5, 6])
        #expect((0..<4).map(read.line(ofRow:)) == [3, 4, 8, 9])
        #expect(throws: TableError.self) { try table("a\nx\n", mustBeNumbers: ["a"]).requireRows() }
    }

    @Test("What is said of many faulty lines: the first ten, and how many more there are")
    func faultMessages() throws {
        let messages = try table("a\n1\n" + String(repeating: "2,\n", count: 25)).faultMessages
        #expect(messages.count == 11)
        #expect(messages[0].hasPrefix("Line 3: 2 cells, but the header names 1."))
        #expect(messages[10] == "15 more rows are left out for such faults.")
        #expect(try table("a\n1\n").faultMessages.isEmpty)
    }

    @Test(
        "Rows with too few or too many cells are faults; the others count",
        arguments: [("1", 1), ("1,2,3", 3), ("1,2,", 3), (",,,", 4), ("\"1,2\"", 1)])
    func wrongWidth(row: String, cells: Int) throws {
        let table = try table("a,b\n1,2\n\(row)\n3,4")
        #expect(try table.numbers("a") == [1, 3])
        #expect(try table.numbers("b") == [2, 4])
        #expect(table.faultCount == 1)
        #expect(table.faults[0].hasPrefix("Line 3: \(cells) cells, but the header names 2."))
        #expect(table.line(ofRow: 0) == 2 && table.line(ofRow: 1) == 4)
    }

    @Test("Line ends of any kind, quotes with commas, line ends and quotes in them, empty lines and a byte-order mark")
    func shapes() throws {
        let table = try table("\u{feff}a,\"b,c\"\r\n1,\"x \"\"y\"\", z\"\r\n\r\n2,\"p\nq\"\r3,r\n\n4,s")
        #expect(table.names == ["a", "b,c"])
        #expect(try table.numbers("a") == [1, 2, 3, 4])
        #expect(try table.categories("b,c").levels == ["x \"y\", z", "p\nq", "r", "s"])
        #expect((0..<4).map(table.line(ofRow:)) == [2, 4, 6, 8])
    }

    @Test("Faulty quotes cost their line only")
    func faultyQuotes() throws {
        let table = try table("a,b\n1,\"x\"y\n2,z\n3,\"open\n4,w\n")
        #expect(try table.numbers("a") == [2, 4])
        #expect(table.faultCount == 2)
        #expect(table.faults[1].contains("never closed"))
    }

    @Test("Numbers are read as the standard library reads them", arguments: UInt64(0)..<20)
    func exactNumbers(seed: UInt64) throws {
        var random = Xoshiro256StarStar(seed: seed)
        let texts = (0..<2000).map { _ -> String in
            let bits = random.next()
            switch random.next() % 5 {
            case 0: return "\(Double(bitPattern: bits).isFinite ? Double(bitPattern: bits) : 1)"
            case 1: return "\(random.unit())"
            case 2: return String(format: "%.6f", (random.unit() - 0.5) * 1000)
            case 3: return "\(Int64(bitPattern: bits))"
            default: return "\(bits >> 11).\(bits & 1023)"
            }
        }
        let numbers = try table("a,b\n" + texts.map { "\($0),1\n" }.joined()).numbers("a")
        #expect(Array(numbers) == texts.map { Double($0)! })
    }

    @Test(
        "What is no number is none",
        arguments: ["0x10", "1e", ".", "+", "1.2.3", "1,5", "--1", "1 2", "e5", "none", "1_0"])
    func noNumbers(text: String) throws {
        #expect(throws: TableError.self) { try table("a,b\n\"\(text)\",1\n").numbers("a") }
    }

    @Test("Spaces around a number, a leading plus and a bare point are accepted; nan is missing")
    func spellings() throws {
        let numbers = try table("a,b\n 1 ,1\n+2,1\n.5,1\n5.,1\nNaN,1\n").numbers("a")
        #expect(numbers.prefix(4) == [1, 2, 0.5, 5] && numbers[4].isNaN)
    }

    @Test("Many chunks hold together", arguments: [1, 3])
    func long(seed: UInt64) throws {
        var random = Xoshiro256StarStar(seed: seed)
        let rows = (0..<120_000).map { _ in (Int(random.next() % 100_000), "n\(random.next() % 999)\"") }
        let text = "a,b\r\n" + rows.map { "\($0.0),\"\($0.1)\"\"\r\n" }.joined()
        let table = try table(text, packed: seed == 1)
        #expect(try table.numbers("a") == ContiguousArray(rows.map { Double($0.0) }))
        let (codes, levels) = try table.categories("b")
        #expect(zip(codes, rows).allSatisfy { levels[Int($0)] == $1.1 })
        #expect(levels.count == 999)
    }

    @Test("Faults of whole files name the file and the remedy")
    func fileFaults() throws {
        #expect(throws: TableError.self) { try Table(path: "/nowhere/x.csv") }
        #expect { try table("") } throws: { "\($0)".contains("is empty") }
        #expect { try table("# only this\n") } throws: { "\($0)".contains("is empty") }
        #expect { try table("1,2\n3,4\n") } throws: { "\($0)".contains("there is no header") }
        #expect { try table("a,b,a\n") } throws: { "\($0)".contains("column “a” more than once") }
        #expect { try table("value,cost\n1,2\n").numbers("vale") } throws: { "\($0)".contains("Did you mean “value”?") }
        #expect { try table("value,cost\n1,2\n").numbers("zzzzzz") } throws: { "\($0)".contains("“value”, “cost”") }
        #expect { try table("a,b\n1,2\nx,3\n").numbers("a") } throws: {
            "\($0)".contains("line 3, column “a”: “x” is no number")
        }
        #expect(try table("a,b").rows == 0)
    }
}
