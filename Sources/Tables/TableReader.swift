import WeirFiles

/// Reads a table from front to back, in chunks and without making a string of each cell.
struct TableReader {
    enum Outcome {
        case table(Table)
        /// These columns hold text, and their cells must be kept from the first row on.
        case holdText([Int: Table.FirstText])
    }

    private enum Record {
        case row, fault(String), needsMore
    }

    private let feed: ByteFeed
    private let path: String
    private let mustBeNumbers: [String]
    private let mustBeCategories: [String]
    private let texts: [Int: Table.FirstText]
    private var chunk: Chunk
    private var names: [String] = []
    private var isText: [Bool] = []
    private var columns: [Table.Column] = []
    private var levels: [LevelTable] = []
    private var faults: [String] = []
    private var faultCount = 0
    private var line = 1
    private var rows = 0
    private var lineSteps: [(row: Int, offset: Int)] = []
    /// Cells of the row being read that are no numbers, in columns that held only numbers so far.
    private var found: [Int: Table.FirstText] = [:]
    /// Rows read and not yet moved to their columns: column by column, `blockRows` cells each; of text its code.
    private var block: [Double] = []
    private let blockRows = 1024
    private var unescaped: [UInt8] = []
    /// A quote never closed would take the rest of the file; a record longer than this is taken for one.
    private let longestRecord = 1 << 24

    init(
        _ feed: ByteFeed, path: String, texts: [Int: Table.FirstText], mustBeNumbers: [String],
        mustBeCategories: [String]
    ) {
        self.feed = feed
        self.path = path
        self.texts = texts
        self.mustBeNumbers = mustBeNumbers
        self.mustBeCategories = mustBeCategories
        chunk = Chunk()
    }

    mutating func read() throws -> Outcome {
        let comments = try readHeader()
        isText = names.indices.map { texts[$0] != nil || mustBeCategories.contains(names[$0]) }
        columns = isText.map { $0 ? .categories(codes: [], levels: []) : .numbers([]) }
        levels = names.map { _ in LevelTable() }
        block = [Double](repeating: 0, count: names.count * blockRows)
        lineSteps = [(0, line)]
        var filled = 0
        while true {
            if chunk.start == chunk.end, try !chunk.fetch(feed) { break }
            if chunk.bytes[chunk.start].isLineEnd {
                skipLineEnd()
                continue
            }
            let before = line
            switch readRecord(into: filled) {
            case .needsMore:
                line = before
                guard try chunk.fetch(feed) || chunk.isAtEnd else { break }
                continue
            case .fault(let fault):
                faultCount += 1
                if faults.count < 100 { faults.append("Line \(before)\(fault)") }
            case .row:
                if !found.isEmpty { return .holdText(found) }
                if lineSteps[lineSteps.count - 1].offset + rows != before { lineSteps.append((rows, before - rows)) }
                rows += 1
                filled += 1
                if filled == blockRows {
                    flush(filled)
                    filled = 0
                }
            }
        }
        flush(filled)
        for index in names.indices {
            if case .categories(let codes, _) = columns[index] {
                columns[index] = .categories(codes: codes, levels: levels[index].levels)
            }
        }
        return .table(
            Table(
                names: names, columns: columns, rows: rows, comments: comments, faults: faults, faultCount: faultCount,
                path: path, lineSteps: lineSteps, firstTexts: names.indices.map { texts[$0] }))
    }

    // MARK: The header

    /// Reads the comments and the names of the columns; returns the comments.
    private mutating func readHeader() throws -> [String] {
        var comments: [String] = []
        while true {
            var cells: [String] = []
            let header = line
            guard try readLine(&cells) else { throw TableError.empty(file: path) }
            if line == 2, cells[0].hasPrefix("\u{feff}") { cells[0].removeFirst() }
            if cells[0].hasPrefix("#") {
                comments.append(cells.joined(separator: ",").dropFirst().trimmingSpaces)
                continue
            }
            if cells == [""] { continue }
            names = cells.map { $0[...].trimmingSpaces }
            if names.allSatisfy({ Double($0) != nil }) {
                throw TableError.noHeader(file: path, line: header, first: names[0])
            }
            for (index, name) in names.enumerated() where names[..<index].contains(name) {
                throw TableError.repeatedColumn(file: path, name)
            }
            return comments
        }
    }

    /// Reads one line as texts; false at the end.
    private mutating func readLine(_ cells: inout [String]) throws -> Bool {
        while true {
            cells = []
            var position = UnsafePointer(chunk.bytes) + chunk.start
            let end = UnsafePointer(chunk.bytes) + chunk.end
            if chunk.isAtEnd, position == end { return false }
            let first = position
            var lines = 0
            while true {
                let cell = readText(&position, end, &lines)
                guard let cell else { break }
                cells.append(String(decoding: cell, as: UTF8.self))
                if position.pointee != UInt8(ascii: ",") { break }
                position += 1
            }
            let isWhole = position < end || chunk.isAtEnd
            if isWhole, !cells.isEmpty {
                chunk.start += position - first
                line += lines
                skipLineEnd()
                return true
            }
            if chunk.isAtEnd {
                throw TableError.cannotRead(
                    file: path, reason: "line \(line): a quote is opened and never closed; close it, or double it.")
            }
            _ = try chunk.fetch(feed)
        }
    }

    /// Skips `\n`, `\r\n` or `\r`, or nothing at the end of the file.
    private mutating func skipLineEnd() {
        line += 1
        guard chunk.start < chunk.end else { return }
        let isReturn = chunk.bytes[chunk.start] == UInt8(ascii: "\r")
        chunk.start += 1
        // Behind the last byte of a chunk stands a line end of ours, which must not be taken for the file's.
        if isReturn, chunk.start == chunk.end { _ = try? chunk.fetch(feed) }
        if isReturn, chunk.start < chunk.end, chunk.bytes[chunk.start] == UInt8(ascii: "\n") { chunk.start += 1 }
    }

    // MARK: Rows

    /// Reads a record into the block's row, and moves behind it.
    private mutating func readRecord(into row: Int) -> Record {
        let first = UnsafePointer(chunk.bytes) + chunk.start
        let end = UnsafePointer(chunk.bytes) + chunk.end
        var position = first
        var column = 0
        var fault: String?
        var lines = 0
        var added: [Int] = []
        let width = names.count
        var isOver = readPlain(&position, &column, row)
        while !isOver {
            guard let text = readText(&position, end, &lines) else {
                if position >= end, !chunk.isAtEnd, end - first < longestRecord {
                    undo(added)
                    return .needsMore
                }
                let reason =
                    position >= end
                    ? "a quote is opened and never closed; close it, or double it."
                    : "text follows a closing quote; double the quotes that belong to the text."
                undo(added)
                skipLine()
                return .fault(", column \(column + 1): \(reason)")
            }
            if column < width {
                fault = take(text, column, row, &added) ?? fault
            }
            column += 1
            isOver = position.pointee != UInt8(ascii: ",")
            if !isOver {
                position += 1
                isOver = readPlain(&position, &column, row)
            }
        }
        if position >= end, !chunk.isAtEnd {
            undo(added)
            return .needsMore
        }
        chunk.start += position - first
        line += lines
        skipLineEnd()
        if column != width {
            fault =
                ": \(column) cells, but the header names \(width). Add or remove cells, or put text with commas in quotes."
        }
        guard let fault else { return .row }
        undo(added)
        return .fault(fault)
    }

    /// Reads cells as long as they are plain decimals in columns of numbers, the common case.
    ///
    /// - Returns: Whether the record ends behind the last of them.
    private mutating func readPlain(_ position: inout UnsafePointer<UInt8>, _ column: inout Int, _ row: Int) -> Bool {
        let width = names.count
        let blockRows = blockRows
        let comma = UInt8(ascii: ",")
        guard column < width, !isText[column] else { return false }
        return block.withUnsafeMutableBufferPointer { block in
            NumberText.powers.withUnsafeBufferPointer { powers in
                isText.withUnsafeBufferPointer { isText in
                    while column < width, !isText[column] {
                        let start = position
                        guard let number = NumberText.plain(&position, powers.baseAddress!),
                            position.pointee == comma || position.pointee.isLineEnd
                        else {
                            position = start
                            break
                        }
                        block[column * blockRows + row] = number
                        column += 1
                        if position.pointee != comma { return true }
                        position += 1
                    }
                    return false
                }
            }
        }
    }

    /// Puts a cell into the block; returns what is wrong with it, if something is.
    private mutating func take(
        _ cell: UnsafeBufferPointer<UInt8>, _ column: Int, _ row: Int, _ added: inout [Int]
    ) -> String? {
        let place = column * blockRows + row
        if isText[column] {
            let known = levels[column].count
            block[place] = cell.isEmpty ? -1 : Double(levels[column].code(of: cell))
            if levels[column].count > known { added.append(column) }
            return nil
        }
        let trimmed = cell.trimmingSpaces
        block[place] = .nan
        if trimmed.isEmpty { return nil }
        if let number = NumberText.number(trimmed) {
            block[place] = number
            return nil
        }
        let value = String(decoding: cell.prefix(60), as: UTF8.self)
        if mustBeNumbers.contains(names[column]) {
            return ", column “\(names[column])”: “\(value)” is no number. Correct it."
        }
        found[column] = Table.FirstText(line: line, value: value)
        return nil
    }

    private mutating func undo(_ added: [Int]) {
        for column in added { levels[column].removeLast() }
        found = [:]
    }

    /// Leaves out the line in which a fault was found.
    private mutating func skipLine() {
        while chunk.start < chunk.end, !chunk.bytes[chunk.start].isLineEnd { chunk.start += 1 }
        skipLineEnd()
    }

    /// Reads a cell, and moves behind it.
    ///
    /// - Returns: The text without its quotes; nil where it is not whole, or text follows its closing quote.
    private mutating func readText(
        _ position: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ lines: inout Int
    ) -> UnsafeBufferPointer<UInt8>? {
        let quote = UInt8(ascii: "\"")
        var start = position
        guard position.pointee == quote else {
            while position.pointee != UInt8(ascii: ","), !position.pointee.isLineEnd { position += 1 }
            return UnsafeBufferPointer(start: start, count: position - start)
        }
        start += 1
        position += 1
        var hasDoubledQuotes = false
        while true {
            while position < end, position.pointee != quote {
                if position.pointee == UInt8(ascii: "\n") { lines += 1 }
                position += 1
            }
            // A quote that ends the chunk may be the first of two.
            guard position < end, position + 1 < end || chunk.isAtEnd else {
                position = end
                return nil
            }
            position += 1
            if position == end || position.pointee != quote { break }
            hasDoubledQuotes = true
            position += 1
        }
        guard position == end || position.pointee == UInt8(ascii: ",") || position.pointee.isLineEnd else { return nil }
        let raw = UnsafeBufferPointer(start: start, count: position - 1 - start)
        guard hasDoubledQuotes else { return raw }
        unescaped.removeAll(keepingCapacity: true)
        var isSecond = false
        for byte in raw {
            isSecond = byte == quote && !isSecond
            if byte != quote || isSecond { unescaped.append(byte) }
        }
        // The array is not touched before the cell has been taken.
        return unescaped.withUnsafeBufferPointer { $0 }
    }

    /// Moves the block's rows to their columns.
    private mutating func flush(_ count: Int) {
        block.withUnsafeBufferPointer { block in
            for index in columns.indices {
                let cells = UnsafeBufferPointer(rebasing: block[index * blockRows..<index * blockRows + count])
                switch columns[index] {
                case .numbers(var numbers):
                    columns[index] = .numbers([])  // Otherwise the append would copy.
                    numbers.append(contentsOf: cells)
                    columns[index] = .numbers(numbers)
                case .categories(var codes, let levels):
                    columns[index] = .categories(codes: [], levels: [])
                    codes.append(contentsOf: cells.lazy.map { Int32($0) })
                    columns[index] = .categories(codes: codes, levels: levels)
                }
            }
        }
    }
}

/// Bytes of a file that have been fetched and not read; a line end of ours stands behind them.
private final class Chunk {
    var bytes: UnsafeMutablePointer<UInt8>
    private var capacity = 1 << 20
    var start = 0
    var end = 0
    var isAtEnd = false

    init() {
        bytes = .allocate(capacity: capacity + 1)
        bytes[0] = UInt8(ascii: "\n")
    }

    deinit { bytes.deallocate() }

    /// Fetches more bytes; false where there are none.
    func fetch(_ feed: ByteFeed) throws -> Bool {
        if isAtEnd { return false }
        if start > 0 {
            bytes.update(from: bytes + start, count: end - start)
            end -= start
            start = 0
        }
        if end == capacity {
            let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: 2 * capacity + 1)
            larger.update(from: bytes, count: end)
            bytes.deallocate()
            bytes = larger
            capacity *= 2
        }
        // The unpacked size of a read is small, so the space is filled before it is read from.
        while end < capacity {
            let count = try feed.read(into: UnsafeMutableRawBufferPointer(start: bytes + end, count: capacity - end))
            end += count
            if count == 0 {
                isAtEnd = true
                break
            }
        }
        bytes[end] = UInt8(ascii: "\n")
        return start < end
    }
}

extension UInt8 {
    fileprivate var isLineEnd: Bool { self == UInt8(ascii: "\n") || self == UInt8(ascii: "\r") }
}

extension UnsafeBufferPointer<UInt8> {
    fileprivate var trimmingSpaces: Self {
        var range = startIndex..<endIndex
        while let first = range.first, self[first] == UInt8(ascii: " ") { range.removeFirst() }
        while let last = range.last, self[last] == UInt8(ascii: " ") { range.removeLast() }
        return Self(rebasing: self[range])
    }
}

extension Substring {
    fileprivate var trimmingSpaces: String {
        var text = self
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
