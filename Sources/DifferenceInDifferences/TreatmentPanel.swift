import WeirDomain
import WeirTables

/// An outcome by unit and time, and when each unit was first treated.
package struct TreatmentPanel: Sendable, Equatable {
    /// Sorted by name.
    package var units: [String]
    /// In order; dates or numbers as they stand in the file.
    package var times: [String]
    /// By unit, then time; NaN where there is none.
    package var outcomes: [[Double]]
    /// By unit: index of its first treated time; `times.count` where it was never treated.
    package var adoption: [Int]
    /// By unit: errors are taken as independent between clusters only.
    package var clusters: [Int]
    package var clusterCount: Int
    /// How the file was read, in one line.
    package var understood = ""
    package var warnings: [String]

    /// - Parameter clusters: By unit; nil: each unit is one.
    package init(units: [String], times: [String], outcomes: [[Double]], adoption: [Int], clusters: [Int]? = nil) {
        precondition(
            outcomes.count == units.count && adoption.count == units.count
                && outcomes.allSatisfy { $0.count == times.count }
                && adoption.allSatisfy { (0...times.count).contains($0) },
            "one row per unit, one number per time")
        self.units = units
        self.times = times
        self.outcomes = outcomes
        self.adoption = adoption
        self.clusters = clusters ?? Array(units.indices)
        clusterCount = (self.clusters.max() ?? -1) + 1
        warnings = []
    }

    func isTreated(_ unit: Int) -> Bool { adoption[unit] < times.count }
    /// Adoption times that occur, ascending.
    var cohorts: [Int] { Array(Set(adoption)).filter { $0 < times.count }.sorted() }

    /// The same units without some of them.
    func keeping(units kept: [Int]) -> TreatmentPanel {
        let old = Array(Set(kept.map { clusters[$0] })).sorted()
        var places: [Int: Int] = [:]
        for (place, cluster) in old.enumerated() { places[cluster] = place }
        var panel = TreatmentPanel(
            units: kept.map { units[$0] }, times: times, outcomes: kept.map { outcomes[$0] },
            adoption: kept.map { adoption[$0] }, clusters: kept.map { places[clusters[$0]] ?? 0 })
        panel.understood = understood
        panel.warnings = warnings
        return panel
    }
}
