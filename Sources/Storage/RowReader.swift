package import WeirDomain
package import WeirJSON

/// Gives the columns of one row in their order; each store has its own.
package protocol RowReader: AnyObject {
    func integer() -> Int64
    func optionalInteger() -> Int64?
    func text() -> String
    func optionalText() -> String?
    func bytes() -> [UInt8]
    /// Hands on a column's bytes where the store holds them.
    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result
    /// Passes a column over.
    func skip()
}

extension RowReader {
    /// A column that holds JSON as text.
    package func json() throws -> JSON {
        do {
            return try withBytes { try JSON(parsing: $0) }
        } catch let error as JSONParsingError {
            throw StoreDamage(detail: "JSON in a row: \(error)")
        }
    }

    package func currency() throws(StoreDamage) -> Currency {
        guard let currency = Currency(text()) else { throw .unknownValue(in: "currency") }
        return currency
    }

    /// A column that holds one of the numbers of an enumeration.
    ///
    /// - Parameter column: Its name with its table's, for the error.
    package func number<Value: RawRepresentable<UInt8>>(
        _ column: String, as type: Value.Type = Value.self
    ) throws(StoreDamage) -> Value {
        guard let value = UInt8(exactly: integer()).flatMap(Value.init(rawValue:)) else {
            throw .unknownValue(in: column)
        }
        return value
    }

    /// A column that holds one of the words of an enumeration.
    ///
    /// - Parameter column: Its name with its table's, for the error.
    package func word<Value: RawRepresentable<String>>(
        _ column: String, as type: Value.Type = Value.self
    ) throws(StoreDamage) -> Value {
        guard let value = Value(rawValue: text()) else { throw .unknownValue(in: column) }
        return value
    }
}
