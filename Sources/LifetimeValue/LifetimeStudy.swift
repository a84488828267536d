package import WeirReporting
import WeirDomain
import WeirStatistics

/// A customer file's lifetime value: checked on time kept back, forecast, observed, and compared between groups.
package struct LifetimeStudy: Sendable {
    package struct Settings: Sendable {
        /// Fits to the time until this day (since 1970-01-01) and checks on what follows; nil checks nothing.
        package var calibrationEnd: Int?
        /// The last day looked at; nil is the last with a purchase.
        package var end: Int?
        package var horizon: LifetimeHorizon
        /// The column that says who was treated, its value for the treated, and that for the held out.
        package var comparison: (column: String, treated: String, control: String)?
        /// Futures drawn for the forecast's ranges; at least 2.
        package var draws: Int
        /// Resamples for the lift's interval; at least 2.
        package var resamples: Int
        package var seed: UInt64
        package var currency: String
        /// Whether the report has a row for each customer.
        package var listsCustomers: Bool

        package init(
            calibrationEnd: Int? = nil, end: Int? = nil,
            horizon: LifetimeHorizon = LifetimeHorizon(weeks: 52, annualDiscount: 0.1),
            comparison: (column: String, treated: String, control: String)? = nil, draws: Int = 500,
            resamples: Int = 400, seed: UInt64 = 0, currency: String = "USD", listsCustomers: Bool = false
        ) {
            self.calibrationEnd = calibrationEnd
            self.end = end
            self.horizon = horizon
            self.comparison = comparison
            self.draws = draws
            self.resamples = resamples
            self.seed = seed
            self.currency = currency
            self.listsCustomers = listsCustomers
        }
    }

    package var settings: Settings
    package var history: PurchaseHistory
    /// The last day looked at, since 1970-01-01.
    package var end: Int
    /// Nil where the models cannot be fitted; `warnings` say why.
    package var forecast: LifetimeForecast?
    package var check: LifetimeCheck?
    package var observed: ObservedLifetimeValue
    package var lift: LifetimeLift?
    package var warnings: [String]

    /// - Throws: `MeasurementError`, where the days are out of order or nothing at all can be told.
    package init(_ history: PurchaseHistory, _ settings: Settings) throws(MeasurementError) {
        let end = settings.end ?? history.lastDay
        let first = history.days.min() ?? end
        try Self.checkDays(settings, first: first, end: end)
        self.history = history
        self.settings = settings
        self.end = end
        warnings = history.warnings
        observed = ObservedLifetimeValue(history, through: end, within: settings.horizon)
        do throws(MeasurementError) {
            forecast = try LifetimeForecast(
                history, through: end, within: settings.horizon, draws: settings.draws, seed: settings.seed)
        } catch { warnings += error.faults }
        if let day = settings.calibrationEnd {
            do throws(MeasurementError) {
                check = try LifetimeCheck(
                    history, calibrationEnd: day, end: end, draws: settings.draws, seed: settings.seed)
            } catch { warnings += error.faults.map { "Until \(Timestamp(day: day).isoDate): \($0)" } }
        }
        if let wanted = settings.comparison,
            let grouping = history.groupings.first(where: { $0.name == wanted.column })
        {
            do throws(MeasurementError) {
                lift = try LifetimeLift(
                    history, by: grouping, treated: wanted.treated, control: wanted.control, through: end,
                    within: settings.horizon, resamples: settings.resamples, seed: settings.seed)
            } catch { warnings += error.faults }
        }
        guard forecast != nil || observed.value != nil else {
            throw MeasurementError(
                warnings + [
                    "No cohort has been seen for \(settings.horizon.weeks) weeks either. Shorten the horizon, or wait."
                ])
        }
        warnings += doubts
    }

    private static func checkDays(_ settings: Settings, first: Int, end: Int) throws(MeasurementError) {
        guard end > first else {
            throw MeasurementError(
                "The last day is \(Timestamp(day: end).isoDate), but purchases begin on \(Timestamp(day: first).isoDate). Give a later end."
            )
        }
        if let day = settings.calibrationEnd, day <= first || day >= end {
            throw MeasurementError(
                "The calibration ends on \(Timestamp(day: day).isoDate), but purchases reach from \(Timestamp(day: first).isoDate) to \(Timestamp(day: end).isoDate). Give a day between them."
            )
        }
    }

    private var doubts: [String] {
        var doubts: [String] = []
        if let forecast {
            if forecast.model.purchases.isHeld {
                doubts.append(
                    "The purchases do not tell all parameters of buying (customers hardly differ, or hardly anybody leaves), so a weak prior holds r, alpha, a and b: the forecast may be high. More customers or a longer period would tell."
                )
            }
            if case .alike(let values) = forecast.model.money, !values.isOne {
                doubts.append(
                    "The values do not tell what a purchase is worth to each customer (too few customers bought again, hardly differ, or differ without bounds), so each purchase to come counts the mean of all repeat purchases, \(Wording.short(values.mean)). Look for wrong values among the highest ones."
                )
            }
            if forecast.model.money.fitted?.isHeld == true {
                doubts.append(
                    "What a purchase is worth hardly differs between customers, so a weak prior holds the parameters q and v; the value of a purchase is then nearly the same for all."
                )
            }
            let dependence = LifetimeModel.dependence(of: forecast.summaries)
            if abs(dependence) > 0.2 {
                doubts.append(
                    "How often customers buy and what a purchase is worth go together (correlation \(Wording.short(dependence))), which the models deny; values of frequent buyers are \(dependence > 0 ? "too low" : "too high"). Look at segments apart."
                )
            }
            let seen = Double(end - (history.days.min() ?? end)) / 7
            if settings.horizon.weeks > 2 * seen {
                doubts.append(
                    "The horizon of \(Wording.short(settings.horizon.weeks)) weeks is more than twice the \(Wording.short(seen)) weeks seen. Shorten it, or take the forecast as a guess."
                )
            }
            let later = forecast.summaries.count { $0.ageDays < 28 }
            if Double(later) > 0.5 * Double(forecast.summaries.count) {
                doubts.append(
                    "More than half of the customers came in the last four weeks, too late to have shown how often they return."
                )
            }
        }
        if let check, !check.expected.contains(check.actual) {
            let off = check.actual / check.expected.estimate - 1
            doubts.append(
                "On the \(Wording.short(check.weeks)) weeks kept back there were \(Wording.percent(abs(off))) \(off > 0 ? "more" : "fewer") purchases than the model expected, outside its range: seasons, promotions or newer customers are not in it. Expect the forecast to be \(off > 0 ? "low" : "high") by as much."
            )
        }
        if let lift {
            let ages = (lift.treated.age, lift.control.age)
            if abs(ages.0 - ages.1) > 0.1 * max(ages.0, ages.1) {
                doubts.append(
                    "Treated customers have been here for \(Wording.short(ages.0)) weeks and the others for \(Wording.short(ages.1)); the lift mixes that with the treatment. Compare customers who came in the same weeks."
                )
            }
            if lift.failedResamples > 0 {
                doubts.append(
                    "On \(lift.failedResamples) of \(lift.resamples) resamples the model could not be fitted; the lift's interval rests on the others and may be too narrow."
                )
            }
        }
        return doubts
    }
}
