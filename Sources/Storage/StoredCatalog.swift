public import WeirDomain
import WeirJSON

/// A catalog as it was applied, with the text of its files.
public struct StoredCatalog: Sendable, Equatable {
    /// Counted from 1; unique.
    public var version: Int
    public var appliedTime: Timestamp
    /// File name and content, sorted by name.
    public var files: [File]

    public struct File: Sendable, Equatable {
        public var name: String
        public var text: String

        public init(name: String, text: String) {
            self.name = name
            self.text = text
        }
    }

    public init(version: Int, appliedTime: Timestamp, files: [File]) {
        self.version = version
        self.appliedTime = appliedTime
        self.files = files
    }
}

extension RecordKind {
    public static var catalog: RecordKind { RecordKind(number: 8) }
}

extension StoredCatalog: StoredRow {
    package static var recordKind: RecordKind { .catalog }
    package static var table: String { "catalogs" }
    package static var since: Int { 1 }
    /// `files` is a JSON object of contents by name.
    package static let columns: [RowColumn] = [.integer("version"), .integer("applied_time"), .text("files")]

    package var record: Record { .catalog(self) }

    package func write(to row: some RowWriter) {
        row.write(Int64(version))
        row.write(appliedTime.microseconds)
        row.write(utf8: JSON.object(files.map { JSON.Member($0.name, .string($0.text)) }).bytes)
    }

    package init(row: some RowReader) throws {
        self.init(
            version: Int(row.integer()), appliedTime: Timestamp(microseconds: row.integer()),
            files: (try row.json().members ?? []).map { File(name: $0.name, text: $0.value.string ?? "") })
    }
}
