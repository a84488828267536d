package import WeirFiles

/// The beginning of a table: finds the line that names the mapping's columns, whatever stands above it, and the byte
/// between cells.
package struct TableOpening {
    /// The table as UTF-8, with empty lines in place of the titles above its header.
    package let feed: ByteFeed
    /// Nil where no line of the beginning names any column; the reader then finds it in the first line.
    package let separator: UInt8?

    /// How many lines may stand above a header, and how many bytes of a file are looked at for it.
    private static let lineLimit = 100
    private static let byteLimit = 256 * 1024

    package init(_ source: ByteFeed, _ mapping: CSVMapping) throws(FileError) {
        let decoded = ByteFeed(source, decoding: mapping.encoding)
        var beginning = try Self.beginning(of: decoded)
        let mark: [UInt8] = [0xef, 0xbb, 0xbf]
        if beginning.starts(with: mark) { beginning.removeFirst(3) }
        let lines = Self.lines(of: beginning)
        var separators =
            mapping.delimiter.flatMap { $0.utf8.first }.map { [$0] } ?? [",", ";", "\t", "|"].map { UInt8(ascii: $0) }
        if let first = lines.first, beginning[first].count == 5, beginning[first].starts(with: "sep=".utf8) {
            // As Excel names it.
            separators = [beginning[first].last!]
        }
        let columns = mapping.columns
        // The line with most of the columns, the first of equals; where none has any the first line is the header.
        var found: (line: Int, separator: UInt8, count: Int)?
        for (index, line) in lines.enumerated().dropFirst(mapping.skip) where found?.count ?? 0 < columns.count {
            for separator in separators {
                let names = Self.cells(of: beginning[line], separator: separator)
                let count = columns.count { names.contains($0) }
                if count > found?.count ?? 0 { found = (index, separator, count) }
            }
        }
        separator = found?.separator ?? mapping.delimiter?.utf8.first
        let titles = found?.line ?? min(mapping.skip, lines.count)
        if titles > 0 {
            let start = titles < lines.count ? lines[titles].lowerBound : beginning.count
            beginning.replaceSubrange(..<start, with: repeatElement(UInt8(ascii: "\n"), count: titles))
        }
        var rest = beginning[...]
        feed = ByteFeed { buffer throws(FileError) in
            guard !rest.isEmpty else { return try decoded.read(into: buffer) }
            let count = min(buffer.count, rest.count)
            buffer.copyBytes(from: rest.prefix(count))
            rest.removeFirst(count)
            return count
        }
    }

    /// The first lines of a table as headers, each split by the byte that makes most cells of it.
    static func headers(of source: ByteFeed) throws(FileError) -> [[String]] {
        var beginning = try beginning(of: ByteFeed(source, decoding: nil))
        if beginning.starts(with: [0xef, 0xbb, 0xbf]) { beginning.removeFirst(3) }
        return lines(of: beginning).map { line in
            let splits = [",", ";", "\t", "|"].map { cells(of: beginning[line], separator: UInt8(ascii: $0)) }
            return splits.reduce([]) { $1.count > $0.count ? $1 : $0 }
        }
    }

    private static func beginning(of feed: ByteFeed) throws(FileError) -> [UInt8] {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 64 * 1024)
        var lines = 0
        while bytes.count < byteLimit, lines <= lineLimit {
            let result = piece.withUnsafeMutableBytes { piece in
                Result { () throws(FileError) in try feed.read(into: piece) }
            }
            let count: Int
            switch result {
            case .success(let read): count = read
            case .failure(let error):
                // What can be read is read; the failure comes again where it stands.
                guard !bytes.isEmpty else { throw error }
                count = 0
            }
            if count == 0 { break }
            bytes += piece[..<count]
            lines += piece[..<count].count { $0 == UInt8(ascii: "\n") }
        }
        return bytes
    }

    /// Where the first lines stand, without their ends.
    private static func lines(of bytes: [UInt8]) -> [Range<Int>] {
        var lines: [Range<Int>] = []
        var start = 0
        var index = 0
        while index < bytes.count, lines.count <= lineLimit {
            guard bytes[index].isLineEnd else {
                index += 1
                continue
            }
            lines.append(start..<index)
            let isPair =
                bytes[index] == UInt8(ascii: "\r") && index + 1 < bytes.count && bytes[index + 1] == UInt8(ascii: "\n")
            index += isPair ? 2 : 1
            start = index
        }
        if start < bytes.count, lines.count <= lineLimit { lines.append(start..<bytes.count) }
        return lines
    }

    /// The cells of a line, without the quotes and spaces around them.
    private static func cells(of line: ArraySlice<UInt8>, separator: UInt8) -> [String] {
        var cells: [[UInt8]] = [[]]
        var isQuoted = false
        var isBehindQuote = false
        for byte in line {
            if byte == UInt8(ascii: "\"") {
                // Within quotes two of them are one.
                if isBehindQuote, !isQuoted { cells[cells.count - 1].append(byte) }
                isBehindQuote = isQuoted
                isQuoted.toggle()
                continue
            }
            isBehindQuote = false
            if byte == separator, !isQuoted { cells.append([]) } else { cells[cells.count - 1].append(byte) }
        }
        return cells.map { String(decoding: $0, as: UTF8.self).trimmingSpaces }
    }
}

extension CSVReader {
    /// The line that names the columns, as UTF-8.
    package var header: [UInt8] {
        let cells = names.map { "\"\($0.replacing("\"", with: "\"\""))\"" }
        return Array(cells.joined(separator: String(UnicodeScalar(separator))).utf8)
    }
}

extension String {
    fileprivate var trimmingSpaces: String {
        var text = self[...]
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
