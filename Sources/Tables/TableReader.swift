import WeirFiles

/// Reads a table from front to back, column by column and without making a string of each cell.
struct TableReader {
    enum Outcome {
        case table(Table)
        /// These columns hold text, and their cells must be kept from the first row on.
        case holdText([Int: Table.FirstText])
    }

    private let rows: CSVReader
    private let path: String
    private let texts: [Int: Table.FirstText]
    private let names: [String]
    private let isText: [Bool]
    private let mustBeNumber: [Bool]
    /// In which only an empty cell is missing.
    private let isVerbatim: [Bool]
    private var columns: [Table.Column]
    private var levels: [TextIndex]
    /// Asking a column's levels would copy them.
    private var levelCounts: [Int]
    private var faults = LineFaults(kept: 100)
    private var count = 0
    private var lineSteps: [(row: Int, offset: Int)]
    /// Records before each of these rows that are faulty, so that a row's place among all of them is known.
    private var recordSteps: [(row: Int, offset: Int)] = [(0, 0)]
    /// Cells of the row being read that are no numbers, in columns that held only numbers so far.
    private var found: [Int: Table.FirstText] = [:]
    /// Columns in which the row being read has a level not seen before.
    private var newLevels: [Int] = []
    /// Rows read and not yet moved to their columns: column by column, `blockRows` cells each; of text its code.
    private var block: [Double]
    private let blockRows = 1024

    /// - Throws: `FileError`, or `TableError` where the header names no columns.
    init(
        _ feed: ByteFeed, path: String, texts: [Int: Table.FirstText], mustBeNumbers: [String],
        mustBeCategories: [String], verbatim: [String]
    ) throws {
        do throws(FileError) { rows = try CSVReader(feed) } catch {
            if error == .noHeader { throw TableError.empty(file: path) }
            throw error
        }
        let names = rows.names
        if names.allSatisfy({ Double($0) != nil }) {
            throw TableError.noHeader(file: path, line: rows.headerLine, first: names[0])
        }
        for (index, name) in names.enumerated() where names[..<index].contains(name) {
            throw TableError.repeatedColumn(file: path, name)
        }
        self.path = path
        self.texts = texts
        self.names = names
        let isText = names.indices.map { texts[$0] != nil || mustBeCategories.contains(names[$0]) }
        self.isText = isText
        mustBeNumber = names.map(mustBeNumbers.contains)
        isVerbatim = names.map(verbatim.contains)
        columns = isText.map { $0 ? .categories(codes: [], levels: []) : .numbers([]) }
        levels = names.map { _ in TextIndex() }
        levelCounts = names.map { _ in 0 }
        block = [Double](repeating: 0, count: names.count * blockRows)
        lineSteps = [(0, rows.nextLine)]
    }

    mutating func read() throws(FileError) -> Outcome {
        var filled = 0
        while let step = try rows.next() {
            switch step {
            case .fault(let fault):
                leaveOut(fault)
            case .row(let row):
                let fault = take(row, into: filled)
                if !found.isEmpty { return .holdText(found) }
                if let fault {
                    leaveOut(fault)
                    continue
                }
                if lineSteps[lineSteps.count - 1].offset + count != rows.line {
                    lineSteps.append((count, rows.line - count))
                }
                count += 1
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
                columns[index] = .categories(codes: codes, levels: levels[index].texts)
            }
        }
        return .table(
            Table(
                names: names, columns: columns, rows: count, comments: rows.comments, faults: faults, path: path,
                lineSteps: lineSteps, recordSteps: recordSteps, firstTexts: names.indices.map { texts[$0] }))
    }

    private mutating func leaveOut(_ fault: LineFault) {
        faults.leaveOut(fault.description)
        if recordSteps[recordSteps.count - 1].row == count {
            recordSteps[recordSteps.count - 1].offset += 1
        } else {
            recordSteps.append((count, faults.count))
        }
    }

    // MARK: Rows

    /// Puts a row's cells into the block; returns what is wrong with one of them, if something is.
    private mutating func take(_ row: CSVRow, into place: Int) -> LineFault? {
        var fault: LineFault?
        var column = takeNumbers(row, from: 0, into: place)
        while column < names.count {
            fault = take(row[column], column, place) ?? fault
            column = takeNumbers(row, from: column + 1, into: place)
        }
        if fault != nil || !found.isEmpty {
            for column in newLevels {
                levels[column].removeLast()
                levelCounts[column] -= 1
            }
        }
        if fault != nil { found = [:] }
        if !newLevels.isEmpty { newLevels.removeAll(keepingCapacity: true) }
        return fault
    }

    /// Takes cells as long as they are plain decimals in columns of numbers, the common case.
    ///
    /// - Returns: The first column that is not taken.
    private mutating func takeNumbers(_ row: CSVRow, from first: Int, into place: Int) -> Int {
        block.withUnsafeMutableBufferPointer { block in
            isText.withUnsafeBufferPointer { isText in
                row.plainNumbers(from: first, exceptIn: isText, into: block.baseAddress! + place, stride: blockRows)
            }
        }
    }

    /// Puts a cell into the block; returns what is wrong with it, if something is.
    private mutating func take(_ cell: UnsafeBufferPointer<UInt8>, _ column: Int, _ row: Int) -> LineFault? {
        let place = column * blockRows + row
        if isText[column] {
            guard !cell.isEmpty, isVerbatim[column] || !MissingText.isMeant(by: cell.trimmingSpaces) else {
                block[place] = -1
                return nil
            }
            let code = levels[column].index(of: cell)
            block[place] = Double(code)
            guard code == levelCounts[column] else { return nil }
            levelCounts[column] += 1
            newLevels.append(column)
            guard String(validating: cell, as: UTF8.self) == nil else { return nil }
            return fault(column, "“\(cell.excerpt)” is not UTF-8; save the table as UTF-8.")
        }
        let trimmed = cell.trimmingSpaces
        block[place] = .nan
        if MissingText.isMeant(by: trimmed) { return nil }
        if let number = NumberText.number(trimmed),
            mustBeNumber[column] || !NumberText.isCode(trimmed) && !Self.isLongId(trimmed, number)
        {
            block[place] = number
            return nil
        }
        if mustBeNumber[column] { return fault(column, "“\(cell.excerpt)” is no number. Correct it.") }
        found[column] = Table.FirstText(line: rows.line, value: cell.excerpt)
        return nil
    }

    /// Whether digits alone make a number that cannot be held to the last of them: then they name something.
    private static func isLongId(_ text: UnsafeBufferPointer<UInt8>, _ number: Double) -> Bool {
        text.count > 15 && abs(number) >= 0x1p53 && text.allSatisfy { ($0 &- UInt8(ascii: "0")) < 10 }
    }

    private func fault(_ column: Int, _ reason: String) -> LineFault {
        LineFault(line: rows.line, column: .name(names[column]), reason: reason)
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
