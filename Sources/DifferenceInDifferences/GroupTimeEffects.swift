import Foundation
import WeirStatistics

/// Effects by adoption time and time, each against units not treated then, and their averages.
///
/// With treatment that starts at different times the regression on unit and time effects compares units with others
/// that are already treated, and may even turn the sign; these estimates do not. Each is the change since the last time
/// before adoption, less the same change of the controls. Errors go by influence functions, summed by cluster.
///
/// Source: Callaway, Sant'Anna, "Difference-in-Differences with Multiple Time Periods" (Journal of Econometrics 225(2),
/// 2021), without covariates.
package struct GroupTimeEffects: Sendable {
    package enum Controls: String, Codable, Sendable, CaseIterable {
        case neverTreated = "never-treated"
        case notYetTreated = "not-yet-treated"
    }

    package struct Cell: Sendable {
        /// Index of the time of adoption.
        package var cohort: Int
        package var time: Int
        /// Units of the cohort.
        package var units: Int
        /// Those of them whose change is known, and so compared.
        package var compared: [Int]
        package var effect: Double
        /// By unit; their sum over a cluster is what that cluster moves the effect by.
        var influence: [Double]
    }

    package let cells: [Cell]
    private let panel: TreatmentPanel

    package init(_ panel: TreatmentPanel, controls: Controls) {
        self.panel = panel
        var cells: [Cell] = []
        for cohort in panel.cohorts where cohort > 0 {
            let size = panel.adoption.count { $0 == cohort }
            for time in panel.times.indices where time != cohort - 1 {
                let base = cohort - 1
                func changes(_ belongs: (Int) -> Bool) -> [(unit: Int, change: Double)] {
                    panel.units.indices.compactMap { unit in
                        let change = panel.outcomes[unit][time] - panel.outcomes[unit][base]
                        return belongs(panel.adoption[unit]) && !change.isNaN ? (unit, change) : nil
                    }
                }
                let treated = changes { $0 == cohort }
                let others = changes {
                    $0 != cohort && (controls == .neverTreated ? $0 == panel.times.count : $0 > max(time, base))
                }
                guard !treated.isEmpty, !others.isEmpty else { continue }
                var influence = [Double](repeating: 0, count: panel.units.count)
                func mean(_ changes: [(unit: Int, change: Double)], sign: Double) -> Double {
                    let count = Double(changes.count)
                    let mean = changes.reduce(0) { $0 + $1.change } / count
                    for (unit, change) in changes { influence[unit] += sign * (change - mean) / count }
                    return mean
                }
                let effect = mean(treated, sign: 1) - mean(others, sign: -1)
                cells.append(
                    Cell(
                        cohort: cohort, time: time, units: size, compared: treated.map(\.unit), effect: effect,
                        influence: influence))
            }
        }
        self.cells = cells
    }

    /// Every treated unit-time that is compared with others.
    package var judged: [(unit: Int, time: Int)] {
        cells.filter { $0.time >= $0.cohort }.flatMap { cell in cell.compared.map { ($0, cell.time) } }
    }

    /// An average with its influence.
    struct Average {
        var effect: Double
        var influence: [Double]
    }

    /// Weighted by the cohorts' sizes, whose own chance counts too.
    func average(_ chosen: [Cell]) -> Average? {
        guard !chosen.isEmpty else { return nil }
        let count = Double(panel.units.count)
        let shares = chosen.map { Double($0.units) / count }
        let total = shares.reduce(0, +)
        let effect = zip(chosen, shares).reduce(0) { $0 + $1.0.effect * $1.1 } / total
        let influence = panel.units.indices.map { unit in
            var sum = 0.0
            for (cell, share) in zip(chosen, shares) {
                let member: Double = panel.adoption[unit] == cell.cohort ? 1 : 0
                sum +=
                    share / total * cell.influence[unit] + (cell.effect - effect) * (member - share) / (total * count)
            }
            return sum
        }
        return Average(effect: effect, influence: influence)
    }

    /// Over all treated unit-times.
    var overall: Average? { average(cells.filter { $0.time >= $0.cohort }) }

    /// By time since adoption; negative before. The time just before is the base and left out.
    var byAge: [(age: Int, average: Average)] {
        let ages = Set(cells.map { $0.time - $0.cohort }).sorted()
        return ages.compactMap { age in average(cells.filter { $0.time - $0.cohort == age }).map { (age, $0) } }
    }

    /// Covariance of averages, by clusters, with the correction G/(G−1).
    func covariance(_ averages: [Average]) -> Matrix {
        let groups = Double(panel.clusterCount)
        let columns = averages.map { average in
            var sums = [Double](repeating: 0, count: panel.clusterCount)
            for (unit, value) in average.influence.enumerated() { sums[panel.clusters[unit]] += value }
            return sums.map { $0 * (groups / (groups - 1)).squareRoot() }
        }
        return columns.isEmpty ? Matrix(rows: 0, columns: 0) : Matrix(columns: columns).gram
    }
}
