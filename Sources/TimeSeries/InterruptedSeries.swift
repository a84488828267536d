import Foundation
package import WeirReporting
import WeirStatistics

/// What an intervention changed in a series: the outcome since its start against what the time before lets expect.
///
/// Source: Brodersen, Gallusser, Koehler, Remy, Scott, "Inferring Causal Impact Using Bayesian Structural Time-Series
/// Models" (Annals of Applied Statistics 9(1), 2015); here without sampling, see `StructuralEstimate`.
package struct InterruptedSeries: Sendable {
    package struct Setting: Sendable, Equatable {
        /// Days since 1970-01-01: the first one with the intervention.
        package var start: Int
        /// The last day to count; nil: to the end of the series.
        package var end: Int?
        package var slope: StructuralModel.Movement
        /// Over the week; of daily figures only.
        package var weekly: StructuralModel.Movement
        /// Over the year, one effect per month or quarter; of monthly and quarterly figures only. Nil: fixed where two years
        /// lie before the start and there are no waves.
        package var season: StructuralModel.Movement?
        /// Pairs of waves over the year; 0 for no yearly season.
        package var yearlyWaves: Int
        package var events: [CalendarEvent]
        /// In 0 < confidence < 1.
        package var confidence: Double

        package init(
            start: Int, end: Int? = nil, slope: StructuralModel.Movement = .none,
            weekly: StructuralModel.Movement = .fixed, season: StructuralModel.Movement? = nil, yearlyWaves: Int = 0,
            events: [CalendarEvent] = [],
            confidence: Double = 0.95
        ) {
            precondition(confidence > 0 && confidence < 1 && yearlyWaves >= 0, "a confidence between 0 and 1")
            self.start = start
            self.end = end
            self.slope = slope
            self.weekly = weekly
            self.season = season
            self.yearlyWaves = yearlyWaves
            self.events = events
            self.confidence = confidence
        }
    }

    /// One date since the start.
    package struct Step: Sendable, Equatable {
        /// Since 1970-01-01.
        package var day: Int
        /// NaN where there is none, or where the day cannot be judged.
        package var observed: Double
        /// Without the intervention, with its range.
        package var expected: Quantity
        package var effect: Quantity
        /// Of the effect, from the start on.
        package var cumulative: Quantity
    }

    /// What a control, wave or event does to the outcome.
    package struct Influence: Sendable, Equatable {
        package var name: String
        package var quantity: Quantity
    }

    package let series: DatedSeries
    package let setting: Setting
    /// Index of the first step with the intervention.
    package let startIndex: Int
    package let steps: [Step]
    /// Summed over the steps that count.
    package let observedSum: Double
    package let expectedSum: Quantity
    package let cumulative: Quantity
    /// Per step that counts.
    package let average: Quantity
    /// Cumulative effect ÷ expected sum; without a range where the latter may be 0.
    package let lift: Quantity
    /// Two-sided: how rarely chance alone moves the sum this far.
    package let probability: Double
    /// The chance that the effect is above zero.
    package let chanceAboveZero: Double
    package let countedSteps: Int
    /// Steps after which the season repeats; nil without one.
    package let seasonPeriod: Int?
    package let learntSteps: Int
    package let influences: [Influence]
    /// By maximum likelihood: the noise's, then the level's, slope's and season's per step.
    package let variances: [(name: String, value: Double)]
    package let logLikelihood: Double
    /// One step ahead, before the start: dates and figures.
    package let fitted: [(day: Int, value: Double)]
    package let warnings: [String]
    /// What residuals and lengths say against the model; some of it voids the answer.
    package let doubts: [Doubt]

    /// - Throws: `MeasurementError`, where nothing can be said.
    package init(_ series: DatedSeries, _ setting: Setting) throws {
        let design = try InterruptionDesign(series, setting)
        let filter = StructuralFilter(model: design.model, columns: design.columns, count: design.start)
        let estimate = try Self.estimate(filter, series, setting)
        let ranges = Ranges(estimate, confidence: setting.confidence)
        let observed = (design.start..<design.end).map { design.outcome[$0] }
        let isCounted = observed.map { !$0.isNaN }
        let forecasts = estimate.likely.map { filter.forecast($0.fit, isCounted: isCounted) }

        var total = 0.0
        var steps: [Step] = []
        for index in observed.indices {
            let here = ranges.quantity(
                estimate.mixture { (forecasts[$0].means[index], forecasts[$0].variances[index]) })
            if isCounted[index] { total += observed[index] }
            let isFirst = !isCounted[...index].contains(true)
            steps.append(
                Step(
                    day: series.day(design.start + index), observed: observed[index],
                    expected: here,
                    effect: isCounted[index] ? ranges.gap(observed[index], here) : Quantity(.nan, Ranges.unit),
                    cumulative: isFirst
                        ? Quantity(0, Ranges.unit, lower: 0, upper: 0)
                        : ranges.gap(
                            total,
                            ranges.quantity(
                                estimate.mixture { (forecasts[$0].sums[index], forecasts[$0].sumVariances[index]) }))))
        }
        let last = observed.count - 1
        let sum = estimate.mixture { (forecasts[$0].sums[last], forecasts[$0].sumVariances[last]) }
        countedSteps = isCounted.count { $0 }
        expectedSum = ranges.quantity(sum)
        cumulative = ranges.gap(total, expectedSum)
        average = ranges.gap(total, expectedSum, per: Double(countedSteps))
        observedSum = total
        lift = ranges.lift(total, over: expectedSum)
        chanceAboveZero = sum.cumulative(total)
        probability = 2 * min(chanceAboveZero, 1 - chanceAboveZero)

        let best = estimate.best
        learntSteps = best.pass.observed
        seasonPeriod = design.model.season == .none ? nil : design.model.period
        influences = Self.influences(estimate, design.names, ranges)
        variances =
            [("noise", best.variance)] + zip(design.model.ratioNames, best.ratios).map { ($0, $1 * best.variance) }
        logLikelihood = best.logLikelihood
        fitted = best.predictions(of: design.outcome).map { (series.day($0.step), $0.value) }
        warnings = design.warnings
        doubts = Self.doubts(design, best, series)
        self.series = series
        self.setting = setting
        self.startIndex = design.start
        self.steps = steps
    }

    private static func estimate(
        _ filter: StructuralFilter, _ series: DatedSeries, _ setting: Setting
    ) throws -> StructuralEstimate {
        guard let estimate = StructuralEstimate(filter) else {
            throw MeasurementError(
                "There are too few values before \(dateText(ofDay: setting.start)) for so many seasons, events and controls. "
                    + "Give more of the time before, or declare less.")
        }
        let known = filter.columns[0][..<filter.count].filter { !$0.isNaN }
        let mean = known.reduce(0, +) / Double(max(1, known.count))
        let spread = known.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        guard !estimate.best.explainsAll(of: spread) else {
            let named = series.controls.map { "“\($0.name)”" }.joined(separator: ", ")
            throw MeasurementError(
                "\(named.isEmpty ? "Seasons and events" : "The controls (\(named))") explain the outcome to the last digit, so "
                    + "nothing is left to tell an effect from chance. "
                    + (named.isEmpty
                        ? "Check the outcome: measured figures vary."
                        : "A control that is computed from the outcome shows the same effect; leave it out."))
        }
        return estimate
    }

    private static func influences(
        _ estimate: StructuralEstimate, _ names: [String], _ ranges: Ranges
    ) -> [Influence] {
        names.indices.map { index in
            let mixture = estimate.mixture {
                let fit = estimate.likely[$0].fit
                return (fit.coefficients[index], fit.variance * fit.coefficientCovariance[index, index])
            }
            return Influence(name: names[index], quantity: ranges.quantity(mixture))
        }
    }
}

/// Figures with their ranges, all of one confidence.
private struct Ranges {
    static let unit = Quantity.Unit.number()

    private let confidence: Double
    /// Of the probability, beyond either end.
    private let tail: Double
    private let t: Double

    init(_ estimate: StructuralEstimate, confidence: Double) {
        self.confidence = confidence
        tail = (1 - confidence) / 2
        t = StudentT.quantile(1 - tail, degreesOfFreedom: Double(estimate.best.degreesOfFreedom))
    }

    func quantity(_ mixture: StudentMixture) -> Quantity {
        let range = mixture.range(tail: tail, t: t)
        return Quantity(mixture.mean, Self.unit, lower: range.lower, upper: range.upper, confidence: confidence)
    }

    /// What is left of `value` beside a prediction.
    func gap(_ value: Double, _ expected: Quantity, per count: Double = 1) -> Quantity {
        Quantity(
            (value - expected.value) / count, Self.unit, lower: (value - (expected.upper ?? .nan)) / count,
            upper: (value - (expected.lower ?? .nan)) / count, confidence: confidence)
    }

    func lift(_ total: Double, over expected: Quantity) -> Quantity {
        // Where the expected sum is surely positive the lift falls as it rises, so its ends carry over.
        let (low, high) = (expected.lower ?? .nan, expected.upper ?? .nan)
        return low > 0
            ? Quantity(
                total / expected.value - 1, .percent, lower: total / high - 1, upper: total / low - 1,
                confidence: confidence)
            : Quantity(expected.value > 0 ? total / expected.value - 1 : .nan, .percent)
    }
}
