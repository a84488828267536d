/// A moment as a number since 1970 UTC, whose unit follows from its size: seconds until the year 5138, milliseconds and
/// microseconds from 1973 on.
package struct EpochNumber: Sendable, Equatable {
    package var seconds: Double
    /// `seconds`, `milliseconds` or `microseconds`.
    package var unit: String

    /// - Returns: Nil where the number is not finite or beyond microseconds of the year 5138.
    package init?(_ number: Double) {
        switch abs(number) {
        case ..<1e11: (seconds, unit) = (number, "seconds")
        case ..<1e14: (seconds, unit) = (number / 1e3, "milliseconds")
        case ..<1e17: (seconds, unit) = (number / 1e6, "microseconds")
        default: return nil
        }
    }
}
