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
