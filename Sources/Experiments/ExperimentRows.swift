import WeirReporting

/// The rows of an experiment that can be used, by arm, and what was wrong with the others.
struct ExperimentRows {
    var ofArm: [[Int]]
    var warnings: [String] = []
    var doubts: [Doubt] = []

    /// The share of units in several arms above which the assignment cannot be trusted.
    static let tolerableMixing = 0.05

    /// - Throws: `MeasurementError` where an arm is empty or a column does not fit, with all faults.
    init(_ data: ExperimentData) throws(MeasurementError) {
        ofArm = data.arms.map { _ in [] }
        let faults = data.faults
        guard faults.isEmpty else { throw MeasurementError(faults) }
        let contaminated = findArms(data)
        collect(data, without: contaminated)
        let empty = zip(data.arms, ofArm).filter { $0.1.isEmpty }.map(\.0.name)
        guard empty.isEmpty else {
            throw MeasurementError(
                empty.map {
                    "Arm “\($0)” has no usable unit, so nothing can be compared with it. Leave it out, or wait.\(data.cluster.map { " Units of one “\($0.name)” must share an arm." } ?? "")"
                })
        }
        for metric in data.metrics { check(metric, in: data) }
    }

    /// Which units were seen in more than one arm; nothing where periods, not units, were assigned.
    private func findArms(_ data: ExperimentData) -> [Bool] {
        guard data.period == nil, let units = data.units else { return [] }
        return Self.mixed(units, data.armOfRow)
    }

    /// By code: whether its rows have more than one arm.
    static func mixed(_ units: ExperimentData.Category, _ armOfRow: ContiguousArray<Int32>) -> [Bool] {
        var arms = [Int32](repeating: -1, count: Int(units.codes.max() ?? -1) + 1)
        var isContaminated = [Bool](repeating: false, count: arms.count)
        for (unit, arm) in zip(units.codes, armOfRow) where unit >= 0 && arm >= 0 {
            if arms[Int(unit)] < 0 { arms[Int(unit)] = arm }
            if arms[Int(unit)] != arm { isContaminated[Int(unit)] = true }
        }
        return isContaminated
    }

    private mutating func collect(_ data: ExperimentData, without contaminated: [Bool]) {
        var isSeen = contaminated
        var unknown = 0
        var anonymous = 0
        let units = data.period == nil ? data.units : nil
        let mixedClusters = data.cluster.map { Self.mixed($0, data.armOfRow) } ?? []
        var ungrouped = 0
        for row in data.armOfRow.indices {
            let arm = data.armOfRow[row]
            guard arm >= 0 else {
                unknown += 1
                continue
            }
            if let units {
                let unit = Int(units.codes[row])
                guard unit >= 0 else {
                    anonymous += 1
                    continue
                }
                if contaminated[unit] { continue }
                isSeen[unit] = true
            }
            if let cluster = data.cluster {
                let code = Int(cluster.codes[row])
                guard code >= 0 else {
                    ungrouped += 1
                    continue
                }
                if mixedClusters[code] { continue }
            }
            ofArm[Int(arm)].append(row)
        }
        let mixed = contaminated.indices.filter { contaminated[$0] }
        if !mixed.isEmpty {
            let part = Double(mixed.count) / Double(max(1, isSeen.count { $0 }))
            let share = Quantity.Unit.percent.text(part)
            let isTooMany = part > Self.tolerableMixing
            doubts.append(
                Doubt(
                    "\(counted(mixed.count, "unit was", "units were")) seen in more than one arm (\(share) of all, such as "
                        + "\(names(mixed, units))) and left out. Look for why the assignment did not hold: leaks pull the arms together.",
                    voiding: isTooMany ? "\(share) of the units were seen in more than one arm" : nil))
        }
        let leaking = mixedClusters.indices.filter { mixedClusters[$0] }
        if let cluster = data.cluster, !leaking.isEmpty {
            let all = Set(cluster.codes.filter { $0 >= 0 }).count
            let isTooMany = Double(leaking.count) > Self.tolerableMixing * Double(all)
            doubts.append(
                Doubt(
                    "\(leaking.count) of \(all) levels of “\(cluster.name)” (such as \(names(leaking, cluster))) have units in more than one arm, and were left out. Where units were assigned one by one, leave --cluster out.",
                    voiding: isTooMany ? "\(leaking.count) of \(all) clusters have units in more than one arm" : nil))
        }
        if ungrouped > 0 {
            warnings.append("\(counted(ungrouped, "row has", "rows have")) no cluster and were left out.")
        }
        if anonymous > 0 {
            warnings.append(
                "\(counted(anonymous, "row has", "rows have")) no unit and \(anonymous == 1 ? "was" : "were") left out."
            )
        }
        if unknown > 0 {
            warnings.append(
                "\(counted(unknown, "row belongs", "rows belong")) to no arm of this test and \(unknown == 1 ? "was" : "were") left out."
            )
        }
    }

    private mutating func check(_ metric: ExperimentData.Metric, in data: ExperimentData) {
        var unknown = 0
        var negative = 0
        for row in ofArm.joined() {
            if metric.values[row].isNaN || metric.denominators?[row].isNaN == true { unknown += 1 }
            if metric.values[row] < 0 { negative += 1 }
        }
        if unknown > 0 {
            warnings.append(
                "\(metric.name) is unknown for \(counted(unknown, "unit", "units")), left out of this metric. Where it means that "
                    + "nothing happened, write 0: leaving out those without a purchase would compare buyers only.")
        }
        if negative > 0, !metric.allowsNegative, metric.kind != .share {
            warnings.append(
                "\(metric.name) is negative for \(counted(negative, "unit", "units")). Where returns are netted that is right; else "
                    + "correct them, since they were counted as they stand.")
        }
    }

    private func names(_ codes: [Int], _ units: ExperimentData.Category?) -> String {
        codes.prefix(3).map { code in
            units.flatMap { code < $0.levels.count ? "“\($0.levels[code])”" : nil } ?? "no. \(code)"
        }.joined(separator: ", ")
    }
}

extension ExperimentData {
    /// What makes it unusable.
    var faults: [String] {
        var faults: [String] = []
        let rows = armOfRow.count
        if arms.count < 2 { faults.append("A test compares at least two arms; “\(name)” has \(arms.count).") }
        if metrics.isEmpty { faults.append("“\(name)” names no metric. Name at least one.") }
        if cluster != nil, period != nil || stratum != nil || metrics.contains(where: { $0.covariate != nil }) {
            faults.append(
                "Clusters go neither with periods nor with a stratum or values from before the test. Leave one of the two out."
            )
        }
        let planned = arms.compactMap(\.plannedShare)
        if !planned.isEmpty, planned.count < arms.count || planned.contains(where: { !($0 > 0 && $0.isFinite) }) {
            faults.append("Planned shares are given for all arms or for none, each above 0.")
        }
        if let wrong = armOfRow.first(where: { $0 < -1 || $0 >= arms.count }) {
            faults.append("A row names arm number \(wrong), but there are \(arms.count).")
        }
        let categories = segments + [units, stratum, cluster, period].compactMap { $0 }
        for category in categories where category.codes.count != rows {
            faults.append("“\(category.name)” has \(category.codes.count) rows, but the arms have \(rows).")
        }
        for metric in metrics {
            let columns = [metric.values] + [metric.denominators, metric.covariate].compactMap { $0 }
            if columns.contains(where: { $0.count != rows }) {
                faults.append("“\(metric.name)” has \(metric.values.count) rows, but the arms have \(rows).")
            } else if let value = columns.joined().first(where: \.isInfinite) {
                faults.append("“\(metric.name)” holds \(value), which is no amount. Correct it.")
            } else if metric.kind == .share, let value = metric.values.first(where: { $0 != 0 && $0 != 1 && !$0.isNaN })
            {
                faults.append("“\(metric.name)” is a share but holds \(value). Use 0 and 1, or make it an amount.")
            } else if metric.kind == .ratio, metric.denominators == nil {
                faults.append("“\(metric.name)” is a ratio without a denominator. Name the column it is divided by.")
            }
        }
        return faults
    }
}
