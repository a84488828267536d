/// Something in a catalog's file that cannot stand, where it is and what to do about it.
public struct CatalogFault: Sendable, Hashable, CustomStringConvertible {
    public let file: String
    /// From 1.
    public let line: Int
    /// From 1, in Unicode scalars.
    public let column: Int
    /// The way to the value, such as `offers[0].cost`; empty for the file as a whole.
    public let field: String
    /// Names the value and the remedy.
    public let message: String

    public init(file: String, line: Int, column: Int, field: String, message: String) {
        self.file = file
        self.line = line
        self.column = column
        self.field = field
        self.message = message
    }

    /// `campaigns/spring.yaml:14:9: offers[0].cost: “…” is … Write …`, as editors and terminals link it.
    public var description: String {
        "\(file):\(line):\(column): \(field.isEmpty ? "" : field + ": ")\(message)"
    }
}

/// Everything that is wrong with a catalog, sorted by place.
public struct CatalogFaults: Error, Sendable, Hashable, CustomStringConvertible {
    /// Never empty.
    public let faults: [CatalogFault]

    public init(faults: [CatalogFault]) {
        precondition(!faults.isEmpty)
        self.faults = faults
    }

    public var description: String { faults.map(\.description).joined(separator: "\n") }
}
