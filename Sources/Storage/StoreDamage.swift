/// What a row's decoder found wrong; the store adds its path.
package struct StoreDamage: Error, Equatable {
    package var detail: String

    package init(detail: String) { self.detail = detail }

    /// A column that holds none of the values it can have.
    package static func unknownValue(in column: String) -> StoreDamage {
        StoreDamage(detail: "unknown value in column \(column)")
    }
}
