/// How many amounts of a metric came in, and how many of them lay outside the range that the catalog declares.
public struct RangeCount: Sendable, Equatable {
    public private(set) var amounts = 0
    /// Those that count as the nearest end of the range.
    public private(set) var cut = 0

    /// In 0 ... 1; 0 before the first.
    public var share: Double { amounts == 0 ? 0 : Double(cut) / Double(amounts) }

    mutating func record(isCut: Bool) {
        amounts += 1
        if isCut { cut += 1 }
    }
}
