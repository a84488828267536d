/// A row of a table, its cells as bytes without their quotes; valid until the next row is read.
package struct CSVRow {
    /// Where a cell stands: in the bytes of the file, or at `-1 - start` in those whose doubled quotes were undone.
    @usableFromInline
    package struct Bounds {
        @usableFromInline let start: Int
        @usableFromInline let end: Int

        init(start: Int, end: Int) {
            self.start = start
            self.end = end
        }
    }

    @usableFromInline let bytes: UnsafePointer<UInt8>
    @usableFromInline let undoubled: UnsafePointer<UInt8>
    @usableFromInline let bounds: UnsafePointer<Bounds>
    /// How many cells it has.
    package let count: Int
    /// The row as the file has it, without its line end.
    package let raw: UnsafeRawBufferPointer

    init(
        bytes: UnsafePointer<UInt8>, undoubled: UnsafePointer<UInt8>, bounds: UnsafePointer<Bounds>, count: Int,
        raw: UnsafeRawBufferPointer
    ) {
        self.bytes = bytes
        self.undoubled = undoubled
        self.bounds = bounds
        self.count = count
        self.raw = raw
    }

    /// The cell of a column, counted from 0.
    ///
    /// The byte behind the cell can be looked at, and is neither a digit nor a point.
    @inlinable
    package subscript(column: Int) -> UnsafeBufferPointer<UInt8> {
        precondition(column >= 0 && column < count, "a cell of the row")
        let bounds = bounds[column]
        if bounds.start >= 0 {
            return UnsafeBufferPointer(start: bytes + bounds.start, count: bounds.end - bounds.start)
        }
        return UnsafeBufferPointer(start: undoubled + (-1 - bounds.start), count: bounds.end - (-1 - bounds.start))
    }

    /// Reads cells as long as they are plain decimals, the common case in tables of numbers.
    ///
    /// - Parameters:
    ///   - first: The column to begin with; may be the one behind the last.
    ///   - isText: By column: where reading stops.
    ///   - numbers: Of column 0; those of the next column stand `stride` numbers behind.
    /// - Returns: The first column that was not read: a text's, or one whose cell is something else or may be a code.
    package func plainNumbers(
        from first: Int, exceptIn isText: UnsafeBufferPointer<Bool>, into numbers: UnsafeMutablePointer<Double>,
        stride: Int
    ) -> Int {
        NumberText.powers.withUnsafeBufferPointer { powers in
            for column in first..<max(first, count) {
                guard !isText[column] else { return column }
                let cell = self[column]
                guard let start = cell.baseAddress, cell.count > 0 else { return column }
                var position = start
                guard let number = NumberText.plain(&position, powers.baseAddress!), position == start + cell.count
                else { return column }
                let lead = start[0] == UInt8(ascii: "-") ? 1 : 0
                if cell.count > lead + 1, start[lead] == UInt8(ascii: "0"), start[lead + 1] != UInt8(ascii: ".") {
                    return column
                }
                numbers[column * stride] = number
            }
            return count
        }
    }

    /// The cell as a text; nil where it is not UTF-8.
    package func text(_ column: Int) -> String? { String(validating: self[column], as: UTF8.self) }
}

extension UnsafeBufferPointer<UInt8> {
    /// The cell without spaces around it.
    package var trimmingSpaces: Self {
        var range = startIndex..<endIndex
        while let first = range.first, self[first] == UInt8(ascii: " ") { range.removeFirst() }
        while let last = range.last, self[last] == UInt8(ascii: " ") { range.removeLast() }
        return Self(rebasing: self[range])
    }

    /// The beginning of the cell, for messages.
    package var excerpt: String { String(decoding: prefix(60), as: UTF8.self) }
}
