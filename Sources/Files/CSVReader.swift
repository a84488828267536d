/// Reads a table row by row, its cells as bytes: the one reader of CSV, for tables held in memory, for events, and for
/// files of many million rows of which nothing is kept.
///
/// Source: RFC 4180. Besides it: LF, CRLF or CR ends a row; empty rows and a byte order mark are skipped, and so are
/// lines before the header that begin with `#`; a first line `sep=;` names the separator, as Excel writes it.
///
/// A row that cannot be read costs itself alone: it is told as a fault, and reading goes on behind it. Where quotes are
/// wrong, a record cannot be trusted beyond its first line, so reading goes on behind that. Memory is bounded.
package final class CSVReader {
    package enum Step {
        /// A row with as many cells as the header.
        case row(CSVRow)
        /// A row that cannot be read; its bytes, of a line that is too long the first ones, are in `faultyLine`.
        case fault(LineFault)
    }

    /// Of the columns, without spaces around them.
    package let names: [String]
    /// Lines before the header that begin with `#`, without it.
    package let comments: [String]
    /// Where the header stands; the first line is 1.
    package let headerLine: Int
    /// Where the row last read begins; before the first one, where the header does.
    package var line: Int { scanner.line }
    /// The line after the row last read.
    package var nextLine: Int { scanner.nextLine }
    /// Between cells.
    package var separator: UInt8 { scanner.separator }
    /// Of the fault last told; valid until the next call of `next`.
    package private(set) var faultyLine = UnsafeRawBufferPointer(start: nil, count: 0)

    private let scanner: CSVScanner

    /// Reads up to the header.
    ///
    /// - Parameters:
    ///   - separator: Between cells, an ASCII byte; nil takes a comma, or where the header has none, a semicolon or a
    ///     tab.
    ///   - longestRow: In bytes; a quote never closed would take the rest of the file, so a longer row is taken for one.
    /// - Throws: `FileError`, also where no line names the columns.
    package init(_ feed: ByteFeed, separator: UInt8? = nil, longestRow: Int = 1 << 24) throws(FileError) {
        scanner = CSVScanner(feed, separator: separator ?? UInt8(ascii: ","), longestRow: longestRow)
        let header = try scanner.readHeader(mayChooseSeparator: separator == nil)
        (names, comments, headerLine) = (header.names, header.comments, scanner.line)
    }

    /// The place of a column; nil where the table has it not.
    package func place(of name: String) -> Int? { names.firstIndex(of: name) }

    /// - Returns: Nil at the end.
    @inline(__always)
    package func next() throws(FileError) -> Step? {
        switch try scanner.next() {
        case .end: nil
        case .row(let row) where row.count == names.count: .row(row)
        case .row(let row): .fault(wrongCount(row))
        case .problem(let problem, let cell): .fault(fault(problem, cell))
        }
    }

    private func wrongCount(_ row: CSVRow) -> LineFault {
        faultyLine = row.raw
        let mark = Character(UnicodeScalar(separator))
        return LineFault(
            line: line,
            reason: "\(row.count) cells, but the header names \(names.count). "
                + "Add or remove cells, or put text with “\(mark)” in quotes.")
    }

    private func fault(_ problem: CSVScanner.Problem, _ cell: Int) -> LineFault {
        faultyLine = scanner.faultyLine
        return LineFault(
            line: line,
            column: problem == .tooLong ? nil : cell < names.count ? .name(names[cell]) : .number(cell + 1),
            reason: scanner.reason(problem), isTooLong: problem == .tooLong)
    }
}
