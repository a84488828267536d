import WeirReporting

extension DifferenceInDifferences {
    /// The units that can be used; says which are left out and why.
    static func usable(_ panel: TreatmentPanel, _ warnings: inout [String]) throws -> TreatmentPanel {
        func named(_ units: [Int]) -> String {
            units.prefix(5).map { "“\(panel.units[$0])”" }.joined(separator: ", ") + (units.count > 5 ? " …" : "")
        }
        var faults: [String] = []
        if panel.times.count < 2 { faults.append("There is only one time. Give times before and after the treatment.") }
        let always = panel.units.indices.filter { panel.adoption[$0] == 0 }
        if !always.isEmpty {
            warnings.append(
                "\(always.count) units are treated from the first time on (\(named(always))), so there is no before; "
                    + "they are left out.")
        }
        let empty = panel.units.indices.filter { unit in
            let seen = panel.times.indices.filter { !panel.outcomes[unit][$0].isNaN }
            let adoption = panel.adoption[unit]
            guard adoption < panel.times.count else { return seen.count < 2 }
            return !(seen.contains { $0 < adoption } && seen.contains { $0 >= adoption })
        }.filter { panel.adoption[$0] > 0 }
        if !empty.isEmpty {
            warnings.append(
                "\(empty.count) units have no outcome before or none after (\(named(empty))); they are left out. Fill them in."
            )
        }
        let left = Set(always + empty)
        let kept = panel.keeping(units: panel.units.indices.filter { !left.contains($0) })
        let treated = kept.units.indices.filter(kept.isTreated)
        let others = kept.units.count - treated.count
        if treated.count < 2 {
            faults.append(
                "There \(treated.isEmpty ? "is no treated unit" : "is one treated unit") with times before and after; its own chance cannot be told "
                    + "from the effect. Treat at least two, better ten, or use synthetic control.")
        }
        if kept.cohorts.count < 2, others < 2 {
            faults.append(
                "There \(others == 0 ? "is no unit" : "is one unit") without treatment to compare with. Give at least two, better ten."
            )
        }
        if kept.clusterCount < 3, faults.isEmpty {
            faults.append("There are only \(kept.clusterCount) clusters. Give at least three, better twenty.")
        }
        guard faults.isEmpty else { throw MeasurementError(faults) }

        let missing = kept.outcomes.reduce(0) { $0 + $1.count { $0.isNaN } }
        if missing > 0 {
            warnings.append(
                "\(missing) of \(kept.units.count * kept.times.count) unit-times have no outcome; they are left out, not taken as zero. "
                    + "Check whether the gaps have to do with the treatment.")
        }
        let negative = kept.outcomes.joined().count { $0 < 0 }
        if negative > 0 {
            warnings.append("\(negative) outcomes are negative. Check that this is meant.")
        }
        return kept
    }
}
