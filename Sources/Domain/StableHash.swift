/// A hash that is the same in every process, on every machine and for ever, unlike `Hashable`'s.
///
/// FNV-1a over the bytes, finished with the mixer of SplitMix64 so that near inputs land far apart. Assignment to
/// holdouts, partitions and model buckets hangs on it: changing it changes who is held out.
public enum StableHash {
    @inlinable
    public static func of(_ text: String, salt: UInt64 = 0) -> UInt64 {
        var text = text
        return text.withUTF8 { of($0, salt: salt) }
    }

    @inlinable
    public static func of(_ bytes: UnsafeBufferPointer<UInt8>, salt: UInt64 = 0) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325 ^ salt
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        return mixed(hash)
    }

    /// Combines two hashes; not symmetric. The lowest bit of `second` does not count, so a small number belongs first.
    @inlinable
    public static func combining(_ first: UInt64, _ second: UInt64) -> UInt64 {
        mixed(first &+ 0x9e37_79b9_7f4a_7c15 &* (second | 1) ^ (second >> 32))
    }

    /// The finaliser of SplitMix64: a bijection of 64 bits.
    ///
    /// Source: Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators" (OOPSLA 2014).
    @inlinable
    public static func mixed(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    /// A hash as a number in 0 ≤ u < 1, from its upper 53 bits.
    @inlinable
    public static func unit(_ hash: UInt64) -> Double { Double(hash >> 11) * 0x1p-53 }
}
