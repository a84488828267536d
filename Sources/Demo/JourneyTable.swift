import Foundation
import WeirDomain
import WeirFiles

/// One of the data's files; every row must be readable.
struct JourneyTable {
    private let name: String
    private let rows: CSVReader
    private let places: [String: Int]

    init(_ url: URL) throws {
        name = url.lastPathComponent
        do throws(FileError) { rows = try CSVReader(ByteFeed(path: url.path)) } catch {
            if case .cannotRead = error { throw DemoError.missingFile(url.path) }
            throw error
        }
        places = Dictionary(zip(rows.names, rows.names.indices)) { first, _ in first }
    }

    struct Row {
        fileprivate let file: String
        fileprivate let line: Int
        fileprivate let places: [String: Int]
        fileprivate let cells: CSVRow

        func text(_ column: String) throws -> String { String(decoding: try cell(column), as: UTF8.self) }

        func number(_ column: String) throws -> Double {
            guard let number = NumberText.finite(try cell(column)) else { throw try fault(column) }
            return number
        }

        func time(_ column: String) throws -> Timestamp {
            guard let time = Timestamp(iso8601: try text(column)) else { throw try fault(column) }
            return time
        }

        private func cell(_ column: String) throws -> UnsafeBufferPointer<UInt8> {
            guard let place = places[column] else {
                throw DemoError.badValue(file: file, line: line, column: column, value: "missing")
            }
            return cells[place]
        }

        private func fault(_ column: String) throws -> DemoError {
            .badValue(file: file, line: line, column: column, value: try text(column))
        }
    }

    func forEachRow(_ body: (Row) throws -> Void) throws {
        while let step = try rows.next() {
            switch step {
            case .row(let cells): try body(Row(file: name, line: rows.line, places: places, cells: cells))
            case .fault(let fault): throw DemoError.unreadableLine(file: name, fault: fault.description)
            }
        }
    }
}
