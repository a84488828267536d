import WeirReporting

extension ExperimentData {
    /// One row per unit, where the file has several: amounts, and both sides of ratios, are added up; a share is 1 where it
    /// ever was. A unit in two arms keeps a row in each, so that it is found.
    ///
    /// - Parameter notes: Gets what was done.
    func byUnit(_ notes: inout [String]) -> ExperimentData {
        guard period == nil, let units else { return self }
        let groups = rowsOfUnit(units)
        guard groups.count < armOfRow.count else { return self }
        let most = groups.map(\.count).max() ?? 1
        if most > 1, groups.allSatisfy({ $0.count == most && areAlike($0) }) {
            notes.append(
                "Every row stands \(most) times in the file; each was counted once. Remove the copies where they are no second purchase."
            )
            return taking(groups) { metric, rows in metric[rows[0]] }
        }
        let merged = groups.count { $0.count > 1 }
        notes.append(
            "\(counted(merged, "unit has", "units have")) several rows: amounts were added up, and a share is 1 where it ever was. For the mean over rows with errors by “\(units.name)” give it as --cluster rather than --unit."
        )
        let different = [stratum].compactMap { $0 } + segments + [cluster].compactMap { $0 }
        for category in different {
            let mixed = groups.count { rows in rows.contains { category.codes[$0] != category.codes[rows[0]] } }
            if mixed > 0 {
                notes.append(
                    "“\(category.name)” differs between the rows of \(counted(mixed, "unit", "units")); the first row's was taken."
                )
            }
        }
        return taking(groups, of: nil)
    }

    /// The rows of each unit and arm, in the order of the first; a row without unit or arm stands alone.
    private func rowsOfUnit(_ units: Category) -> [[Int]] {
        var place: [Int64: Int] = [:]
        var groups: [[Int]] = []
        for row in armOfRow.indices {
            let (unit, arm) = (units.codes[row], armOfRow[row])
            guard unit >= 0, arm >= 0 else {
                groups.append([row])
                continue
            }
            let key = Int64(unit) << 32 | Int64(arm)
            if let found = place[key] {
                groups[found].append(row)
            } else {
                place[key] = groups.count
                groups.append([row])
            }
        }
        return groups
    }

    /// Whether rows say the same in every column that is used.
    private func areAlike(_ rows: [Int]) -> Bool {
        func same(_ column: ContiguousArray<Double>) -> Bool {
            rows.allSatisfy { column[$0] == column[rows[0]] || column[$0].isNaN && column[rows[0]].isNaN }
        }
        let numbers = metrics.flatMap { [$0.values] + [$0.denominators, $0.covariate].compactMap { $0 } }
        let categories = segments + [stratum, cluster].compactMap { $0 }
        return (numbers + [exposedAt].compactMap { $0 }).allSatisfy(same)
            && categories.allSatisfy { category in rows.allSatisfy { category.codes[$0] == category.codes[rows[0]] } }
    }

    private typealias Column = ContiguousArray<Double>

    /// - Parameter one: What a group's metric is; nil for sums, and 1 of a share that ever was.
    private func taking(_ groups: [[Int]], of one: ((Column, [Int]) -> Double)? = nil) -> ExperimentData {
        func total(_ column: Column, _ rows: [Int]) -> Double {
            let known = rows.map { column[$0] }.filter { !$0.isNaN }
            return known.isEmpty ? .nan : known.reduce(0, +)
        }
        func highest(_ column: Column, _ rows: [Int]) -> Double {
            rows.map { column[$0] }.filter { !$0.isNaN }.max() ?? .nan
        }
        func mean(_ column: Column, _ rows: [Int]) -> Double {
            let known = rows.map { column[$0] }.filter { !$0.isNaN }
            return known.isEmpty ? .nan : known.reduce(0, +) / Double(known.count)
        }
        func made(_ column: Column, _ value: (Column, [Int]) -> Double) -> Column {
            Column(groups.map { value(column, $0) })
        }
        func first(_ category: Category) -> Category {
            Category(
                category.name, codes: ContiguousArray(groups.map { category.codes[$0[0]] }), levels: category.levels)
        }
        var result = self
        result.armOfRow = ContiguousArray(groups.map { armOfRow[$0[0]] })
        result.units = units.map(first)
        result.segments = segments.map(first)
        result.stratum = stratum.map(first)
        result.cluster = cluster.map(first)
        result.exposedAt = exposedAt.map { times in
            made(times) { column, rows in
                rows.map { column[$0] }.filter { !$0.isNaN }.min() ?? .nan
            }
        }
        result.metrics = metrics.map { metric in
            var merged = metric
            let isShare = metric.kind == .share
            if metric.denominators != nil {
                // A row of which one side is unknown counts on neither.
                let isKnown = Column(metric.values.indices.map { metric.isKnown($0) ? 0 : .nan })
                func known(_ column: Column) -> Column { Column(zip(column, isKnown).map { $0 + $1 }) }
                merged.values = made(known(metric.values), one ?? total)
                merged.denominators = metric.denominators.map { made(known($0), one ?? total) }
            } else {
                merged.values = made(metric.values, one ?? (isShare ? highest : total))
            }
            // What was before the test is the same in each of a unit's rows.
            merged.covariate = metric.covariate.map { made($0, mean) }
            return merged
        }
        return result
    }
}
