package import WeirReporting
import Foundation
package import WeirStatistics

/// How well a model fitted to the time until a day tells what came after it.
package struct LifetimeCheck: Sendable {
    package var model: LifetimeModel
    package var customers: Int
    /// Days since 1970-01-01: the last one fitted to, and the last one compared.
    package var calibrationEnd: Int
    package var end: Int
    /// Purchase days per customer.
    package var meanAbsoluteError: Double
    package var rootMeanSquareError: Double
    /// Purchase days of all: what was expected, with the range of drawn futures, and what came.
    package var expected: Interval
    package var actual: Double
    /// Spend of all, and the mean absolute error per customer.
    package var expectedSpend: Interval
    package var actualSpend: Double
    package var spendError: Double
    /// By repeat purchases until then, the last bin open: customers, and purchase days per customer.
    package var bins: [(label: String, customers: Int, expected: Double, actual: Double)]
    /// Repeat purchases of all until the end of each week from the first purchase on: expected of new customers, and actual.
    package var track: (days: [Int], expected: [Double], actual: [Double])

    package var weeks: Double { Double(end - calibrationEnd) / 7 }

    /// - Throws: `MeasurementError`, where the model cannot be fitted.
    package init(
        _ history: PurchaseHistory, calibrationEnd: Int, end: Int, draws: Int, seed: UInt64
    ) throws(MeasurementError) {
        let known = history.summaries(through: calibrationEnd)
        model = try LifetimeModel(fitting: known.summaries, onePrice: history.onePrice)
        self.calibrationEnd = calibrationEnd
        self.end = end
        customers = known.customers.count
        let horizon = LifetimeHorizon(weeks: Double(end - calibrationEnd) / 7)
        let expectations = horizon.expectations(of: known.summaries, model.purchases.model, model.money.law)
        let actuals = known.customers.map { history.purchases(ofCustomer: $0, after: calibrationEnd, through: end) }
        let n = Double(known.customers.count)
        let errors = zip(expectations, actuals).map { $0.purchases - Double($1.days) }
        meanAbsoluteError = errors.reduce(0) { $0 + abs($1) } / n
        rootMeanSquareError = (errors.reduce(0) { $0 + $1 * $1 } / n).squareRoot()
        spendError = zip(expectations, actuals).reduce(0) { $0 + abs($1.0.value - $1.1.value) } / n
        actual = Double(actuals.reduce(0) { $0 + $1.days })
        actualSpend = actuals.reduce(0) { $0 + $1.value }
        let drawn = LifetimeDraws(
            of: known.summaries, model, within: horizon, sets: known.customers.map { _ in 0 }, setCount: 1,
            draws: draws, seed: seed)
        let (range, spend) = (LifetimeDraws.range(drawn.purchases[0]), LifetimeDraws.range(drawn.values[0]))
        expected = Interval(
            estimate: expectations.reduce(0) { $0 + $1.purchases }, lower: range.lower, upper: range.upper)
        expectedSpend = Interval(
            estimate: expectations.reduce(0) { $0 + $1.value }, lower: spend.lower, upper: spend.upper)
        bins = Self.bins(known.summaries, expectations, actuals.map(\.days))
        track = Self.track(history, known.customers, model.purchases.model, end)
    }

    private static func bins(
        _ summaries: [PurchaseSummary], _ expectations: [LifetimeExpectation], _ actuals: [Int]
    ) -> [(label: String, customers: Int, expected: Double, actual: Double)] {
        let open = 7
        var sums = [(count: Int, expected: Double, actual: Double)](repeating: (0, 0, 0), count: open + 1)
        for ((summary, expectation), actual) in zip(zip(summaries, expectations), actuals) {
            let bin = min(summary.repeats, open)
            sums[bin].count += 1
            sums[bin].expected += expectation.purchases
            sums[bin].actual += Double(actual)
        }
        return sums.enumerated().compactMap { bin, sum in
            guard sum.count > 0 else { return nil }
            let n = Double(sum.count)
            return (bin < open ? "\(bin)" : "\(open)+", sum.count, sum.expected / n, sum.actual / n)
        }
    }

    private static func track(
        _ history: PurchaseHistory, _ customers: [Int], _ model: BetaGeometricModel, _ end: Int
    ) -> (days: [Int], expected: [Double], actual: [Double]) {
        let start = customers.map(history.firstDay(ofCustomer:)).min() ?? end
        let length = end - start + 1
        var entered = [Double](repeating: 0, count: length)
        var bought = entered
        for customer in customers {
            entered[history.firstDay(ofCustomer: customer) - start] += 1
            let repeats = (history.starts[customer] + 1)..<history.starts[customer + 1]
            for index in repeats where history.days[index] <= end {
                bought[history.days[index] - start] += 1
            }
        }
        // Expected repeats by days since the first purchase, the same for all.
        let entries = entered.indices.filter { entered[$0] > 0 }
        let byAge = (0..<length).map { model.expectedRepeats(weeks: Double($0) / 7) }
        var result: (days: [Int], expected: [Double], actual: [Double]) = ([], [], [])
        var total = 0.0
        for day in 0..<length {
            total += bought[day]
            guard day % 7 == 6 || day == length - 1 else { continue }
            result.days.append(start + day)
            result.actual.append(total)
            result.expected.append(entries.reduce(0) { $1 <= day ? $0 + entered[$1] * byAge[day - $1] : $0 })
        }
        return result
    }
}
