import WeirFiles

/// What must hold of tables and packed bytes, whatever they are: for the fuzzer, and for what it found.
enum FileDecoding {
    /// What is wrong with how a table is read; nil where nothing is. A row that is refused is no fault.
    static func tableFault(_ bytes: [UInt8]) -> String? {
        let whole = rows(bytes, in: .max)
        return rows(bytes, in: 2) == whole ? nil : "It is read otherwise in pieces of two bytes"
    }

    /// What is wrong with how gzip is unpacked; nil where nothing is.
    static func gzipFault(_ bytes: [UInt8]) -> String? {
        let limit = 1 << 16
        let once = try? Gzip.unpacked(bytes, limit: limit)
        if let once, once.count > limit { return "\(once.count) bytes are more than the limit" }
        var read: [UInt8]? = []
        let source = feed(bytes, in: 3)
        var buffer = [UInt8](repeating: 0, count: 100)
        while let length = read?.count, length <= limit {
            let count = buffer.withUnsafeMutableBytes { try? source.read(into: $0) }
            guard let count else { read = nil; break }
            guard count > 0 else { break }
            read?.append(contentsOf: buffer[..<count])
        }
        guard Gzip.isPacked(bytes), let once else { return nil }
        return read == once ? nil : "Piece by piece it is something else"
    }

    private static func rows(_ bytes: [UInt8], in pieces: Int) -> [String] {
        let reader: CSVReader
        do throws(FileError) { reader = try CSVReader(feed(bytes, in: pieces), longestRow: 512) } catch {
            return ["\(error)"]
        }
        var told = [reader.names.joined(separator: "|"), "\(reader.headerLine)"]
        var texts = TextIndex()
        let isText = [Bool](repeating: false, count: reader.names.count)
        do throws(FileError) {
            while let step = try reader.next() {
                switch step {
                case .fault(let fault): told.append("\(fault.line): \(fault.reason)")
                case .row(let row):
                    var cells = (0..<row.count).map { column in
                        _ = texts.index(of: row[column])
                        let number = NumberText.number(row[column]) ?? NumberText.finite(row[column])
                        return "\(row.text(column) ?? "?") \(number ?? 0) \(NumberText.isCode(row[column]))"
                    }
                    var numbers = [Double](repeating: 0, count: row.count)
                    let read = isText.withUnsafeBufferPointer { isText in
                        numbers.withUnsafeMutableBufferPointer {
                            row.plainNumbers(from: 0, exceptIn: isText, into: $0.baseAddress!, stride: 1)
                        }
                    }
                    cells.append("\(read) \(numbers)")
                    told.append("\(reader.line): " + cells.joined(separator: "|"))
                }
            }
        } catch { told.append("\(error)") }
        return told + texts.texts
    }

    private static func feed(_ bytes: [UInt8], in pieces: Int) -> ByteFeed {
        var rest = bytes[...]
        return ByteFeed { buffer in
            let piece = rest.prefix(min(pieces, buffer.count))
            buffer.copyBytes(from: piece)
            rest = rest.dropFirst(piece.count)
            return piece.count
        }
    }

    static let tableSeeds = [
        "# a comment\nname,count,share\nada,12,0.5\n\"b, \"\"c\"\"\",-3,1e-7\r\n,007,\n\"never closed,1,2\nd,1\n",
        "sep=;\na;b\n1,5;2\n", "\u{feff}a\tb\n1\t2\r3\t\"4\n5\"\n", "a,b\n\"x\"y,1\n99999999999999999999,-.5\n",
    ].map { Array($0.utf8) }

    static let gzipSeeds: [[UInt8]] = [
        // “hello”, and nothing, each stored and packed.
        [
            0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0xcb, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0, 0x86, 0xa6, 0x10, 0x36, 5, 0, 0,
            0,
        ], [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0], [0x1f], Array("plain".utf8),
    ]
}
