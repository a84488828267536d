/// Why nothing can be measured with what was given: what is wrong, where, and what to do.
///
/// Faults that leave the rest usable are not errors but warnings of the report.
package struct MeasurementError: Error, Sendable, Equatable, CustomStringConvertible {
    /// All that is wrong, each with place, value and remedy; at least one.
    package var faults: [String]

    package init(_ faults: [String]) {
        precondition(!faults.isEmpty, "an error says what is wrong")
        self.faults = faults
    }

    package init(_ fault: String) { self.init([fault]) }

    package var description: String { faults.joined(separator: "\n") }
}
