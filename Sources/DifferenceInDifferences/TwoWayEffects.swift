import WeirStatistics

/// Takes unit and time effects out of columns, for panels with or without gaps.
///
/// Means by unit go out directly; the times' effects by normal equations, which are as many as there are times.
struct TwoWayEffects {
    /// By unit and time.
    let isObserved: [[Bool]]
    let unitCounts: [Double]
    let observations: Int
    /// Of the times but the first, after the units' means are out.
    private let inverse: Matrix

    /// - Returns: Nil where the units and times fall into parts that share nothing.
    init?(isObserved: [[Bool]]) {
        self.isObserved = isObserved
        unitCounts = isObserved.map { Double($0.count { $0 }) }
        observations = Int(unitCounts.reduce(0, +))
        let count = isObserved.first?.count ?? 0
        var gram = Matrix(rows: count, columns: count)
        for (unit, row) in isObserved.enumerated() where unitCounts[unit] > 0 {
            let times = row.indices.filter { row[$0] }
            for a in times {
                gram[a, a] += 1
                for b in times { gram[a, b] -= 1 / unitCounts[unit] }
            }
        }
        var reduced = Matrix(rows: max(0, count - 1), columns: max(0, count - 1))
        for a in 1..<max(1, count) { for b in 1..<count { reduced[a - 1, b - 1] = gram[a, b] } }
        guard count > 1, let inverse = reduced.inverseOfPositiveDefinite else { return nil }
        self.inverse = inverse
    }

    var timeCount: Int { inverse.rows + 1 }

    /// What unit and time effects leave of a column; 0 where nothing was observed.
    func residual(_ column: [[Double]]) -> [[Double]] {
        var result = column
        for unit in column.indices {
            let times = column[unit].indices.filter { isObserved[unit][$0] }
            let mean = times.reduce(0) { $0 + column[unit][$1] } / max(1, unitCounts[unit])
            for time in column[unit].indices {
                result[unit][time] = isObserved[unit][time] ? column[unit][time] - mean : 0
            }
        }
        let effects = timeEffects(ofSums: sums(result))
        for unit in column.indices {
            let times = column[unit].indices.filter { isObserved[unit][$0] }
            let mean = times.reduce(0) { $0 + effects[$1] } / max(1, unitCounts[unit])
            for time in times { result[unit][time] -= effects[time] - mean }
        }
        return result
    }

    /// Summed over units, by time.
    func sums(_ column: [[Double]]) -> [Double] {
        column.reduce(into: [Double](repeating: 0, count: timeCount)) { sums, row in
            for time in row.indices { sums[time] += row[time] }
        }
    }

    /// The times' effects, the first one 0, from sums by time of a column whose units' means are out.
    func timeEffects(ofSums sums: [Double]) -> [Double] { [0] + inverse * Array(sums.dropFirst()) }
}
