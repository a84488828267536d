package import WeirLearning
import WeirStatistics

/// What live values of a number are compared with: ten bins of about equal count, and the share that each had.
///
/// The bins are those of a model card's `Spread`: inner edges at the deciles, equal edges merged, a value on an edge in the
/// upper bin, a last share for missing values. A column of one value has a bin for just that value.
package struct DriftReference: Sendable, Hashable, Codable {
    package var spread: ModelCard.Spread
    /// Of values that the spread was made from, missing ones included.
    package var count: Int

    /// - Parameter count: Of values that the spread was made from; the number of a card's rows.
    package init(_ spread: ModelCard.Spread, count: Int) {
        self.spread = spread
        self.count = count
    }

    /// - Parameters:
    ///   - column: The column's name.
    ///   - values: NaN where missing; not empty.
    /// - Complexity: O(n log n).
    package init(column: String, values: [Double]) {
        precondition(!values.isEmpty, "a reference needs values")
        let present = values.filter { !$0.isNaN }.sorted()
        var edges: [Double] = []
        if let first = present.first, first < present[present.count - 1] {
            for decile in 0..<9 {
                // Counted up in steps as numpy.arange does: where values tie, the last bit decides on which side they fall.
                let edge = quantile(0.1 + Double(decile) * 0.1, ofSorted: present)
                if edge != edges.last { edges.append(edge) }
            }
        } else if let only = present.first {
            // A bin for this value alone, so that any other value is seen.
            edges = [only, only.nextUp]
        }
        spread = ModelCard.Spread(column: column, edges: edges, shares: [])
        count = values.count
        var counts = [Double](repeating: 0, count: edges.count + 2)
        for value in values { counts[bin(of: value)] += 1 }
        spread.shares = counts.map { $0 / Double(values.count) }
    }

    /// The bin of a value, by halving; the last one is for missing values.
    func bin(of value: Double) -> Int {
        let edges = spread.edges
        if value.isNaN { return edges.count + 1 }
        var (low, high) = (0, edges.count)
        while low < high {
            let middle = (low + high) / 2
            if edges[middle] <= value { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
