import Foundation
import GRDB
import Testing
import WeirSQLiteStorage
import WeirStorage

@Suite("Types of records")
struct StoredRowTests {
    @Test("Have numbers of their own, in order, and tables of their own")
    func numbers() {
        let types = Types.all
        #expect(types.map { $0.recordKind.number } == (1...UInt8(types.count)).map { $0 })
        #expect(types.map { $0.recordKind } == RecordKind.allCases)
        #expect(Set(types.map { $0.table }).count == types.count)
    }

    @Test("Have in SQLite the tables that they say they have")
    func tables() throws {
        let folder = try TemporaryFolder()
        try SQLiteStore(path: folder.database).close()
        let database = try DatabaseQueue(path: folder.database)
        for type in Types.all {
            let declared = Set(type.columns.map { "\($0.name) \($0.value) \($0.isOptional ? "optional" : "needed")" })
            let actual = try database.read {
                try Row.fetchAll($0, sql: "SELECT * FROM pragma_table_info('\(type.table)') WHERE name <> 'sequence'")
            }
            let kept = Set(
                actual.map { row -> String in
                    let values = ["INTEGER": "integer", "TEXT": "text", "BLOB": "bytes"]
                    let value = values[row["type"] as String] ?? "?"
                    return "\(row["name"] as String) \(value) \((row["notnull"] as Int) == 0 ? "optional" : "needed")"
                })
            #expect(declared == kept, "table \(type.table)")
        }
    }

    @Test("Have optional columns where these came after their table")
    func additions() {
        for type in Types.all {
            for column in type.columns where column.since != nil {
                #expect(column.isOptional && column.since! > type.since, "\(type.table).\(column.name)")
            }
        }
    }
}

private struct Types: RecordTypeVisitor {
    private var types: [any StoredRow.Type] = []

    static var all: [any StoredRow.Type] {
        var list = Types()
        Record.forEachType(&list)
        return list.types
    }

    mutating func visit<Row: StoredRow>(_ type: Row.Type) { types.append(type) }
}
