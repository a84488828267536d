package import WeirReporting

/// What is wrong with a number that somebody wrote; nil where it lies within its field's limits.
///
/// Numbers beyond these limits are written by mistake, or to see what happens: nothing could be made of them but a sum that is
/// no number, or a wait for years.
///
/// - Parameters:
///   - field: As people write it, such as `--horizon`.
///   - unit: Behind the limits, such as `weeks`.
package func limitFault<Number: Comparable>(
    _ field: String, _ value: Number, _ limits: ClosedRange<Number>, _ unit: String? = nil
) -> String? {
    guard !limits.contains(value) else { return nil }
    let range = "\(limits.lowerBound) to \(limits.upperBound)"
    return "\(field) is \(value); write a number from \(range)\(unit.map { " \($0)" } ?? "")."
}

extension MeasurementRequest {
    /// - Throws: `MeasurementError` with all faults that there are.
    package func refuse(_ faults: [String?]) throws(MeasurementError) {
        let found = faults.compactMap(\.self)
        guard found.isEmpty else { throw MeasurementError(found) }
    }
}
