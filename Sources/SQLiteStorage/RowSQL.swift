import WeirStorage

/// The parts of statements that follow from the types of records, put together once.
enum RowSQL {
    /// One more than the highest number of a type.
    static let typeCount = texts.columns.count

    /// Takes the sequence number, then the columns.
    static func insertion<Row: StoredRow>(of type: Row.Type) -> String { texts.insertions[Int(Row.recordKind.number)] }

    /// Yields the sequence number, then the columns.
    static func selection<Row: StoredRow>(of type: Row.Type, _ condition: String) -> String {
        "SELECT sequence, \(texts.columns[Int(Row.recordKind.number)]) FROM \(Row.table) \(condition)"
    }

    private static let texts: Texts = {
        var texts = Texts()
        Record.forEachType(&texts)
        return texts
    }()

    /// By the number of the type.
    private struct Texts: RecordTypeVisitor {
        private(set) var columns: [String] = []
        private(set) var insertions: [String] = []

        mutating func visit<Row: StoredRow>(_ type: Row.Type) {
            let names = Row.columns.map(\.name).joined(separator: ", ")
            let places = Row.columns.map { _ in "?" }.joined(separator: ", ")
            // A number that no type has, as that of 0, has no texts.
            while columns.count <= Int(Row.recordKind.number) {
                columns.append("")
                insertions.append("")
            }
            columns[Int(Row.recordKind.number)] = names
            insertions[Int(Row.recordKind.number)] =
                "INSERT INTO \(Row.table) (sequence, \(names)) VALUES (?, \(places))"
        }
    }
}
