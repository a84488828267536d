/// Why a text is not JSON that we can hold: what is wrong, where, and what to do.
public struct JSONParsingError: Error, Equatable, CustomStringConvertible {
    /// What is wrong and its remedy, as a sentence.
    public let message: String
    /// Where, in bytes from the beginning.
    public let offset: Int
    /// Where, counted from 1; columns are bytes.
    public let line: Int
    public let column: Int

    public var description: String { "Line \(line), column \(column): \(message)" }

    init(_ message: String, at offset: Int, in bytes: UnsafeRawBufferPointer) {
        self.message = message
        self.offset = offset
        var line = 1
        var lineStart = 0
        for index in 0..<min(offset, bytes.count) where bytes[index] == 0x0a {
            line += 1
            lineStart = index + 1
        }
        self.line = line
        column = offset - lineStart + 1
    }
}
