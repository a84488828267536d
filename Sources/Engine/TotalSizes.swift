import WeirStatistics

/// The totals of one metric in one arm by their size, so that their sums can be had with the largest ones cut.
///
/// Four bins to an octave, from a millionth up, on either side of zero; takes 12 KB, whatever it counts.
struct TotalSizes: Sendable, Equatable {
    struct Bin: Sendable, Equatable {
        var count = 0
        var sum = 0.0
        var sumOfSquares = 0.0
    }

    /// What the totals come to with the largest ones cut.
    struct Cut: Sendable, Equatable {
        /// Totals beyond the bound.
        var count = 0
        var sum = 0.0
        var sumOfSquares = 0.0
    }

    private static let least = -20
    private static let binsPerSide = 4 * 72

    /// Those of the totals below zero, then those above it, each by size.
    private var bins = [Bin](repeating: Bin(), count: 2 * Self.binsPerSide)

    /// A total has become another; 0 is none.
    mutating func move(from old: Double, to new: Double) {
        if old != 0 {
            let bin = Self.bin(of: old)
            bins[bin].count -= 1
            bins[bin].sum -= old
            bins[bin].sumOfSquares -= old * old
        }
        if new != 0 {
            let bin = Self.bin(of: new)
            bins[bin].count += 1
            bins[bin].sum += new
            bins[bin].sumOfSquares += new * new
        }
    }

    /// The sums, where totals of a size beyond `bound` count as if they were of that size.
    ///
    /// - Parameter bound: As `bound(of:)` gives it.
    func cut(at bound: Double) -> Cut {
        var cut = Cut()
        for (index, bin) in bins.enumerated() where bin.count > 0 {
            if Self.upperEdge(of: index % Self.binsPerSide) <= bound {
                cut.sum += bin.sum
                cut.sumOfSquares += bin.sumOfSquares
            } else {
                let count = Double(bin.count)
                cut.count += bin.count
                cut.sum += index < Self.binsPerSide ? -bound * count : bound * count
                cut.sumOfSquares += bound * bound * count
            }
        }
        return cut
    }

    /// The size beyond which totals are outliers among all arms' (see `OutlierFence`); nil where they are too few.
    static func bound(of arms: some Sequence<TotalSizes>) -> Double? {
        var counts = [Int](repeating: 0, count: binsPerSide)
        for arm in arms {
            for bin in arm.bins.indices { counts[bin % binsPerSide] += arm.bins[bin].count }
        }
        let total = counts.reduce(0, +)
        guard total >= OutlierFence.leastAmounts else { return nil }
        func quantile(above rank: Int) -> Int {
            var passed = 0
            for (bin, count) in counts.enumerated() {
                passed += count
                if passed > rank { return bin }
            }
            return binsPerSide - 1
        }
        let (lower, upper) = (quantile(above: total / 4), quantile(above: total * 3 / 4))
        // From the same edges, so that totals that are all alike have the ratio 1; up to the next edge, where sums are known.
        let fence = OutlierFence.bound(lower: upperEdge(of: lower), upper: upperEdge(of: upper))
        return upperEdge(of: place(of: fence))
    }

    // MARK: Bins

    private static func bin(of total: Double) -> Int { place(of: total.magnitude) + (total > 0 ? binsPerSide : 0) }

    private static func place(of size: Double) -> Int {
        guard size.isFinite else { return binsPerSide - 1 }
        let quarter = edges.firstIndex { size.significand <= $0 } ?? 3
        return min(max((Int(size.exponent) - least) * 4 + quarter, 0), binsPerSide - 1)
    }

    private static func upperEdge(of place: Int) -> Double {
        edges[place % 4] * Double(sign: .plus, exponent: place / 4 + least, significand: 1)
    }

    /// Within an octave.
    private static let edges = [0x1.306fe0a31b715p0, 0x1.6a09e667f3bcdp0, 0x1.ae89f995ad3adp0, 2.0]
}
