/// Why a text is no rule or no message template, and what to write instead.
public struct RuleError: Error, Sendable, Hashable, CustomStringConvertible {
    /// From 1, in Unicode scalars of the text.
    public let column: Int
    public let message: String

    public init(column: Int, message: String) {
        self.column = column
        self.message = message
    }

    public var description: String { "Column \(column): \(message)" }
}
