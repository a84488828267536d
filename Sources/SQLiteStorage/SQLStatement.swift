import GRDB
import GRDBSQLite

/// A prepared statement whose parameters and columns are taken in order, straight from SQLite.
///
/// GRDB's arguments and rows box each value; at the journal's rate that costs more than the insert itself.
final class SQLStatement {
    private let statement: Statement
    private let handle: OpaquePointer
    private var parameter: Int32 = 0
    private var column: Int32 = 0

    /// Prepares the statement, once per connection. It may serve one loop at a time.
    init(_ database: Database, _ sql: String) throws {
        statement = try database.cachedStatement(sql: sql)
        handle = statement.sqliteStatement
        sqlite3_reset(handle)
    }

    // A loop that ended early would otherwise hold its read open.
    deinit { reset() }

    // MARK: Parameters

    func bind(_ value: Int64) {
        parameter += 1
        sqlite3_bind_int64(handle, parameter, value)
    }

    func bind(_ text: String) {
        parameter += 1
        var text = text
        text.withUTF8 { bindText($0) }
    }

    /// Binds UTF-8 as text.
    func bindText(_ bytes: [UInt8]) {
        parameter += 1
        bytes.withUnsafeBufferPointer { bindText($0) }
    }

    func bind(_ bytes: [UInt8]) {
        parameter += 1
        // Without an address SQLite would bind NULL.
        guard !bytes.isEmpty else { return _ = sqlite3_bind_zeroblob(handle, parameter, 0) }
        sqlite3_bind_blob(handle, parameter, bytes, Int32(bytes.count), Self.copied)
    }

    func bind(_ value: Int64?) {
        if let value { bind(value) } else { bindNull() }
    }

    func bind(_ text: String?) {
        if let text { bind(text) } else { bindNull() }
    }

    func bindNull() {
        parameter += 1
        sqlite3_bind_null(handle, parameter)
    }

    private func bindText(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let start = bytes.baseAddress else { return _ = sqlite3_bind_text(handle, parameter, "", 0, Self.copied) }
        start.withMemoryRebound(to: CChar.self, capacity: bytes.count) {
            _ = sqlite3_bind_text(handle, parameter, $0, Int32(bytes.count), Self.copied)
        }
    }

    /// SQLITE_TRANSIENT, a macro that Swift cannot import.
    private static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    // MARK: Running

    /// Runs a statement without rows, ready for new parameters.
    ///
    /// - Returns: How many rows it changed.
    @discardableResult
    func run() throws -> Int {
        parameter = 0
        let code = sqlite3_step(handle)
        let changes = code == SQLITE_DONE ? Int(sqlite3_changes(sqlite3_db_handle(handle))) : 0
        let reset = sqlite3_reset(handle)
        guard code == SQLITE_DONE else { throw failure(reset) }
        return changes
    }

    /// Moves to the next row; after the last one the statement is ready for new parameters.
    func next() throws -> Bool {
        parameter = 0
        column = 0
        let code = sqlite3_step(handle)
        if code == SQLITE_ROW { return true }
        let reset = sqlite3_reset(handle)
        guard code == SQLITE_DONE else { throw failure(reset) }
        return false
    }

    /// Ends a loop before its last row.
    func reset() { sqlite3_reset(handle) }

    private func failure(_ code: Int32) -> DatabaseError {
        DatabaseError(
            resultCode: ResultCode(rawValue: code), message: String(cString: sqlite3_errmsg(sqlite3_db_handle(handle))))
    }

    // MARK: Columns

    func integer() -> Int64 {
        defer { column += 1 }
        return sqlite3_column_int64(handle, column)
    }

    func text() -> String {
        defer { column += 1 }
        return textHere()
    }

    func bytes() -> [UInt8] { withBytes { [UInt8]($0) } }

    /// Hands on the column's bytes where SQLite holds them.
    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        defer { column += 1 }
        let start = sqlite3_column_blob(handle, column)
        return try body(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column))))
    }

    func skip() { column += 1 }

    func optionalInteger() -> Int64? {
        defer { column += 1 }
        return isNull ? nil : sqlite3_column_int64(handle, column)
    }

    func optionalText() -> String? {
        defer { column += 1 }
        return isNull ? nil : textHere()
    }

    private var isNull: Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

    private func textHere() -> String {
        guard let start = sqlite3_column_text(handle, column) else { return "" }
        let count = Int(sqlite3_column_bytes(handle, column))
        return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }
}
