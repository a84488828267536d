package import WeirStatistics

/// Effects by time since adoption, and what those before adoption say about parallel trends.
package struct EventStudy: Sendable {
    package struct Point: Sendable, Equatable {
        /// Times since adoption; −1 is the base and 0 by definition.
        package var age: Int
        package var effect: Interval
    }

    package var points: [Point]
    /// P-value of no differences before adoption; nil where there are no two times before.
    package var preTrend: Double?
    /// How many times before adoption the test is about.
    package var testedLeads: Int
    /// Change of the difference per time before adoption, by least squares.
    package var preTrendSlope: Interval?

    /// The joint test is Hotelling's, about the nearest times before adoption: at most a third of the degrees of freedom,
    /// since the covariance of more cannot be estimated.
    ///
    /// Where one side has few clusters, its variance is the larger and the worse known one. So variances are raised to
    /// their unbiased ones and degrees of freedom are Welch's for two sides of equal spread.
    init(_ effects: GroupTimeEffects, treatedClusters: Int, otherClusters: Int, confidence: Double) {
        let byAge = effects.byAge
        let sides = [treatedClusters, otherClusters].map { Double(max(2, $0)) }
        let total = sides.reduce(0, +)
        let sum = sides.reduce(0) { $0 + 1 / $1 }
        let raise = sides.reduce(0) { $0 + 1 / ($1 - 1) } / sum * (total - 1) / total
        let degrees = sum * sum / sides.reduce(0) { $0 + 1 / ($1 * $1 * ($1 - 1)) }
        var covariance = effects.covariance(byAge.map(\.average))
        for index in covariance.values.indices { covariance.values[index] *= raise }
        let t = StudentT.quantile((1 + confidence) / 2, degreesOfFreedom: degrees)
        points = byAge.indices.map { index in
            let reach = t * covariance[index, index].squareRoot()
            let effect = byAge[index].average.effect
            return Point(
                age: byAge[index].age, effect: Interval(estimate: effect, lower: effect - reach, upper: effect + reach))
        }
        let base = Point(age: -1, effect: Interval(estimate: 0, lower: 0, upper: 0))
        points.insert(base, at: points.firstIndex { $0.age > -1 } ?? points.count)

        let leads = byAge.indices.filter { byAge[$0].age < -1 }
        let tested = Array(leads.suffix(max(1, Int(degrees / 3))))
        testedLeads = tested.count
        guard !tested.isEmpty else { return }
        let values = tested.map { byAge[$0].average.effect }
        let part = covariance.selecting(rows: tested).selecting(columns: tested)
        if let solved = part.solvingPositiveDefinite(values) {
            let statistic = zip(values, solved).reduce(0) { $0 + $1.0 * $1.1 }
            let count = Double(tested.count)
            let left = degrees + 1 - count
            // A covariance of next to nothing may turn the statistic's sign; it has no p-value then.
            if left > 0, statistic >= 0 {
                preTrend = FDistribution.survival(
                    statistic * left / (count * degrees), numerator: count, denominator: left)
            }
        }
        // The base belongs to the line: it is 0 at −1 by definition.
        let ages = leads.map { Double(byAge[$0].age) } + [-1]
        let mean = ages.reduce(0, +) / Double(ages.count)
        let spread = ages.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        let weights = ages.dropLast().map { ($0 - mean) / spread }
        let slope = zip(weights, leads).reduce(0) { $0 + $1.0 * byAge[$1.1].average.effect }
        let chosen = covariance.selecting(rows: leads).selecting(columns: leads)
        let reach = t * zip(weights, chosen * weights).reduce(0) { $0 + $1.0 * $1.1 }.squareRoot()
        preTrendSlope = Interval(estimate: slope, lower: slope - reach, upper: slope + reach)
    }
}
