/// Rows to learn from, and later ones to validate on: never drawn at random, so that nothing is learned from the future.
package struct TimeSplit: Sendable, Hashable {
    /// Positions, in order of time.
    package var earlier: [Int]
    package var later: [Int]

    /// Cuts at a time; rows at the cut are later ones.
    package init(times: [Double], from cut: Double) {
        let order = Self.order(times)
        earlier = order.filter { times[$0] < cut }
        later = order.filter { times[$0] >= cut }
    }

    /// The last share of the rows; rows of one time stay together, among the later ones.
    ///
    /// - Parameter share: In 0 < share < 1.
    package init(times: [Double], share: Double) {
        let order = Self.order(times)
        let count = Int((Double(times.count) * (1 - share)).rounded())
        self.init(times: times, from: order.isEmpty ? 0 : times[order[min(max(count, 0), order.count - 1)]])
    }

    /// The last share of the rows as they stand in the file.
    package init(rows: Int, share: Double) {
        let count = Int((Double(rows) * (1 - share)).rounded())
        earlier = Array(0..<count)
        later = Array(count..<rows)
    }

    /// Rolling origin: the rows are cut into `folds` + 1 stretches of about equal count; each stretch but the first is
    /// validated on after learning from all before it.
    package static func rollingOrigin(times: [Double], folds: Int) -> [TimeSplit] {
        let order = order(times)
        guard let first = order.first, folds >= 1 else { return [] }
        let cuts = (1...folds).map { times[order[$0 * order.count / (folds + 1)]] }
        var splits: [TimeSplit] = []
        for (index, cut) in cuts.enumerated() where cut > (index == 0 ? times[first] : cuts[index - 1]) {
            let end = cuts[(index + 1)...].first { $0 > cut } ?? .infinity
            splits.append(
                TimeSplit(
                    earlier: order.filter { times[$0] < cut },
                    later: order.filter { times[$0] >= cut && times[$0] < end }))
        }
        return splits
    }

    private init(earlier: [Int], later: [Int]) {
        self.earlier = earlier
        self.later = later
    }

    /// Positions by time, in the file's order where equal.
    private static func order(_ times: [Double]) -> [Int] {
        times.indices.sorted { (times[$0], $0) < (times[$1], $1) }
    }
}
