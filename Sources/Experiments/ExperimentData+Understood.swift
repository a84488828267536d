import WeirReporting

extension ExperimentData {
    /// How many clusters each arm has; nil where units were assigned by themselves.
    ///
    /// - Throws: `MeasurementError`, where an arm has fewer than two.
    func clusters(_ rowsOfArm: [[Int]]) throws(MeasurementError) -> [Int]? {
        guard let cluster else { return nil }
        let counts = rowsOfArm.map { Set($0.map { cluster.codes[$0] }).count }
        let few = zip(arms, counts).filter { $0.1 < 2 }
        guard few.isEmpty else {
            throw MeasurementError(
                few.map {
                    "Arm “\($0.0.name)” has one level of “\(cluster.name)”; a range needs at least 2, better 10. Assign more."
                })
        }
        return counts
    }

    /// How the file was read: rows and units, arms, what each metric is.
    ///
    /// - Parameters:
    ///   - units: The same with one row per unit or period.
    ///   - clusters: Their number by arm.
    func understood(as units: ExperimentData, _ rowsOfArm: [[Int]], _ clusters: [Int]?) -> String {
        let noun = period == nil ? ("unit", "units") : ("period", "periods")
        let kept = rowsOfArm.joined().count
        var text = counted(armOfRow.count, "row", "rows")
        text +=
            units.armOfRow.count < armOfRow.count
            ? " brought together to \(counted(kept, noun.0, noun.1))"
            : kept == armOfRow.count ? ", each a \(noun.0)" : ", \(counted(kept, noun.0, noun.1)) used"
        if let cluster, let clusters {
            text += " in \(clusters.reduce(0, +)) levels of “\(cluster.name)”, which were assigned"
        }
        let named = zip(arms, rowsOfArm).enumerated().map { index, arm in
            let count = clusters.map { "\(counted(arm.1.count, noun.0, noun.1)) in \($0[index])" } ?? "\(arm.1.count)"
            return "“\(arm.0.name)”\(index == 0 ? " (control)" : "") \(count)"
        }
        text += "; arms: \(named.joined(separator: ", "))"
        let kinds = units.metrics.map { "“\($0.name)” \($0.kind == .amount ? "an" : "a") \($0.kind.rawValue)" }
        text += "; \(kinds.joined(separator: ", "))"
        return text + "; shares \(arms[0].plannedShare == nil ? "not stated" : "as planned")."
    }
}

extension ExperimentData.Metric {
    /// What its own values say against a verdict.
    func doubts(_ rowsOfArm: [[Int]], clusters: ExperimentData.Category?) -> [Doubt] {
        let fewest =
            clusters.map { cluster in rowsOfArm.map { Set($0.map { cluster.codes[$0] }).count }.min() ?? 0 }
            ?? rowsOfArm.map { $0.count(where: isKnown) }.min() ?? 0
        var doubts: [Doubt] = []
        if kind != .share || clusters != nil, fewest < Self.fewestUnits {
            let noun = clusters == nil ? "values" : "clusters"
            doubts.append(
                Doubt(
                    "An arm has only \(fewest) \(noun) of \(name): its range holds only where they are spread like a bell, which so few cannot show. Wait for \(Self.fewestUnits) or more.",
                    voiding: "an arm has only \(fewest) \(noun) of \(name)"))
        }
        guard let denominators else { return doubts }
        for rows in rowsOfArm {
            let known = rows.filter(isKnown).map { denominators[$0] }
            let summary = SampleSummary(known)
            let error = (summary.variance / Double(max(1, known.count))).squareRoot()
            guard abs(summary.mean) <= 3 * error || summary.mean <= 0 else { continue }
            doubts.append(
                Doubt(
                    "What \(name) is divided by is in one arm \(summary.mean == 0 ? "0" : "not surely above 0"), so the ratio there is no number that can be compared. Wait, or compare the numerator alone.",
                    voiding: "what \(name) is divided by may be 0"))
            break
        }
        return doubts
    }

    /// Below this many values in an arm nothing about an amount is advised.
    static let fewestUnits = 5
}
