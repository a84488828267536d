// The standard library promises no fixed sequence for `Double.random`; these draws never change between versions.
extension RandomNumberGenerator {
    /// A number in 0 ≤ u < 1, from the upper 53 bits of one word.
    @inlinable
    public mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// A draw from the normal distribution with mean 0 and standard deviation 1.
    ///
    /// Keeps no second draw back, so the generator is the whole state.
    ///
    /// Source: Marsaglia, Bray, "A Convenient Method for Generating Normal Variables" (SIAM Review 6(3), 1964).
    @inlinable
    public mutating func standardNormal() -> Double {
        while true {
            let u = 2 * unit() - 1
            let v = 2 * unit() - 1
            let square = u * u + v * v
            if square < 1, square > 0 { return u * (-2 * Portable.log(square) / square).squareRoot() }
        }
    }
}
