import WeirFiles

/// A CSV file in memory, by column.
public struct Table: Sendable {
    public enum Column: Sendable {
        /// NaN where the cell is empty.
        case numbers(ContiguousArray<Double>)
        /// Indices into `levels`, which are in order of first appearance; −1 where the cell is empty.
        case categories(codes: ContiguousArray<Int32>, levels: [String])
    }

    public var names: [String]
    public var columns: [Column]
    public var rows: Int
    /// Lines before the header that begin with `#`, without it.
    public var comments: [String]
    /// Lines that could not be read, at most the first 100, each naming line, column, value and remedy; their rows are left out.
    public var faults: [String]
    public var faultCount: Int
    /// The file, for messages.
    let path: String
    /// From each of these rows on, a row's line is its index + `offset`.
    let lineSteps: [(row: Int, offset: Int)]
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
    public init(name: String, names: [String], columns: [Column]) {
        precondition(names.count == columns.count && Set(columns.map(\.count)).count <= 1, "columns of equal length")
        self.init(
            names: names, columns: columns, rows: columns.first?.count ?? 0, comments: [], faults: [], faultCount: 0,
            path: name, lineSteps: [(0, 2)], firstTexts: names.map { _ in nil })
    }

    init(
        names: [String], columns: [Column], rows: Int, comments: [String], faults: [String], faultCount: Int,
        path: String,
        lineSteps: [(row: Int, offset: Int)], firstTexts: [FirstText?]
    ) {
        self.names = names
        self.columns = columns
        self.rows = rows
        self.comments = comments
        self.faults = faults
        self.faultCount = faultCount
        self.path = path
        self.lineSteps = lineSteps
        self.firstTexts = firstTexts
    }

    /// Reads a CSV file, packed with gzip or not.
    ///
    /// Cells may stand in quotes. A column in which every cell that is not empty is a number holds numbers, any other
    /// holds categories. Rows with too few or too many cells are left out and counted as faults; empty lines are skipped.
    ///
    /// - Parameters:
    ///   - path: `-` is the standard input.
    ///   - mustBeNumbers: Names of columns in which a cell that is no number is a fault, rather than making the column one
    ///     of categories. Those that the file has not are ignored.
    ///   - mustBeCategories: Names of columns that hold categories even where all cells are numbers.
    public init(
        path: String, mustBeNumbers: [String] = [], mustBeCategories: [String] = []
    ) throws(TableError) {
        do {
            guard path == "-" else {
                self = try Self.read(
                    path, mustBeNumbers, mustBeCategories
                ) { () throws(EventFileError) in try ByteFeed(path: path) }
                return
            }
            // A column may turn out to hold text only late; a pipe cannot be read twice.
            let bytes = try Self.whole(ByteFeed(path: path))
            self = try Self.read("standard input", mustBeNumbers, mustBeCategories) { ByteFeed(bytes: bytes) }
        } catch let error as TableError {
            throw error
        } catch EventFileError.cannotRead(let reason) {
            throw .cannotRead(file: path, reason: "\(reason).")
        } catch {
            throw .cannotRead(file: path, reason: "\(error)")
        }
    }

    /// The same from bytes in memory.
    init(
        bytes: [UInt8], mustBeNumbers: [String] = [], mustBeCategories: [String] = []
    ) throws {
        self = try Self.read("memory", mustBeNumbers, mustBeCategories) { ByteFeed(bytes: bytes) }
    }

    private static func read(
        _ path: String, _ mustBeNumbers: [String], _ mustBeCategories: [String],
        feed: () throws(EventFileError) -> ByteFeed
    ) throws -> Table {
        var texts: [Int: FirstText] = [:]
        while true {
            var reader = TableReader(
                try feed(), path: path, texts: texts, mustBeNumbers: mustBeNumbers, mustBeCategories: mustBeCategories)
            // Numbers already read have lost their spelling, so the file is read anew.
            switch try reader.read() {
            case .table(let table): return table
            case .holdText(let found): texts.merge(found) { first, _ in first }
            }
        }
    }

    private static func whole(_ feed: ByteFeed) throws(EventFileError) -> [UInt8] {
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
    /// The column's numbers.
    ///
    /// - Throws: `TableError`, where there is no such column or it holds text.
    public func numbers(_ name: String) throws(TableError) -> ContiguousArray<Double> {
        let index = try index(of: name)
        if case .numbers(let numbers) = columns[index] { return numbers }
        throw .notNumbers(
            file: path, column: name, line: firstTexts[index]?.line ?? 2, value: firstTexts[index]?.value ?? "")
    }

    /// The column's categories; of numbers, each value is a category of its own.
    public func categories(
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
    public func line(ofRow row: Int) -> Int {
        let after = lineSteps.partitioningIndex { $0.row > row }
        return row + (after > 0 ? lineSteps[after - 1].offset : 1)
    }

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
    convenience init(bytes: [UInt8]) {
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
