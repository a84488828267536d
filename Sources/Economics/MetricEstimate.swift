import Foundation
package import WeirStatistics

/// A metric's value for some of the rows, with its range.
package struct MetricEstimate: Sendable, Equatable {
    /// NaN where it would divide by nothing.
    package var value: Double
    /// Nil where there are too few days to tell.
    package var range: Interval?
    package var kind: Kind

    /// How the range was made.
    package enum Kind: Sendable, Equatable {
        /// Wilson's, for a share of counted cases.
        case share
        /// The delta method over the sums of days or weeks.
        case periods
        case none
    }
}

/// Some rows summed up by day or week, ready to evaluate formulas.
struct EconomicSums {
    let rows: EconomicRows
    /// Indices of rows.
    let chosen: [Int]
    /// What experiments tell of these rows as a whole.
    let effects: [GroupEffect]
    /// By chosen row: which day, or which week where there are ten or more.
    private let period: [Int]
    let periods: Int
    /// The first and last day of the chosen rows: a cohort is not to blame for the days when it was not there.
    let first: Int
    let last: Int

    /// Below this many weeks their sums would be too few to tell a variance, so days are taken.
    private static let enoughWeeks = 10

    /// - Parameter chosen: At least one.
    init(_ rows: EconomicRows, _ chosen: [Int], effects: [GroupEffect] = []) {
        self.rows = rows
        self.chosen = chosen
        self.effects = effects
        let (first, last) = chosen.reduce((Int.max, Int.min)) { (min($0.0, rows.days[$1]), max($0.1, rows.days[$1])) }
        (self.first, self.last) = (first, last)
        let days = last - first + 1
        let length = days >= 7 * Self.enoughWeeks ? 7 : 1
        // Days over after the last whole week belong to it.
        periods = max(1, days / length)
        let count = periods
        period = chosen.map { min((rows.days[$0] - first) / length, count - 1) }
    }

    func sum(_ column: String) -> Double? { rows.column(column).map { values in chosen.reduce(0) { $0 + values[$1] } } }

    /// - Returns: Nil where the rows have not all the formula's columns, or no experiment tells them of this group.
    func estimate(_ formula: MetricFormula, confidence: Double = 0.95) -> MetricEstimate? {
        // A column with a stated error varies by that; its days tell nothing more.
        var columns: [[Double]] = []
        var sums: [Double] = []
        var errors: [Double?] = []
        for name in formula.columns {
            if let effect = effects.first(where: { $0.measure == name }) {
                columns.append([])
                sums.append(effect.value)
                errors.append(effect.standardError)
            } else if let column = rows.column(name) {
                columns.append(column)
                sums.append(chosen.reduce(0) { $0 + column[$1] })
                errors.append(standardError(name))
            } else {
                return nil
            }
        }
        let (value, slopes) = formula.value(sums)
        if let (cases, trials) = formula.share, let share = Self.share(sums[cases], sums[trials], confidence) {
            return MetricEstimate(value: value, range: share, kind: .share)
        }
        guard value.isFinite, slopes.allSatisfy(\.isFinite), periods > 1 else {
            return MetricEstimate(value: value, range: nil, kind: .none)
        }
        var shifts = [Double](repeating: 0, count: periods)
        for (index, column) in columns.enumerated() where errors[index] == nil {
            for (row, period) in zip(chosen, period) { shifts[period] += slopes[index] * column[row] }
        }
        let n = Double(periods)
        let mean = shifts.reduce(0, +) / n
        var variance = shifts.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } * n / (n - 1)
        for (slope, error) in zip(slopes, errors) {
            if let error { variance += slope * slope * error * error }
        }
        let reach = StudentT.quantile((1 + confidence) / 2, degreesOfFreedom: n - 1) * variance.squareRoot()
        return MetricEstimate(
            value: value, range: Interval(estimate: value, lower: value - reach, upper: value + reach), kind: .periods)
    }

    /// Nil where they are no cases among trials.
    private static func share(_ cases: Double, _ trials: Double, _ confidence: Double) -> Interval? {
        guard let cases = Int(exactly: cases), let trials = Int(exactly: trials), cases >= 0, cases <= trials,
            trials > 0
        else { return nil }
        return Interval.share(successes: cases, trials: trials, confidence: confidence)
    }

    /// Of a column's sum, from the column `NAME_se`; nil without one.
    ///
    /// The errors of a campaign's rows come from one experiment and go together, so they add up; campaigns are independent.
    private func standardError(_ column: String) -> Double? {
        guard let errors = rows.column(column + "_se") else { return nil }
        let campaigns = rows.dimensions.firstIndex(of: "campaign")
        var sums = [Double](repeating: 0, count: 1 + (campaigns.map { rows.levels[$0].count } ?? 0))
        for row in chosen {
            let campaign = campaigns.flatMap { rows.level[$0][row] }
            sums[campaign.map { $0 + 1 } ?? 0] += errors[row]
        }
        return sums.reduce(0) { $0 + $1 * $1 }.squareRoot()
    }

    /// A column's sums by day, from the first day of the rows to the last; days without a row are 0.
    func daily(_ column: String) -> [Double]? {
        guard let values = rows.column(column) else { return nil }
        var sums = [Double](repeating: 0, count: last - first + 1)
        for row in chosen { sums[rows.days[row] - first] += values[row] }
        return sums
    }
}
