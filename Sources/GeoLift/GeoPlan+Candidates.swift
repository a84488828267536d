import WeirStatistics

extension GeoPlan {
    /// Each market with those that move most like it, without repetitions.
    func candidates(_ panel: Panel, forced: [Int], never: Set<Int>) -> [[Int]] {
        let series = panel.units.indices.map {
            SyntheticFit.centred(panel.outcome.column($0), before: panel.periods.count, demeaned: true).values
        }
        let lengths = series.map { $0.reduce(0) { $0 + $1 * $1 }.squareRoot() }
        func likeness(_ one: Int, _ other: Int) -> Double {
            let product = zip(series[one], series[other]).reduce(0) { $0 + $1.0 * $1.1 }
            return lengths[one] * lengths[other] > 0 ? product / (lengths[one] * lengths[other]) : 0
        }
        var sets: [[Int]] = []
        var known = Set<[Int]>()
        let nearest = panel.units.indices.map { unit in
            let others = panel.units.indices.filter { $0 != unit }.map { ($0, likeness(unit, $0)) }
            return [unit] + others.sorted { ($1.1, $0.0) < ($0.1, $1.0) }.map(\.0)
        }
        for size in sizes.sorted() {
            for row in nearest {
                let set = row.prefix(size).sorted()
                if forced.allSatisfy(set.contains), !set.contains(where: never.contains), known.insert(set).inserted {
                    sets.append(set)
                }
            }
        }
        return sets
    }

    /// By the mean of three places: least effect, highest power there, and how near the found lift comes to the one put in,
    /// to 0.1 points.
    static func rank(_ candidates: inout [Candidate]) {
        let able = candidates.indices.filter { candidates[$0].detectable != nil }
        func places(_ value: (Candidate) -> Double) -> [Double] {
            let values = able.map { value(candidates[$0]) }
            let distinct = Array(Set(values)).sorted()
            return values.map { number in Double(distinct.firstIndex(of: number)! + 1) }
        }
        let one = places { $0.detectable! }
        let two = places { -$0.powerAtDetectable }
        let three = places { (abs($0.foundLift - $0.detectable!) * 1000).rounded() }
        let means = able.indices.map { (one[$0] + two[$0] + three[$0]) / 3 }
        for (place, index) in able.enumerated() {
            candidates[index].rank = 1 + means.count { $0 < means[place] - 1e-9 }
        }
        candidates = candidates.enumerated().sorted { left, right in
            let (a, b) = (
                left.element.rank == 0 ? Int.max : left.element.rank,
                right.element.rank == 0 ? Int.max : right.element.rank
            )
            return (a, left.offset) < (b, right.offset)
        }.map(\.element)
    }
}
