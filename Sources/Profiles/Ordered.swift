/// An entry of a flat array that is sorted by `order`, each of which comes once.
protocol Ordered {
    /// Slot, key hash and day from high bits to low: 16, 32 and 16 bits.
    var order: UInt64 { get }
}

extension Ordered {
    var slot: Int { Int(order >> 48) }
}

extension RandomAccessCollection where Element: Ordered, Index == Int {
    /// The place of the first entry that is not below `order`.
    @inline(__always)
    func lowerBound(of order: UInt64) -> Int {
        var (low, high) = (startIndex, endIndex)
        while low < high {
            let middle = (low + high) / 2
            if self[middle].order < order { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension Array where Element: Ordered {
    /// Drops the last entry of a slot where there are more than `limit` of it.
    ///
    /// Complexity: logarithmic but for the moving of entries; nothing where the array has no more than `limit` in all.
    mutating func dropLast(ofSlot slot: Int, beyond limit: Int) {
        guard count > limit else { return }
        let first = lowerBound(of: UInt64(slot) << 48)
        let end = lowerBound(of: (UInt64(slot) + 1) << 48)
        if end - first > limit { remove(at: end - 1) }
    }
}
