#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Splits the bytes of a table into rows and cells, eight bytes at a time.
///
/// What the rows mean, such as how many cells they should have, is for `CSVReader` to say.
final class CSVScanner {
    enum Step {
        case row(CSVRow)
        /// Counted from 0: the cell that cannot be read.
        case problem(Problem, cell: Int)
        case end
    }

    enum Problem: Error, Equatable {
        case quoteInside, textAfterQuote, openQuote, quoteTooLong, tooLong
    }

    /// What was found where the unread bytes begin.
    private enum Outcome {
        /// - Parameters:
        ///   - end: Where its last cell ends.
        ///   - next: Where the next row begins.
        case row(end: Int, next: Int, lines: Int)
        case needsMore
        case problem(Problem)
    }

    private(set) var separator: UInt8
    /// Where the row last read begins; the first line is 1.
    private(set) var line = 0
    private(set) var nextLine = 1
    /// Of the problem last found; valid until the next row is read.
    private(set) var faultyLine = UnsafeRawBufferPointer(start: nil, count: 0)

    private let window: ByteWindow
    /// Bytes of the row last read, with its line end.
    private var used = 0
    private var isLineOpen = false
    private var cells: UnsafeMutablePointer<CSVRow.Bounds>
    private var cellCapacity = 64
    private var cellCount = 0
    /// Cells whose doubled quotes were undone, one after another.
    private var undoubled: UnsafeMutablePointer<UInt8>
    private var undoubledCapacity = 256

    init(_ feed: ByteFeed, separator: UInt8, longestRow: Int) {
        self.separator = separator
        window = ByteWindow(feed, limit: longestRow + 2)
        cells = .allocate(capacity: cellCapacity)
        undoubled = .allocate(capacity: undoubledCapacity)
    }

    deinit {
        cells.deallocate()
        undoubled.deallocate()
    }

    /// Reads the next row that is not empty.
    func next() throws(FileError) -> Step {
        try leaveRow()
        while true {
            switch scan() {
            case .row(let end, let next, let lines):
                let start = window.start
                guard next > start else { return .end }
                guard end > start else {
                    // Nothing stands in it.
                    nextLine += lines
                    window.skip(next - start)
                    continue
                }
                guard end - start <= window.limit - 2 else { return try refuse(lines > 1 ? .quoteTooLong : .tooLong) }
                line = nextLine
                nextLine += lines
                used = next - start
                return .row(
                    CSVRow(
                        bytes: UnsafePointer(window.bytes), undoubled: UnsafePointer(undoubled),
                        bounds: UnsafePointer(cells), count: cellCount,
                        raw: UnsafeRawBufferPointer(start: window.bytes + start, count: end - start)))
            case .needsMore:
                let isMore = try window.fetch()
                guard isMore || window.isAtEnd else { return try refuse(isLine ? .quoteTooLong : .tooLong) }
            case .problem(let problem):
                return try refuse(problem)
            }
        }
    }

    /// Whether a whole line is there.
    private var isLine: Bool { window.unread.contains(where: \.isLineEnd) }

    private func refuse(_ problem: Problem) throws(FileError) -> Step {
        line = nextLine
        nextLine += 1
        // All of the line is told, so it must be there.
        while !isLine, try window.fetch() {}
        let unread = window.unread
        let length = unread.firstIndex(where: \.isLineEnd) ?? unread.count
        faultyLine = UnsafeRawBufferPointer(rebasing: unread[..<length])
        isLineOpen = true
        return .problem(problem, cell: problem == .tooLong ? 0 : cellCount)
    }

    /// Moves behind what was read last.
    private func leaveRow() throws(FileError) {
        window.skip(used)
        used = 0
        guard isLineOpen else { return }
        isLineOpen = false
        while true {
            if let end = window.unread.firstIndex(where: \.isLineEnd) {
                if window.unread[end] == UInt8(ascii: "\r"), end + 1 == window.unread.count { _ = try window.fetch() }
                let isPair = end + 1 < window.unread.count && window.unread[end] == UInt8(ascii: "\r")
                return window.skip(isPair && window.unread[end + 1] == UInt8(ascii: "\n") ? end + 2 : end + 1)
            }
            window.skip(window.unread.count)
            guard try window.fetch() else { return }
        }
    }

    /// What is wrong and the remedy.
    func reason(_ problem: Problem) -> String {
        switch problem {
        case .quoteInside: "a quote stands inside a field; put the field in quotes and double the quotes in it."
        case .textAfterQuote:
            "text follows the closing quote of a field; double the quotes that belong to the text."
        case .openQuote: "a quote is opened and never closed; close it, or double it."
        case .quoteTooLong:
            "a quote is opened and not closed within \(window.limit - 2) bytes; close it, or double it."
        case .tooLong: "the line is longer than \(window.limit - 2) bytes; shorten it, or close its quote."
        }
    }

    // MARK: Cells

    /// Splits the first row of the unread bytes into `cells`.
    private func scan() -> Outcome {
        // In locals, since each look at a property of a class is checked.
        let bytes = UnsafePointer(window.bytes)
        let (end, isWhole) = (window.end, window.isAtEnd)
        let separator = separator
        let marks = Marks(separator: separator)
        var (cells, capacity, count) = (cells, cellCapacity, 0)
        var cellStart = window.start
        var position = cellStart
        var lines = 1
        var undoubledCount = 0
        defer { cellCount = count }

        @inline(__always)
        func append(_ start: Int, _ end: Int) {
            if count == capacity { (cells, capacity) = growCells(count) }
            (cells + count).initialize(to: CSVRow.Bounds(start: start, end: end))
            count += 1
        }
        /// The row ends where a line end or the end of the file stands.
        func rowEnd(_ place: Int) -> Outcome {
            guard place < end else { return .row(end: end, next: end, lines: lines) }
            guard bytes[place] == UInt8(ascii: "\r") else { return .row(end: place, next: place + 1, lines: lines) }
            guard place + 1 < end || isWhole else { return .needsMore }
            let isPair = place + 1 < end && bytes[place + 1] == UInt8(ascii: "\n")
            return .row(end: place, next: isPair ? place + 2 : place + 1, lines: lines)
        }

        words: while position < end {
            var found = marks.found(in: bytes + position)
            while found != 0 {
                let place = position + found.trailingZeroBitCount >> 3
                guard place < end else { break words }
                let byte = bytes[place]
                if byte == separator {
                    append(cellStart, place)
                    cellStart = place + 1
                    found &= found - 1
                } else if byte != UInt8(ascii: "\"") {
                    append(cellStart, place)
                    return rowEnd(place)
                } else {
                    guard place == cellStart else { return .problem(.quoteInside) }
                    guard let quoted = closingQuote(bytes, place + 1, end, isWhole) else {
                        return isWhole ? .problem(.openQuote) : .needsMore
                    }
                    lines += quoted.lines
                    if quoted.hasDoubled {
                        let start = undoubledCount
                        undoubledCount = undouble(bytes, place + 1..<quoted.place, at: start)
                        append(-1 - start, undoubledCount)
                    } else {
                        append(place + 1, quoted.place)
                    }
                    let after = quoted.place + 1
                    guard after < end, bytes[after] == separator else {
                        if after >= end || bytes[after].isLineEnd { return rowEnd(after) }
                        count -= 1
                        return .problem(.textAfterQuote)
                    }
                    cellStart = after + 1
                    position = cellStart
                    continue words
                }
            }
            position += 8
        }
        guard isWhole else { return .needsMore }
        append(cellStart, end)
        return rowEnd(end)
    }

    /// Where a quoted cell ends; nil where that is not among the bytes.
    private func closingQuote(
        _ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int, _ isWhole: Bool
    ) -> (place: Int, hasDoubled: Bool, lines: Int)? {
        var (position, hasDoubled) = (start, false)
        while position < end, let found = memchr(bytes + position, 0x22, end - position) {
            let place = UnsafeRawPointer(found) - UnsafeRawPointer(bytes)
            // A quote that ends the bytes may be the first of two.
            guard place + 1 < end || isWhole else { return nil }
            guard place + 1 < end, bytes[place + 1] == UInt8(ascii: "\"") else {
                let text = UnsafeBufferPointer(start: bytes + start, count: place - start)
                return (place, hasDoubled, text.count { $0 == UInt8(ascii: "\n") })
            }
            hasDoubled = true
            position = place + 2
        }
        return nil
    }

    /// Writes a text with its doubled quotes undone; returns where it ends.
    private func undouble(_ bytes: UnsafePointer<UInt8>, _ text: Range<Int>, at start: Int) -> Int {
        // One byte more, since the one behind a cell may be looked at.
        if start + text.count + 1 > undoubledCapacity {
            let capacity = max(2 * undoubledCapacity, start + text.count + 1)
            let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
            larger.update(from: undoubled, count: start)
            undoubled.deallocate()
            (undoubled, undoubledCapacity) = (larger, capacity)
        }
        var (place, isSecond) = (start, false)
        for index in text {
            isSecond = bytes[index] == UInt8(ascii: "\"") && !isSecond
            guard bytes[index] != UInt8(ascii: "\"") || isSecond else { continue }
            undoubled[place] = bytes[index]
            place += 1
        }
        undoubled[place] = UInt8(ascii: "\n")
        return place
    }

    private func growCells(_ count: Int) -> (UnsafeMutablePointer<CSVRow.Bounds>, Int) {
        let larger = UnsafeMutablePointer<CSVRow.Bounds>.allocate(capacity: 2 * cellCapacity)
        larger.update(from: cells, count: count)
        cells.deallocate()
        (cells, cellCapacity) = (larger, 2 * cellCapacity)
        return (cells, cellCapacity)
    }
}

// MARK: The header

extension CSVScanner {
    /// Reads up to the line that names the columns.
    func readHeader(mayChooseSeparator: Bool) throws(FileError) -> (names: [String], comments: [String]) {
        try window.skipByteOrderMark()
        var mayChoose = mayChooseSeparator
        var comments: [String] = []
        while true {
            switch try next() {
            case .end: throw .noHeader
            case .problem(let problem, let cell):
                let isComment = faultyLine.first == UInt8(ascii: "#")
                if mayChoose, !isComment, let chosen = try choice() {
                    // Quotes looked wrong only because another byte separates the cells.
                    (separator, mayChoose, isLineOpen) = (chosen, false, false)
                    nextLine = line
                    continue
                }
                // A comment may hold anything.
                guard isComment else {
                    throw .badHeader(reason: "line \(line), column \(cell + 1): \(reason(problem))")
                }
                comments.append(String(decoding: faultyLine.dropFirst(), as: UTF8.self).trimmingSpaces)
            case .row(let row):
                if row.raw.first == UInt8(ascii: "#") {
                    comments.append(String(decoding: row.raw.dropFirst(), as: UTF8.self).trimmingSpaces)
                } else if line == 1, row.raw.count == 5, row.raw.starts(with: "sep=".utf8), row.raw[4] < 0x80 {
                    separator = row.raw[4]
                    mayChoose = false
                } else if mayChoose, row.count == 1, let chosen = Self.choice(row.raw).separator {
                    (separator, mayChoose) = (chosen, false)
                    // The line is read again.
                    used = 0
                    nextLine = line
                } else {
                    return (try names(row), comments)
                }
            }
        }
    }

    private func names(_ row: CSVRow) throws(FileError) -> [String] {
        var names: [String] = []
        for place in 0..<row.count {
            guard let name = row.text(place) else {
                throw .badHeader(reason: "line \(line) is not UTF-8; save the table as UTF-8.")
            }
            names.append(name.trimmingSpaces)
        }
        return names
    }

    /// What separates the cells of a header without commas, where something does; what stands in quotes does not count,
    /// and the byte behind a closing quote goes before others.
    ///
    /// Fetches as much of a header as tells, so that nothing depends on the pieces in which the file comes: where a quote is
    /// open, the line's end is not the header's.
    private func choice() throws(FileError) -> UInt8? {
        while true {
            let (chosen, isCertain) = Self.choice(UnsafeRawBufferPointer(rebasing: window.unread.prefix(Self.choosing)))
            guard !isCertain, window.unread.count < Self.choosing, try window.fetch() else { return chosen }
        }
    }

    /// How many bytes of a header with wrong quotes are looked at for what separates the cells.
    private static var choosing: Int { 1 << 16 }

    /// - Parameter bytes: From the header on.
    /// - Returns: Nil where nothing but a comma separates; certain where further bytes could not change it.
    private static func choice(_ bytes: UnsafeRawBufferPointer) -> (separator: UInt8?, isCertain: Bool) {
        var isCertain = false
        var (isQuoted, hasSemicolon, hasTab) = (false, false, false)
        var last: UInt8 = 0
        var behindQuote: UInt8?
        for byte in bytes {
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            if !isQuoted {
                if byte.isLineEnd {
                    isCertain = true
                    break
                }
                if byte == UInt8(ascii: ",") { return (nil, true) }
                let (isSemicolon, isTab) = (byte == UInt8(ascii: ";"), byte == UInt8(ascii: "\t"))
                if last == UInt8(ascii: "\""), isSemicolon || isTab { behindQuote = behindQuote ?? byte }
                hasSemicolon = hasSemicolon || isSemicolon
                hasTab = hasTab || isTab
            }
            last = byte
        }
        return (behindQuote ?? (hasSemicolon ? UInt8(ascii: ";") : hasTab ? UInt8(ascii: "\t") : nil), isCertain)
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

/// The bytes at which a cell may begin or end, each repeated through a word.
private struct Marks {
    private let separators: UInt64
    // Computed, since a stored one is checked at each use.
    private static var quotes: UInt64 { 0x2222_2222_2222_2222 }
    private static var lineFeeds: UInt64 { 0x0a0a_0a0a_0a0a_0a0a }
    private static var returns: UInt64 { 0x0d0d_0d0d_0d0d_0d0d }

    init(separator: UInt8) { separators = UInt64(separator) &* 0x0101_0101_0101_0101 }

    /// The highest bit of each byte of a word that is a mark, the first byte lowest.
    @inline(__always)
    func found(in bytes: UnsafePointer<UInt8>) -> UInt64 {
        let word = UInt64(littleEndian: UnsafeRawPointer(bytes).loadUnaligned(as: UInt64.self))
        return Self.zeros(word ^ separators) | Self.zeros(word ^ Self.quotes) | Self.zeros(word ^ Self.lineFeeds)
            | Self.zeros(word ^ Self.returns)
    }

    /// The highest bit of each byte that is 0, and no other bit.
    ///
    /// Source: Warren, "Hacker's Delight" (2nd edition, 2012), 6–1; without its shortcut, which is wrong above the first.
    @inline(__always)
    private static func zeros(_ word: UInt64) -> UInt64 {
        let low: UInt64 = 0x7f7f_7f7f_7f7f_7f7f
        return ~(((word & low) &+ low) | word | low)
    }
}
