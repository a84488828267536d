/// Why nothing can be measured with what was given: what is wrong, where, and what to do.
///
/// Faults that leave the rest usable are not errors but warnings of the report.
public struct MeasurementError: Error, Sendable, Equatable, CustomStringConvertible {
    /// All that is wrong, each with place, value and remedy; at least one.
    public var faults: [String]

    public init(_ faults: [String]) {
        precondition(!faults.isEmpty, "an error says what is wrong")
        self.faults = faults
    }

    public init(_ fault: String) { self.init([fault]) }

    public var description: String { faults.joined(separator: "\n") }
}
