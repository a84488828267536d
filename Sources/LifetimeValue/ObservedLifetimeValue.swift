import Foundation
import WeirDomain
package import WeirStatistics

/// What customers brought in their first weeks, by the month of their first purchase, without any model.
package struct ObservedLifetimeValue: Sendable {
    package struct Cohort: Sendable {
        /// The month, such as `1997-01`.
        package var name: String
        package var customers: Int
        /// The first day on which all of the cohort have been seen for the whole time, since 1970-01-01.
        package var matureOn: Int
        package var isMature: Bool
        /// Per customer, their first purchase included; nil where the cohort is not mature.
        package var value: Interval?
    }

    package var cohorts: [Cohort]
    /// Of all customers in mature cohorts; nil without any.
    package var value: Interval?
    package var customers: Int

    /// - Parameters:
    ///   - end: The last day seen, since 1970-01-01.
    ///   - horizon: Its weeks are how long a customer must have been seen.
    package init(_ history: PurchaseHistory, through end: Int, within horizon: LifetimeHorizon) {
        let length = Int(horizon.weeks * 7)
        let cohortOf = history.cohorts
        var members = cohortOf.levels.map { _ in [Int]() }
        for (customer, level) in cohortOf.level.enumerated() {
            guard let level, history.firstDay(ofCustomer: customer) <= end else { continue }
            members[level].append(customer)
        }
        var all = RunningMoments()
        cohorts = []
        for (name, customers) in zip(cohortOf.levels, members) where !customers.isEmpty {
            let lastIn = customers.map(history.firstDay(ofCustomer:)).max() ?? end
            var cohort = Cohort(
                name: name, customers: customers.count, matureOn: lastIn + length, isMature: lastIn + length <= end)
            if cohort.isMature {
                let moments = RunningMoments(
                    customers.map { history.value(ofCustomer: $0, days: length, through: end, horizon) })
                cohort.value = moments.meanInterval
                all.merge(moments)
            }
            cohorts.append(cohort)
        }
        customers = all.count
        value = all.meanInterval
    }
}

extension PurchaseHistory {
    /// Customers by the month of their first purchase.
    package var cohorts: Grouping {
        let months = customers.indices.map { customer in
            String(Timestamp(day: firstDay(ofCustomer: customer)).isoDate.prefix(7))
        }
        let levels = Set(months).sorted()
        let rank = Dictionary(uniqueKeysWithValues: levels.enumerated().map { ($1, $0) })
        return Grouping(name: "cohort", levels: levels, level: months.map { rank[$0] })
    }

    /// What a customer brought in the first days, worth at the first purchase, after margin.
    ///
    /// - Parameter end: What came back until then is taken off.
    func value(ofCustomer customer: Int, days length: Int, through end: Int, _ horizon: LifetimeHorizon) -> Double {
        let first = days[starts[customer]]
        var sum = 0.0
        for index in starts[customer]..<starts[customer + 1] where days[index] - first <= length {
            sum += value(at: index, through: end) * horizon.worth(after: Double(days[index] - first) / 7)
        }
        return sum * horizon.margin
    }
}

extension RunningMoments {
    /// The mean with its 95 % interval by Student's t; nil where there are fewer than two values.
    var meanInterval: Interval? {
        guard count > 1 else { return nil }
        let reach =
            StudentT.quantile(0.975, degreesOfFreedom: Double(count - 1)) * standardDeviation
            / Double(count).squareRoot()
        return Interval(estimate: mean, lower: mean - reach, upper: mean + reach)
    }
}
