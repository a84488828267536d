import Foundation
import WeirDomain
import WeirFiles

/// One of the data's files: gzipped CSV without quotes, which these files never need.
struct JourneyTable {
    private let name: String
    private let bytes: [UInt8]

    init(_ url: URL) throws {
        name = url.lastPathComponent
        guard let packed = FileManager.default.contents(atPath: url.path) else { throw DemoError.missingFile(url.path) }
        bytes = try Gzip.unpacked(Array(packed), limit: 1 << 30)
    }

    struct Row {
        fileprivate let file: String
        fileprivate let columns: [String: Int]
        fileprivate var line = 1
        fileprivate var fields: [Range<Int>] = []
        fileprivate let bytes: UnsafeBufferPointer<UInt8>

        func text(_ column: String) throws -> String {
            String(decoding: UnsafeBufferPointer(rebasing: bytes[try range(column)]), as: UTF8.self)
        }

        func number(_ column: String) throws -> Double {
            let field = try range(column)
            var whole = 0.0
            var scale = 1.0
            var isFraction = false
            for byte in bytes[field] {
                switch byte {
                case 48...57:
                    whole = whole * 10 + Double(byte - 48)
                    if isFraction { scale *= 10 }
                case 46 where !isFraction: isFraction = true
                default:
                    guard let value = Double(try text(column)) else { throw try fault(column) }
                    return value
                }
            }
            if field.isEmpty { throw try fault(column) }
            return whole / scale
        }

        func time(_ column: String) throws -> Timestamp {
            guard let time = Timestamp(iso8601: try text(column)) else { throw try fault(column) }
            return time
        }

        private func range(_ column: String) throws -> Range<Int> {
            guard let index = columns[column], index < fields.count else {
                throw DemoError.badValue(file: file, line: line, column: column, value: "missing")
            }
            return fields[index]
        }

        private func fault(_ column: String) throws -> DemoError {
            .badValue(file: file, line: line, column: column, value: try text(column))
        }
    }

    func forEachRow(_ body: (Row) throws -> Void) throws {
        try bytes.withUnsafeBufferPointer { bytes in
            var start = 0
            var row: Row?
            var line = 0
            while start < bytes.count {
                var end = start
                var fieldStart = start
                var fields: [Range<Int>] = []
                fields.reserveCapacity(row?.fields.count ?? 12)
                while end < bytes.count, bytes[end] != 10 {
                    if bytes[end] == 44 {
                        fields.append(fieldStart..<end)
                        fieldStart = end + 1
                    }
                    end += 1
                }
                fields.append(fieldStart..<(end > fieldStart && bytes[end - 1] == 13 ? end - 1 : end))
                line += 1
                if row == nil {
                    let names = fields.map { String(decoding: UnsafeBufferPointer(rebasing: bytes[$0]), as: UTF8.self) }
                    row = Row(
                        file: name, columns: Dictionary(zip(names, names.indices)) { first, _ in first }, bytes: bytes)
                } else {
                    row!.line = line
                    row!.fields = fields
                    try body(row!)
                }
                start = end + 1
            }
        }
    }
}
