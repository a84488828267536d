package import WeirFiles

/// A CSV file in memory, by column.
package struct Table: Sendable {
    package enum Column: Sendable {
        /// NaN where the cell is empty.
        case numbers(ContiguousArray<Double>)
        /// Indices into `levels`, which are in order of first appearance; −1 where the cell is empty.
        case categories(codes: ContiguousArray<Int32>, levels: [String])
    }

    package var names: [String]
    package var columns: [Column]
    package var rows: Int
    /// Lines before the header that begin with `#`, without it.
    package var comments: [String]
    /// Lines that could not be read, the first 100 told; their rows are left out.
    package let lineFaults: LineFaults
    /// The largest finite amount, of either sign, that `numbers(_:)` gives out; a sum of larger ones may be no number.
    package var largestNumber = Double.greatestFiniteMagnitude
    /// The file, for messages.
    let path: String
    /// From each of these rows on, a row's line is its index + `offset`.
    let lineSteps: [(row: Int, offset: Int)]
    /// From each of these rows on, a row is the file's record with its index + `offset`, faulty ones counted.
    let recordSteps: [(row: Int, offset: Int)]
    /// By column: the first cell that is no number, where there is one.
    let firstTexts: [FirstText?]

    struct FirstText: Sendable {
        var line: Int
        var value: String
    }

    /// A table made by other means than from a file.
    ///
    /// - Parameters:
    ///   - name: What messages call it.
    ///   - columns: All of the same length.
    package init(name: String, names: [String], columns: [Column]) {
        precondition(names.count == columns.count && Set(columns.map(\.count)).count <= 1, "columns of equal length")
        self.init(
            names: names, columns: columns, rows: columns.first?.count ?? 0, comments: [], faults: LineFaults(),
            path: name, lineSteps: [(0, 2)], recordSteps: [(0, 0)], firstTexts: names.map { _ in nil })
    }

    init(
        names: [String], columns: [Column], rows: Int, comments: [String], faults: LineFaults, path: String,
        lineSteps: [(row: Int, offset: Int)], recordSteps: [(row: Int, offset: Int)], firstTexts: [FirstText?]
    ) {
        self.names = names
        self.columns = columns
        self.rows = rows
        self.comments = comments
        lineFaults = faults
        self.path = path
        self.lineSteps = lineSteps
        self.recordSteps = recordSteps
        self.firstTexts = firstTexts
    }

    /// Reads a CSV file, packed with gzip or not.
    ///
    /// A column in which every cell that is not empty is a number holds numbers, any other holds categories. Codes that
    /// only look like numbers, such as `007`, `1e5` and ids of more digits than a number holds, are texts. `MissingText` says
    /// which cells count as empty. Rows that cannot be read are left out and counted in
    /// `lineFaults`. How a file may look otherwise: see `CSVReader`.
    ///
    /// - Parameters:
    ///   - path: `-` is the standard input.
    ///   - mustBeNumbers: Names of columns in which a cell that is no number is a fault, rather than making the column one
    ///     of categories. Those that the file has not are ignored.
    ///   - mustBeCategories: Names of columns that hold categories even where all cells are numbers.
    ///   - verbatim: Those of them in which a word such as `None` is a category like any other, since somebody named it.
    package init(
        path: String, mustBeNumbers: [String] = [], mustBeCategories: [String] = [], verbatim: [String] = []
    ) throws(TableError) {
        do {
            guard path == "-" else {
                self = try Self.read(
                    path, mustBeNumbers, mustBeCategories, verbatim
                ) { () throws(FileError) in try ByteFeed(path: path) }
                return
            }
            // A column may turn out to hold text only late; a pipe cannot be read twice.
            let bytes = try Self.whole(ByteFeed(path: path))
            self = try Self.read("standard input", mustBeNumbers, mustBeCategories, verbatim) { ByteFeed(bytes: bytes) }
        } catch let error as TableError {
            throw error
        } catch FileError.cannotRead(let reason) {
            throw .cannotRead(file: path, reason: "\(reason).")
        } catch {
            throw .cannotRead(file: path, reason: "\(error)")
        }
    }

    /// The same from bytes in memory.
    ///
    /// - Parameter name: What messages call it.
    package init(
        bytes: [UInt8], name: String = "memory", mustBeNumbers: [String] = [], mustBeCategories: [String] = [],
        verbatim: [String] = []
    ) throws {
        self = try Self.read(name, mustBeNumbers, mustBeCategories, verbatim) { ByteFeed(bytes: bytes) }
    }

    private static func read(
        _ path: String, _ mustBeNumbers: [String], _ mustBeCategories: [String], _ verbatim: [String],
        feed: () throws(FileError) -> ByteFeed
    ) throws -> Table {
        var texts: [Int: FirstText] = [:]
        while true {
            var reader = try TableReader(
                feed(), path: path, texts: texts, mustBeNumbers: mustBeNumbers, mustBeCategories: mustBeCategories,
                verbatim: verbatim)
            // Numbers already read have lost their spelling, so the file is read anew.
            switch try reader.read() {
            case .table(let table): return table
            case .holdText(let found): texts.merge(found) { first, _ in first }
            }
        }
    }

    private static func whole(_ feed: ByteFeed) throws(FileError) -> [UInt8] {
        var bytes: [UInt8] = []
        let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 1)
        defer { piece.deallocate() }
        while true {
            let count = try feed.read(into: piece)
            if count == 0 { return bytes }
            bytes.append(contentsOf: piece[..<count])
        }
    }
}

extension Table {
    /// The column's numbers; where it holds texts, those that they stand for, such as 7 of `007`.
    ///
    /// - Throws: `TableError`, where there is no such column, a text is no number, or a number is beyond `largestNumber`.
    package func numbers(_ name: String) throws(TableError) -> ContiguousArray<Double> {
        let numbers = try readNumbers(name)
        if largestNumber < .greatestFiniteMagnitude,
            let row = numbers.firstIndex(where: { abs($0) > largestNumber && $0.isFinite })
        {
            throw .tooLarge(
                file: path, column: name, line: line(ofRow: row), value: numbers[row], limit: largestNumber)
        }
        return numbers
    }

    private func readNumbers(_ name: String) throws(TableError) -> ContiguousArray<Double> {
        let index = try index(of: name)
        switch columns[index] {
        case .numbers(let numbers): return numbers
        case .categories(let codes, let levels):
            let values = levels.map { level in
                var text = level
                return text.withUTF8 { NumberText.number($0.trimmingSpaces) }
            }
            if let wrong = values.firstIndex(of: nil) {
                let line = codes.firstIndex(of: Int32(wrong)).map(line(ofRow:))
                throw .notNumbers(
                    file: path, column: name, line: line ?? firstTexts[index]?.line ?? 2, value: levels[wrong])
            }
            return ContiguousArray(codes.lazy.map { code in code < 0 ? .nan : values[Int(code)] ?? .nan })
        }
    }

    /// The column's categories; of numbers, each value is a category of its own.
    ///
    /// Ids and codes must be asked for as categories when the table is read: numbers have lost their spelling.
    package func categories(
        _ name: String
    ) throws(TableError) -> (codes: ContiguousArray<Int32>, levels: [String]) {
        switch columns[try index(of: name)] {
        case .categories(let codes, let levels): return (codes, levels)
        case .numbers(let numbers):
            var codes: [Double: Int32] = [:]
            var levels: [String] = []
            let coded = numbers.map { number -> Int32 in
                if number.isNaN { return -1 }
                if let code = codes[number] { return code }
                codes[number] = Int32(levels.count)
                levels.append(Int64(exactly: number).map(String.init) ?? "\(number)")
                return Int32(levels.count - 1)
            }
            return (ContiguousArray(coded), levels)
        }
    }

    /// The line of the file that a row stands in; the first is 1.
    package func line(ofRow row: Int) -> Int {
        let after = lineSteps.partitioningIndex { $0.row > row }
        return row + (after > 0 ? lineSteps[after - 1].offset : 1)
    }

    /// The place of a row among the records of the file, those that could not be read counted; the first is 0.
    package func record(ofRow row: Int) -> Int {
        let after = recordSteps.partitioningIndex { $0.row > row }
        return row + (after > 0 ? recordSteps[after - 1].offset : 0)
    }

    /// The first lines that could not be read, at most 100, each naming line, column, value and remedy.
    package var faults: [String] { lineFaults.first }

    /// How many lines could not be read.
    package var faultCount: Int { lineFaults.count }

    /// - Throws: `TableError`, where none of the lines can be read, with the first that cannot.
    package func requireRows() throws(TableError) {
        if rows == 0, let fault = lineFaults.first.first { throw .noRows(file: path, fault: fault) }
    }

    /// Refuses a file of which too much cannot be read: what is left would pass for all of it.
    ///
    /// Up to ten lines are told and left out however few lines there are.
    ///
    /// - Parameter share: The most that may be left out; in 0 ... 1.
    /// - Throws: `TableError`, with the first lines that cannot be read; also where none can.
    package func requireReadable(_ share: Double = 0.2) throws(TableError) {
        try requireRows()
        let all = rows + lineFaults.count
        guard lineFaults.count > 10, Double(lineFaults.count) > share * Double(all) else { return }
        throw .unreadable(file: path, lines: lineFaults.count, of: all, first: Array(lineFaults.first.prefix(3)))
    }

    /// What a command says of the lines that could not be read: the first ten, and how many more there are.
    package var faultMessages: [String] { LineFaults(lineFaults.first, count: lineFaults.count).messages }

    private func index(of name: String) throws(TableError) -> Int {
        guard let index = names.firstIndex(of: name) else { throw .unknownColumn(file: path, name, known: names) }
        return index
    }
}

extension Table.Column {
    var count: Int {
        switch self {
        case .numbers(let numbers): numbers.count
        case .categories(let codes, _): codes.count
        }
    }
}

extension ByteFeed {
    /// Bytes in memory, which may be packed.
    package convenience init(bytes: [UInt8]) {
        var start = 0
        self.init { buffer in
            let count = min(buffer.count, bytes.count - start)
            buffer.copyBytes(from: bytes[start..<start + count])
            start += count
            return count
        }
    }
}

extension Array {
    /// The first index whose element fulfils a condition that all later ones fulfil too.
    func partitioningIndex(where isAfter: (Element) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if isAfter(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
