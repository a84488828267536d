import Foundation
package import WeirStatistics

/// What one more new customer costs, told by how new customers follow the cost from day to day.
package enum MarginalCost: Sendable, Equatable {
    case told(Interval)
    /// Why not, and what would help.
    case untold(String)

    /// Regresses new customers per day on cost, a trend and the days of the week; the marginal cost is one by the slope.
    ///
    /// The slope's standard error holds under changing variance and for days that resemble those before (lags up to a week).
    /// Its interval turns into one of the cost: where it reaches 0, any cost is possible.
    ///
    /// Source: Newey, West, "A Simple, Positive Semi-Definite, Heteroskedasticity and Autocorrelation Consistent Covariance
    /// Matrix" (Econometrica 55(3), 1987); the wider critical value for a bandwidth that is a share of the days from Kiefer,
    /// Vogelsang, "A New Asymptotic Theory for Heteroskedasticity-Autocorrelation Robust Tests" (Econometric Theory 21(6),
    /// 2005), table 1, Bartlett kernel.
    ///
    /// - Parameters:
    ///   - costs: By day, without gaps.
    ///   - customers: New ones, by day.
    ///   - firstDay: Since 1970-01-01, for the days of the week.
    package init(costs: [Double], customers: [Double], firstDay: Int) {
        precondition(costs.count == customers.count, "a cost for each day")
        let n = costs.count
        guard n >= Self.fewestDays else {
            self = .untold("\(n) days are too few; it takes \(Self.fewestDays).")
            return
        }
        var columns = [costs, [Double](repeating: 1, count: n), (0..<n).map { Double($0) / Double(n) }]
        for weekday in 1...6 { columns.append((0..<n).map { (firstDay + $0) % 7 == weekday ? 1 : 0 }) }
        let others = Matrix(columns: Array(columns[1...]))
        // What is left of the cost after trend and weekdays is all that can tell.
        guard let fit = others.leastSquares(costs) else {
            self = .untold("the regression cannot be solved.")
            return
        }
        let rest = zip(costs, others * fit.solution).map { $0 - $1 }
        let power = rest.reduce(0) { $0 + $1 * $1 }
        guard power > 1e-6 * costs.reduce(0, { $0 + $1 * $1 }) else {
            self = .untold(
                "cost hardly varies beyond its trend and weekdays. Vary the spend on purpose for some weeks.")
            return
        }
        let slope = zip(rest, customers).reduce(0) { $0 + $1.0 * $1.1 } / power
        let errors = Self.residuals(Matrix(columns: columns), customers)
        let scores = zip(rest, errors).map { $0 * $1 }
        var sum = scores.reduce(0) { $0 + $1 * $1 }
        for lag in 1...7 {
            let together = (lag..<n).reduce(0) { $0 + scores[$1] * scores[$1 - lag] }
            sum += 2 * (1 - Double(lag) / 8) * together
        }
        let degrees = Double(n - columns.count)
        let error = (max(0, sum) * Double(n) / degrees).squareRoot() / power
        let share = 8 / Double(n)
        let widening = share * (2.9694 + share * (0.4160 - share * 0.5324))
        let reach = (StudentT.quantile(0.975, degreesOfFreedom: degrees) + widening) * error
        guard slope > 0 else {
            self = .untold("new customers did not rise with cost. Vary the spend on purpose, best region by region.")
            return
        }
        self = .told(
            Interval(
                estimate: 1 / slope, lower: 1 / (slope + reach), upper: slope > reach ? 1 / (slope - reach) : .infinity)
        )
    }

    /// Four weeks, so that each weekday comes often enough.
    private static let fewestDays = 28

    private static func residuals(_ columns: Matrix, _ values: [Double]) -> [Double] {
        guard let fit = columns.leastSquares(values) else { return values.map { _ in .nan } }
        return zip(values, columns * fit.solution).map { $0 - $1 }
    }
}
