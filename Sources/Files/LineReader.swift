#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Reads a file line by line, such as NDJSON, its lines as bytes.
///
/// A line ends with LF or CRLF, the last one also with the file. A byte order mark is skipped. Memory is bounded.
package final class LineReader {
    package enum Step {
        /// The line without its end; valid until the next call of `next`.
        case line(UnsafeRawBufferPointer)
        /// The line is longer than the limit; `beginning` is valid until the next call of `next`.
        case tooLong(beginning: UnsafeRawBufferPointer)
    }

    /// Of the line last read, counted from 1.
    package private(set) var line = 0
    /// How many bytes a line may have without its end.
    package let limit: Int

    private let window: ByteWindow
    /// Bytes of the line last read.
    private var used = 0
    private var isLineOpen = false

    package init(_ feed: ByteFeed, limit: Int) {
        self.limit = limit
        window = ByteWindow(feed, limit: limit + 2)
    }

    /// - Returns: Nil at the end.
    package func next() throws(FileError) -> Step? {
        if line == 0 { try window.skipByteOrderMark() }
        try leaveLine()
        guard let length = try findLineEnd() else { return tooLong() }
        guard length > 0 else { return nil }
        line += 1
        let text = trimmingLineEnd(window.unread[..<length])
        guard text.count <= limit else {
            line -= 1
            return tooLong()
        }
        used = length
        return .line(text)
    }

    private func tooLong() -> Step {
        line += 1
        isLineOpen = true
        return .tooLong(beginning: UnsafeRawBufferPointer(rebasing: window.unread.prefix(limit)))
    }

    /// The length of the next line with its end; 0 at the end of the file, nil where it is too long.
    private func findLineEnd() throws(FileError) -> Int? {
        var searched = 0
        while true {
            if let length = window.unread.lineLength(from: searched) { return length }
            searched = window.unread.count
            guard try window.fetch() else { return window.isAtEnd ? searched : nil }
        }
    }

    /// Moves behind the line last read.
    private func leaveLine() throws(FileError) {
        window.skip(used)
        used = 0
        if isLineOpen { try window.skipLine() }
        isLineOpen = false
    }
}

extension ByteWindow {
    /// Skips what is left of a line, however long it is.
    func skipLine() throws(FileError) {
        while true {
            if let length = unread.lineLength(from: 0) { return skip(length) }
            skip(unread.count)
            guard try fetch() else { return }
        }
    }
}

extension UnsafeRawBufferPointer {
    /// How many bytes the first line has with its line feed; nil where there is none.
    ///
    /// - Parameter searched: So many bytes are known to hold none.
    func lineLength(from searched: Int) -> Int? {
        guard let base = baseAddress, searched < count else { return nil }
        guard let found = memchr(base + searched, 0x0a, count - searched) else { return nil }
        return UnsafeRawPointer(found) - base + 1
    }
}

private func trimmingLineEnd(_ line: Slice<UnsafeRawBufferPointer>) -> UnsafeRawBufferPointer {
    let end = line.lastIndex { !$0.isLineEnd }.map { $0 + 1 } ?? line.startIndex
    return UnsafeRawBufferPointer(rebasing: line[..<end])
}

extension UInt8 {
    @inlinable package var isLineEnd: Bool { self == UInt8(ascii: "\n") || self == UInt8(ascii: "\r") }
}
