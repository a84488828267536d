/// How p-values answer for being many.
package enum Correction: String, Codable, Sendable, CaseIterable {
    /// Bounds the chance of even one false discovery. Source: Holm (Scandinavian Journal of Statistics 6, 1979).
    case holm
    /// Bounds the share of false discoveries among all. Source: Benjamini, Hochberg (JRSS B 57, 1995).
    case benjaminiHochberg = "benjamini-hochberg"
    case none

    /// The adjusted p-values, in the order given: each is to be compared with the error allowed.
    package func adjusted(_ pValues: [Double]) -> [Double] {
        switch self {
        case .holm: stepDown(pValues)
        case .benjaminiHochberg: stepUp(pValues)
        case .none: pValues
        }
    }

    private func stepDown(_ pValues: [Double]) -> [Double] {
        let order = pValues.indices.sorted { (pValues[$0], $0) < (pValues[$1], $1) }
        var adjusted = pValues
        var largest = 0.0
        for (rank, index) in order.enumerated() {
            largest = max(largest, pValues[index] * Double(pValues.count - rank))
            adjusted[index] = min(1, largest)
        }
        return adjusted
    }

    private func stepUp(_ pValues: [Double]) -> [Double] {
        let order = pValues.indices.sorted { (pValues[$0], $0) < (pValues[$1], $1) }
        var adjusted = pValues
        var smallest = 1.0
        for (rank, index) in order.enumerated().reversed() {
            smallest = min(smallest, pValues[index] * Double(pValues.count) / Double(rank + 1))
            adjusted[index] = smallest
        }
        return adjusted
    }
}
