extension FixedWidthInteger {
    /// The whole part of a number from outside: what is too great or too small becomes the greatest or least integer, and
    /// what is no number becomes 0.
    package init(saturating value: Double) {
        if let exact = Self(exactly: value.rounded(.towardZero)) {
            self = exact
        } else {
            self = value.isNaN ? 0 : value < 0 ? .min : .max
        }
    }
}
