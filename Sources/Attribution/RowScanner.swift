import WeirReporting
import Foundation
import WeirFiles

/// Goes through a CSV file row by row, its fields as bytes: for files of many million rows, of which no table is kept.
///
/// Source: RFC 4180. Lines before the header that begin with `#`, empty lines and a byte order mark are skipped.
final class RowScanner {
    let path: String
    private(set) var names: [String] = []
    /// Of the row last read; the first line of the file is 1.
    private(set) var line = 0
    private(set) var fieldCount = 0

    private let feed: ByteFeed
    private var bytes = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 1 << 20)
    private var start = 0
    private var end = 0
    private var linesBefore = 0
    /// First byte and end of each field of the row.
    private var bounds = UnsafeMutableBufferPointer<(start: Int, end: Int)>.allocate(capacity: 64)
    /// A quote never closed would take the rest of the file.
    private let longestRow = 1 << 26

    /// - Throws: `MeasurementError`, where the file cannot be read or does not name its columns.
    init(path: String) throws {
        self.path = path
        do { feed = try ByteFeed(path: path) } catch { throw MeasurementError("“\(path)”: \(error)") }
        repeat {
            guard try next() else {
                throw MeasurementError("“\(path)” is empty. Its first line must name the columns, separated by commas.")
            }
        } while field(0).first == UInt8(ascii: "#")
        names = (0..<fieldCount).map { String(decoding: field($0), as: UTF8.self).trimmingCharacters(in: .whitespaces) }
        if let first = names.first, first.hasPrefix("\u{FEFF}") { names[0] = String(first.dropFirst()) }
    }

    deinit {
        bytes.deallocate()
        bounds.deallocate()
    }

    /// Valid until the next row is read.
    @inline(__always)
    func field(_ index: Int) -> UnsafeBufferPointer<UInt8> {
        precondition(index < fieldCount, "a field of the row")
        let (start, end) = bounds[index]
        return UnsafeBufferPointer(start: bytes.baseAddress! + start, count: end - start)
    }

    /// The place of a column; nil where the file has it not.
    func place(of name: String) -> Int? { names.firstIndex(of: name) }

    /// Where rows with another number of fields than the header stand.
    var countFault: String? {
        guard fieldCount != names.count else { return nil }
        return
            "“\(path)”, line \(line): \(fieldCount) fields, but the header has \(names.count). Put texts that hold a comma in quotes."
    }

    /// Reads the next row that is not empty.
    func next() throws -> Bool {
        while true {
            guard let lineEnd = try lineEnd() else { return false }
            linesBefore += 1
            line = linesBefore
            let first = start
            var last = lineEnd
            if last > first, bytes[last - 1] == UInt8(ascii: "\r") { last -= 1 }
            if last == first {
                start = min(lineEnd + 1, end)
                continue
            }
            fieldCount = 0
            if memchr(bytes.baseAddress! + first, 0x22, last - first) == nil {
                split(first, last)
                start = min(lineEnd + 1, end)
            } else {
                try splitQuoted()
            }
            return true
        }
    }

    private func split(_ first: Int, _ last: Int) {
        // In locals, since each look at a property of a class is checked.
        let bytes = UnsafePointer(bytes.baseAddress!)
        var (bounds, count, from) = (bounds, 0, first)
        for index in first..<last where bytes[index] == UInt8(ascii: ",") {
            if count == bounds.count { bounds = grownBounds() }
            bounds[count] = (from, index)
            count += 1
            from = index + 1
        }
        if count == bounds.count { bounds = grownBounds() }
        bounds[count] = (from, last)
        fieldCount = count + 1
    }

    private func append(_ field: (start: Int, end: Int)) {
        if fieldCount == bounds.count { _ = grownBounds() }
        bounds[fieldCount] = field
        fieldCount += 1
    }

    private func grownBounds() -> UnsafeMutableBufferPointer<(start: Int, end: Int)> {
        let larger = UnsafeMutableBufferPointer<(start: Int, end: Int)>.allocate(capacity: 2 * bounds.count)
        _ = larger.initialize(from: bounds)
        bounds.deallocate()
        bounds = larger
        return larger
    }

    /// Fields in quotes may hold commas, line ends and doubled quotes; they are moved together in place.
    private func splitQuoted() throws {
        var read = 0
        var isQuoted = false
        var from = 0
        var write = 0
        // Offsets from `start`, since fetching moves the bytes.
        while true {
            if start + read == end, try !fetch() { break }
            let byte = bytes[start + read]
            read += 1
            if isQuoted {
                if byte == 0x22 {
                    if start + read == end { _ = try fetch() }
                    if start + read < end, bytes[start + read] == 0x22 {
                        read += 1
                    } else {
                        isQuoted = false
                        continue
                    }
                } else if byte == UInt8(ascii: "\n") {
                    linesBefore += 1
                }
            } else if byte == 0x22 {
                isQuoted = true
                continue
            } else if byte == UInt8(ascii: ",") {
                append((from, write))
                from = write
                continue
            } else if byte == UInt8(ascii: "\n") {
                break
            } else if byte == UInt8(ascii: "\r") {
                continue
            }
            bytes[start + write] = byte
            write += 1
        }
        if isQuoted {
            throw MeasurementError(
                "“\(path)”, line \(line): a quote is opened and never closed; close it, or double it.")
        }
        append((from, write))
        for index in 0..<fieldCount { bounds[index] = (bounds[index].start + start, bounds[index].end + start) }
        start += read
    }

    /// Where the line ends: at its line feed, or where the file does; nil where nothing is left.
    private func lineEnd() throws -> Int? {
        var looked = 0
        while true {
            if let found = memchr(bytes.baseAddress! + start + looked, 0x0a, end - start - looked) {
                return UnsafeRawPointer(found) - UnsafeRawPointer(bytes.baseAddress!)
            }
            looked = end - start
            if try !fetch() { return end > start ? end : nil }
        }
    }

    private func fetch() throws -> Bool {
        if start > 0 {
            memmove(bytes.baseAddress!, bytes.baseAddress! + start, end - start)
            end -= start
            start = 0
        }
        if end == bytes.count {
            guard end < longestRow else {
                throw MeasurementError(
                    "“\(path)”, line \(line): the row is longer than \(longestRow) bytes; close its quote.")
            }
            let larger = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 2 * end)
            memcpy(larger.baseAddress!, bytes.baseAddress!, end)
            bytes.deallocate()
            bytes = larger
        }
        let free = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(bytes)[end...])
        do {
            let count = try feed.read(into: free)
            end += count
            return count > 0
        } catch { throw MeasurementError("“\(path)”: \(error)") }
    }
}
