/// A column of the table that holds a type of record.
package struct RowColumn: Sendable, Equatable {
    package enum Value: Sendable {
        /// 64 bits, signed.
        case integer
        /// UTF-8.
        case text
        case bytes
    }

    package var name: String
    package var value: Value
    package var isOptional: Bool
    /// The version of the tables that brought it, where it came later than its table. It is then optional, since older
    /// rows do not have it.
    package var since: Int?

    package static func integer(_ name: String) -> RowColumn { RowColumn(name: name, value: .integer) }
    package static func text(_ name: String) -> RowColumn { RowColumn(name: name, value: .text) }
    package static func bytes(_ name: String) -> RowColumn { RowColumn(name: name, value: .bytes) }

    package static func optional(_ column: RowColumn, since version: Int? = nil) -> RowColumn {
        RowColumn(name: column.name, value: column.value, isOptional: true, since: version)
    }

    private init(name: String, value: Value, isOptional: Bool = false, since: Int? = nil) {
        self.name = name
        self.value = value
        self.isOptional = isOptional
        self.since = since
    }
}
