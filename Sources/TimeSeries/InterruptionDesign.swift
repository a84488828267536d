import WeirReporting
import Foundation
import WeirStatistics

/// A series made ready for the filter: what is learnt from, what is judged, and by which regressors.
struct InterruptionDesign {
    var model: StructuralModel
    /// Judged are the steps from `start` to before `end`; learnt from are those before `start`.
    var start: Int
    var end: Int
    /// NaN where there is no value, or none that can be judged.
    var outcome: [Double]
    var names: [String] = []
    /// By name.
    var regressors: [[Double]] = []
    var warnings: [String] = []

    /// The outcome and the regressors.
    var columns: [[Double]] { [outcome] + regressors }

    init(_ series: DatedSeries, _ setting: InterruptedSeries.Setting) throws {
        start = series.index(from: setting.start)
        model = Self.model(series, setting, start: start)
        end = min(series.values.count, setting.end.map { series.index(from: $0 + 1) } ?? series.values.count)
        outcome = series.values
        guard start > 0, start < series.values.count else {
            throw MeasurementError(
                "The start \(series.label(ofDay: setting.start)) lies outside the series, which goes from \(series.date(0)) to "
                    + "\(series.date(series.values.count - 1)). Set a start with days before and after it.")
        }
        guard end > start else {
            throw MeasurementError(
                "The end lies before the start \(series.label(ofDay: setting.start)). Set a later end.")
        }
        if let warning = seasonWarning(series, setting) { warnings.append(warning) }
        try appendControls(series)
        try appendWaves(series, setting)
        appendEvents(series, setting)
        dropDependent()
        try check(series, setting)
    }

    /// Over the week for days, over the year for months and quarters; none where nobody asks for one and less than two years
    /// lie before the start, since one year alone cannot tell a season from what happened in it.
    private static func model(
        _ series: DatedSeries, _ setting: InterruptedSeries.Setting, start: Int
    ) -> StructuralModel {
        guard let period = series.seasonLength else { return StructuralModel(slope: setting.slope, season: .none) }
        guard period != 7 || series.spacing != .days(1) else {
            return StructuralModel(slope: setting.slope, season: setting.weekly)
        }
        let isKnown = start >= 2 * period + 2 && setting.yearlyWaves == 0
        return StructuralModel(
            slope: setting.slope, season: setting.season ?? (isKnown ? .fixed : .none), period: period)
    }

    /// Where a season is likely and none is in the model.
    private func seasonWarning(_ series: DatedSeries, _ setting: InterruptedSeries.Setting) -> String? {
        guard model.season == .none, setting.yearlyWaves == 0, series.spacing != .days(1) else { return nil }
        switch series.spacing {
        case .days(let days):
            return
                "The dates lie \(days) days apart, so there is no season over the week\(days == 7 ? ", and none over the year unless --yearly asks for one." : "; check that none are missing.")"
        case .months(let months) where months < 12 && setting.season == nil:
            return
                "Less than two years lie before the start, so there is no season over the year in the model. Give more of the past, or controls with the same season."
        case .months: return nil
        }
    }

    private mutating func appendControls(_ series: DatedSeries) throws {
        for control in series.controls {
            let before = control.values[..<start].filter { !$0.isNaN }
            let missing = (0..<end).filter { control.values[$0].isNaN && !outcome[$0].isNaN }
            guard let first = before.first, before.contains(where: { $0 != first }) else {
                throw MeasurementError(
                    "control “\(control.name)” does not vary before the start, so it explains nothing. Leave it out.")
            }
            if !missing.isEmpty {
                warnings.append(
                    "Control “\(control.name)” is missing on \(missing.count) dates (first \(series.date(missing[0]))), "
                        + "which are left out. Fill them in.")
                for index in missing { outcome[index] = .nan }
            }
            // Centred, so that the level stays what it is without the control; where it is missing nothing is judged.
            let mean = before.reduce(0, +) / Double(before.count)
            names.append(control.name)
            regressors.append(control.values.map { $0.isNaN ? 0 : $0 - mean })
        }
    }

    private mutating func appendWaves(_ series: DatedSeries, _ setting: InterruptedSeries.Setting) throws {
        guard setting.yearlyWaves > 0 else { return }
        let days = series.day(start) - series.firstDay
        let years = Double(days) / 365.25
        guard years >= 1 else {
            throw MeasurementError(
                "A yearly season needs a year before the start; there are \(days) days. Leave it out.")
        }
        if years < 2 {
            warnings.append(
                "The yearly season rests on less than two years, so it may be a trend in disguise. Give more of the past."
            )
        }
        // No more waves than steps of the year can tell apart.
        let most = series.seasonLength.map { $0 == 7 ? 10 : ($0 - 1) / 2 } ?? 10
        guard setting.yearlyWaves <= most else {
            throw MeasurementError(
                "--yearly \(setting.yearlyWaves): figures by the \(series.stepName) tell at most \(most) waves over the year apart."
            )
        }
        for wave in 1...setting.yearlyWaves {
            let angles = outcome.indices.map { 2 * Double.pi * Double(wave * series.day($0)) / 365.25 }
            names += ["year, wave \(wave), cosine", "year, wave \(wave), sine"]
            regressors += [angles.map { cos($0) }, angles.map { sin($0) }]
        }
    }

    private mutating func appendEvents(_ series: DatedSeries, _ setting: InterruptedSeries.Setting) {
        for event in setting.events {
            // Figures of several days count how many of them the event covers.
            var covered = [Double](repeating: 0, count: outcome.count)
            for day in event.days where day >= series.firstDay {
                let index = series.index(holding: day)
                if index < covered.count { covered[index] += 1 }
            }
            let before = (0..<start).contains { covered[$0] > 0 && !outcome[$0].isNaN }
            let judged = (start..<end).filter { covered[$0] > 0 && !outcome[$0].isNaN }
            if before {
                names.append(event.name)
                regressors.append(covered)
            } else if !judged.isEmpty {
                for index in judged { outcome[index] = .nan }
                warnings.append(
                    "“\(event.name)” comes only after the start, so its effect cannot be told from the intervention's; "
                        + "its \(judged.count) dates (first \(series.date(judged[0]))) are left out.")
            }
            let near = (max(0, start - 3)..<min(end, start + 4)).first { covered[$0] > 0 }
            if let near {
                warnings.append(
                    "“\(event.name)” (\(series.date(near))) lies within 3 steps of the start, so the two are hard to tell "
                        + "apart. Read the first days with care.")
            }
        }
    }

    /// Leaves out regressors that the others, the level, the slope and the season already explain before the start.
    private mutating func dropDependent() {
        let rows = (0..<start).filter { !outcome[$0].isNaN }
        var basis: [[Double]] = []
        func remainder(_ column: [Double]) -> (values: [Double], share: Double) {
            var values = column
            let size = column.reduce(0) { $0 + $1 * $1 }
            for _ in 0..<2 {  // Twice, since once loses orthogonality.
                for direction in basis {
                    let part = zip(values, direction).reduce(0) { $0 + $1.0 * $1.1 }
                    for index in values.indices { values[index] -= part * direction[index] }
                }
            }
            return (values, size > 0 ? values.reduce(0) { $0 + $1 * $1 } / size : 0)
        }
        func take(_ column: [Double]) -> Bool {
            let (values, share) = remainder(column)
            guard share > 1e-9 else { return false }
            let length = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
            basis.append(values.map { $0 / length })
            return true
        }
        _ = take(rows.map { _ in 1 })
        if model.slope != .none { _ = take(rows.map(Double.init)) }
        if model.season != .none {
            for place in 0..<model.period - 1 { _ = take(rows.map { $0 % model.period == place ? 1 : 0 }) }
        }
        let kept = names.indices.filter { index in
            let isNew = take(rows.map { regressors[index][$0] })
            if !isNew {
                warnings.append(
                    "“\(names[index])” cannot be told apart from the others and the season before the start; it is left out."
                )
            }
            return isNew
        }
        names = kept.map { names[$0] }
        regressors = kept.map { regressors[$0] }
    }

    private mutating func check(_ series: DatedSeries, _ setting: InterruptedSeries.Setting) throws {
        var faults: [String] = []
        let before = outcome[..<start].filter { !$0.isNaN }
        let needed = max(14, 2 * (model.stateCount + names.count))
        if before.count < needed {
            faults.append(
                "Before the start there are \(before.count) values; at least \(needed) are needed"
                    + (names.isEmpty ? "" : " with \(names.count) events, waves and controls")
                    + ". Give more of the past.")
        } else if Set(before).count == 1 {
            faults.append("The outcome never changes before the start, so there is nothing to learn. Check the column.")
        }
        if !outcome[start..<end].contains(where: { !$0.isNaN }) {
            faults.append("There are no values from the start on that can be judged. Give the time after the start.")
        }
        guard faults.isEmpty else { throw MeasurementError(faults) }

        // A weekday that was never seen before cannot be predicted.
        if model.season != .none {
            let seen = Set((0..<start).filter { !outcome[$0].isNaN }.map { $0 % model.period })
            let unseen = (start..<end).filter { !outcome[$0].isNaN && !seen.contains($0 % model.period) }
            for index in unseen { outcome[index] = .nan }
            if !unseen.isEmpty {
                warnings.append(
                    "\(unseen.count) dates since the start fall on places of the season (weekdays, months) without any value before; they are left out."
                )
            }
            guard outcome[start..<end].contains(where: { !$0.isNaN }) else {
                throw MeasurementError(
                    "No date since the start falls on a weekday or month seen before. Check the dates.")
            }
        }
        let missing = (0..<end).filter { series.values[$0].isNaN }
        if !missing.isEmpty {
            warnings.append(
                "\(missing.count) of \(end) dates have no value (first \(series.date(missing[0]))); they are treated as unknown, "
                    + "not as zero. Fill them in where they were zero.")
        }
        if before.count < 28 {
            warnings.append("Only \(before.count) values before the start: the range is wide. Give more of the past.")
        }
    }
}
