package import WeirLimits

/// A message that was not accepted, as the answer and the quarantine show it.
package struct RejectedMessage: Sendable, Equatable {
    package enum Code: String, Sendable, CaseIterable {
        /// Not JSON, or a row that is no CSV.
        case malformed
        /// A required field is missing, null or empty.
        case missing
        /// A field has the wrong type or a value that cannot be read.
        case invalid
        /// The message, something in it or its batch exceeds a limit.
        case tooLarge = "too_large"
        /// The event lies in the future.
        case clockAhead = "clock_ahead"
    }

    package var code: Code
    /// Where: a JSON Pointer into the body or the line, such as `#/batch/3/userId`; in a table `#/` and the column.
    package var pointer: String
    /// What is wrong and its remedy, in sentences that name field and value.
    package var reason: String
    /// The message as it came: compact JSON, or the bytes of the line; of a line that is too long its beginning.
    package var message: [UInt8]
    /// Of a file, counted from 1.
    package var line: Int?
    /// What it is beyond, where its code is `tooLarge`.
    package var limit: Limits.Kind?

    package init(
        code: Code, pointer: String, reason: String, message: [UInt8], line: Int? = nil, limit: Limits.Kind? = nil
    ) {
        self.code = code
        self.pointer = pointer
        self.reason = reason
        self.message = message
        self.line = line
        self.limit = limit
    }
}
