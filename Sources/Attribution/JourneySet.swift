import WeirReporting

/// Journeys of customers through channels, in flat arrays: what every attribution model reads.
///
/// A row is a path with how often it was gone: once for a single journey, many times where paths were added up.
package struct JourneySet: Sendable {
    /// Names by number, in order of first appearance.
    package internal(set) var channels: [String] = []
    /// Where each row's touches begin; one more than rows.
    var starts: ContiguousArray<Int> = [0]
    /// Channel numbers, in order of time within a row.
    var touches: ContiguousArray<UInt16> = []
    /// By touch: hours before the journey's end, ≥ 0; empty where times are not known.
    var hours: ContiguousArray<Double> = []
    /// By row: journeys that converted and that did not, and what the conversions were worth.
    var counts = JourneyCounts()
    /// By row: whose journey it is, rows of one following each other; empty where each journey stands alone.
    var units: ContiguousArray<Int32> = []
    /// Conversions without a touch (within the window), which no model can credit, and their value.
    package internal(set) var unattributed = 0.0
    package internal(set) var unattributedValue = 0.0
    /// Conversions without a touch since the one before, which were credited to the touches before that.
    package internal(set) var repeated = 0
    /// Rows left out and what else is odd, each with place, value and remedy.
    package internal(set) var warnings: [String] = []
    /// What was read, for the report.
    package internal(set) var sources: [String] = []

    /// More would make the table of transitions larger than what journeys can fill.
    static let mostChannels = 1_000

    package init() {}

    package var rows: Int { counts.conversions.count }
    package var touchCount: Int { touches.count }
    package var hasTimes: Bool { !hours.isEmpty || touches.isEmpty }
    /// Of the journeys with a touch.
    package var conversions: Double { counts.conversions.reduce(0, +) }
    package var abandoned: Double { counts.abandoned.reduce(0, +) }
    package var value: Double { counts.values.reduce(0, +) }

    /// Adds a path.
    ///
    /// - Parameters:
    ///   - path: Channel names in order of time, none of them empty.
    ///   - hoursBeforeEnd: As many as channels, each ≥ 0; nil where times are not known, for all rows or none.
    ///   - conversions: How many journeys over this path converted; ≥ 0.
    ///   - abandoned: How many did not; ≥ 0.
    ///   - value: Of the conversions together.
    /// - Throws: `MeasurementError`, naming what is wrong; nothing is then added.
    package mutating func append(
        path: [String], hoursBeforeEnd: [Double]? = nil, conversions: Double, abandoned: Double, value: Double = 0
    ) throws {
        var faults: [String] = []
        let row = rows + 1
        if path.isEmpty || path.contains("") {
            faults.append("Journey \(row): the path has an empty channel; name it.")
        }
        if !(conversions >= 0 && conversions.isFinite) || !(abandoned >= 0 && abandoned.isFinite) {
            faults.append("Journey \(row): counts are \(conversions) and \(abandoned); they must be 0 or more.")
        }
        if let hours = hoursBeforeEnd {
            if hours.count != path.count {
                faults.append("Journey \(row): \(path.count) touches, but \(hours.count) times.")
            }
            if let late = hours.first(where: { !($0 >= 0) }) {
                faults.append("Journey \(row): a touch lies \(-late) hours after the end; take it out.")
            }
        }
        if (hoursBeforeEnd == nil) != hours.isEmpty, rows > 0 {
            faults.append("Journey \(row): either all journeys have times or none has.")
        }
        var added = channels
        let numbers = path.map { name in
            added.firstIndex(of: name)
                ?? {
                    added.append(name)
                    return added.count - 1
                }()
        }
        if added.count > Self.mostChannels { faults.append(Self.tooManyChannels) }
        guard faults.isEmpty else { throw MeasurementError(faults) }
        channels = added
        touches.append(contentsOf: numbers.lazy.map(UInt16.init))
        if let hoursBeforeEnd { hours.append(contentsOf: hoursBeforeEnd) }
        close(conversions: conversions, abandoned: abandoned, value: value)
    }

    static let tooManyChannels = "There are more than \(mostChannels) channels; group them, such as by campaign type."

    /// Ends a row whose touches were appended.
    mutating func close(conversions: Double, abandoned: Double, value: Double) {
        starts.append(touches.count)
        counts.conversions.append(conversions)
        counts.abandoned.append(abandoned)
        counts.values.append(value)
    }

    /// Without the touches that lie further back than the window. Journeys without a touch left are left out; their
    /// conversions become unattributed.
    ///
    /// - Parameter hours: Of the window, > 0.
    /// - Throws: `MeasurementError`, where the journeys have no times.
    package func within(hours window: Double) throws -> JourneySet {
        guard hasTimes else {
            throw MeasurementError(
                "A lookback window of \(window) hours needs times, and the paths have none. Give hours_before_end, or raw touches."
            )
        }
        var result = JourneySet()
        (result.channels, result.warnings, result.sources) = (channels, warnings, sources)
        (result.unattributed, result.unattributedValue) = (unattributed, unattributedValue)
        result.repeated = repeated
        for row in 0..<rows {
            for touch in starts[row]..<starts[row + 1] where hours[touch] <= window {
                result.touches.append(touches[touch])
                result.hours.append(hours[touch])
            }
            guard result.touches.count > result.starts[result.rows] else {
                result.unattributed += counts.conversions[row]
                result.unattributedValue += counts.values[row]
                continue
            }
            if !units.isEmpty { result.units.append(units[row]) }
            result.close(
                conversions: counts.conversions[row], abandoned: counts.abandoned[row], value: counts.values[row])
        }
        return result
    }
}

/// How often each row's path was gone; resampling changes only this.
struct JourneyCounts: Sendable {
    var conversions: ContiguousArray<Double> = []
    var abandoned: ContiguousArray<Double> = []
    var values: ContiguousArray<Double> = []
}
