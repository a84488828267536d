public import WeirDomain
import WeirJSON

/// A catalog as it was applied, with the text of its files.
public struct StoredCatalog: Sendable, Equatable {
    /// Counted from 1; unique.
    public var version: Int
    public var appliedTime: Timestamp
    /// File name and content, sorted by name.
    public var files: [File]
    /// How its models learn: 1 as in stores from before there were bounds, 2 with bounds on what one person's numbers can do
    /// to them, 3 where orders have an identity. What was applied under an earlier one goes on so until it is applied anew, so
    /// that its decisions can be recomputed.
    public var format: Int

    public static let currentFormat = 3

    public struct File: Sendable, Equatable {
        public var name: String
        public var text: String

        public init(name: String, text: String) {
            self.name = name
            self.text = text
        }
    }

    public init(
        version: Int, appliedTime: Timestamp, files: [File], format: Int = StoredCatalog.currentFormat
    ) {
        self.version = version
        self.appliedTime = appliedTime
        self.files = files
        self.format = format
    }

    /// Whether an order that is told again is the same order.
    package var ordersHaveIdentity: Bool { format >= 3 }

    /// Whether one person's numbers can move its models only so far.
    public var inputsAreBounded: Bool { format >= 2 }
}

extension RecordKind {
    public static var catalog: RecordKind { RecordKind(number: 8) }
}

extension StoredCatalog: StoredRow {
    package static var recordKind: RecordKind { .catalog }
    package static var table: String { "catalogs" }
    package static var since: Int { 1 }
    /// `files` is a JSON object of contents by name, and the format by the name `format`, from 2 on.
    package static let columns: [RowColumn] = [.integer("version"), .integer("applied_time"), .text("files")]

    package var record: Record { .catalog(self) }

    package func write(to row: some RowWriter) {
        row.write(Int64(version))
        row.write(appliedTime.microseconds)
        var members = files.map { JSON.Member($0.name, .string($0.text)) }
        if format > 1 { members.append(JSON.Member("format", .integer(Int64(format)))) }
        row.write(utf8: JSON.object(members).bytes)
    }

    package init(row: some RowReader) throws {
        let (version, time) = (Int(row.integer()), Timestamp(microseconds: row.integer()))
        var format = 1
        var files: [File] = []
        for member in try row.json().members ?? [] {
            if member.name == "format", let number = member.value.integer {
                format = Int(number)
            } else {
                files.append(File(name: member.name, text: member.value.string ?? ""))
            }
        }
        self.init(version: version, appliedTime: time, files: files, format: format)
    }
}
