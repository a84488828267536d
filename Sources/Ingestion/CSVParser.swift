/// Splits a table into records and fields.
///
/// Source: RFC 4180; besides it LF alone ends a record, and the delimiter may be another byte.
struct CSVParser {
    /// A field as a range of the bytes, without its quotes.
    struct Field {
        var range: Range<Int>
        /// Whether doubled quotes in it stand for one.
        var hasDoubledQuotes: Bool
    }

    enum Outcome: Equatable {
        /// `length` counts the line end, `lines` how many lines the record takes.
        case record(length: Int, lines: Int)
        case needsMore
        /// The record is no CSV; `column` counts fields from 1.
        case fault(String, column: Int)
    }

    let delimiter: UInt8
    /// Of the last record.
    private(set) var fields: [Field] = []

    init(delimiter: UInt8) { self.delimiter = delimiter }

    /// Reads the first record.
    ///
    /// - Parameter isWhole: Whether nothing follows the bytes.
    mutating func parse(_ bytes: UnsafeRawBufferPointer, isWhole: Bool) -> Outcome {
        fields.removeAll(keepingCapacity: true)
        var index = 0
        var lines = 1
        while true {
            let start = index
            if index < bytes.count, bytes[index] == UInt8(ascii: "\"") {
                guard let end = skipQuoted(bytes, &index, &lines) else {
                    guard isWhole else { return .needsMore }
                    return .fault(
                        "a quote is opened and never closed; close it, or double it.", column: fields.count + 1)
                }
                fields.append(Field(range: start + 1..<end.index, hasDoubledQuotes: end.hasDoubledQuotes))
            } else {
                while index < bytes.count, bytes[index] != delimiter, !bytes[index].isLineEnd {
                    if bytes[index] == UInt8(ascii: "\"") {
                        let remedy = "put the field in quotes and double the quotes in it."
                        return .fault("a quote stands inside a field; \(remedy)", column: fields.count + 1)
                    }
                    index += 1
                }
                fields.append(Field(range: start..<index, hasDoubledQuotes: false))
            }

            guard index < bytes.count else { return isWhole ? .record(length: index, lines: lines) : .needsMore }
            switch bytes[index] {
            case delimiter:
                index += 1
            case UInt8(ascii: "\n"):
                return .record(length: index + 1, lines: lines)
            case UInt8(ascii: "\r"):
                guard index + 1 < bytes.count else {
                    return isWhole ? .record(length: index + 1, lines: lines) : .needsMore
                }
                let length = bytes[index + 1] == UInt8(ascii: "\n") ? index + 2 : index + 1
                return .record(length: length, lines: lines)
            default:
                let remedy = "double the quotes that belong to the text."
                return .fault("text follows the closing quote of a field; \(remedy)", column: fields.count)
            }
        }
    }

    /// Skips a quoted field; returns where its closing quote is, nil where there is none.
    private func skipQuoted(
        _ bytes: UnsafeRawBufferPointer, _ index: inout Int, _ lines: inout Int
    ) -> (index: Int, hasDoubledQuotes: Bool)? {
        var hasDoubledQuotes = false
        index += 1
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            if byte == UInt8(ascii: "\n") { lines += 1 }
            guard byte == UInt8(ascii: "\"") else { continue }
            guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else { return (index - 1, hasDoubledQuotes) }
            index += 1
            hasDoubledQuotes = true
        }
        return nil
    }

    /// The text of a field of the record last read; nil where it is not UTF-8.
    func text(_ field: Field, in bytes: UnsafeRawBufferPointer) -> String? {
        let raw = bytes[field.range]
        guard field.hasDoubledQuotes else { return String(validating: raw, as: UTF8.self) }
        var isSecond = false
        let text = raw.filter { byte in
            isSecond = byte == UInt8(ascii: "\"") && !isSecond
            return byte != UInt8(ascii: "\"") || isSecond
        }
        return String(validating: text, as: UTF8.self)
    }
}

extension UInt8 {
    var isLineEnd: Bool { self == UInt8(ascii: "\n") || self == UInt8(ascii: "\r") }
}
