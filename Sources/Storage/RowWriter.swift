/// Takes the columns of one row in their order; each store has its own.
///
/// A class, so that a row is handed on as it is filled; methods rather than a list of values, so that none is boxed.
package protocol RowWriter: AnyObject {
    func write(_ value: Int64)
    func write(_ text: String)
    func write(_ bytes: [UInt8])
    /// - Parameter utf8: A text.
    func write(utf8: [UInt8])
    func writeNull()
}

extension RowWriter {
    package func write(_ value: Int64?) {
        if let value { write(value) } else { writeNull() }
    }

    package func write(_ text: String?) {
        if let text { write(text) } else { writeNull() }
    }
}
