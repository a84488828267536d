/// A seeded generator with a period of 2²⁵⁶ − 1, for long simulations.
///
/// Source: Blackman, Vigna, "Scrambled Linear Pseudorandom Number Generators" (ACM TOMS 47(4), 2021).
public struct Xoshiro256StarStar: RandomNumberGenerator, Sendable, Hashable {
    @usableFromInline var a: UInt64
    @usableFromInline var b: UInt64
    @usableFromInline var c: UInt64
    @usableFromInline var d: UInt64

    /// Fills the state from `SplitMix64`, as its authors advise; the state is then never all zero.
    @inlinable
    public init(seed: UInt64) {
        var filler = SplitMix64(seed: seed)
        a = filler.next()
        b = filler.next()
        c = filler.next()
        d = filler.next()
    }

    @inlinable
    public mutating func next() -> UInt64 {
        let product = b &* 5
        let result = (product << 7 | product >> 57) &* 9
        let shifted = b << 17
        c ^= a
        d ^= b
        b ^= c
        a ^= d
        c ^= shifted
        d = d << 45 | d >> 19
        return result
    }
}
