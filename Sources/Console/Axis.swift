package import WeirDomain

/// Round numbers for an axis: 1, 2, 2.5 or 5 times a power of ten.
package struct Axis: Equatable {
    /// At least two, ascending, the first ≤ the least value and the last ≥ the greatest.
    package let ticks: [Double]
    /// Digits behind the point that tell the ticks apart.
    package let digits: Int

    /// - Parameters:
    ///   - low: The least value shown.
    ///   - high: The greatest; where it is not above `low`, the axis is one unit long.
    ///   - count: About how many intervals; ≥ 1.
    package init(from low: Double, to high: Double, about count: Int) {
        let most = 1e300
        let low = low.isFinite ? min(max(low, -most), most) : 0
        var high = high.isFinite && high > low ? min(high, most) : low + 1
        // So far from zero, or so close together, that no round numbers lie between: the axis is longer then.
        high = max(high, low + max(abs(low) * 1e-9, 1e-300))
        var step = 1.0
        while step > (high - low) / Double(count) { step /= 10 }
        while step * 10 <= (high - low) / Double(count) { step *= 10 }
        let factor = [1, 2, 2.5, 5, 10].first { step * $0 * Double(count) >= (high - low) * 0.999 } ?? 10
        step *= factor

        let first = (low / step + 1e-9).rounded(.down)
        let last = max(first + 1, (high / step - 1e-9).rounded(.up))
        ticks = stride(from: first, through: last, by: 1).map { $0 * step }
        var digits = 0
        var scaled = step
        while digits < 6, abs(scaled - scaled.rounded()) > 1e-6 * scaled {
            scaled *= 10
            digits += 1
        }
        self.digits = digits
    }

    package var range: ClosedRange<Double> { ticks[0]...ticks[ticks.count - 1] }
}

/// Moments for a time axis that fall on whole minutes, hours, days or months.
package struct TimeAxis: Equatable {
    package let ticks: [Timestamp]
    package let labels: [String]

    /// At most six ticks within the range, both ends included.
    package init(from start: Timestamp, to end: Timestamp) {
        // Years of four digits, as they are written.
        let (earliest, latest) = (Timestamp(day: -719_162), Timestamp(day: 2_932_896))
        let (start, end) = (min(max(start, earliest), latest), min(max(end, earliest), latest))
        let length = end.since(start).microseconds
        guard length > 0 else {
            (ticks, labels) = ([start], [Figure.date(start)])
            return
        }
        if length > TimeSpan.day.microseconds * 75 {
            ticks = Self.months(from: start, to: end)
            labels = ticks.map {
                let (year, month, _) = Timestamp.civil(fromDay: $0.day)
                return month == 1 ? String(year) : Figure.months[month - 1]
            }
            return
        }
        let seconds: [Int64] = [1, 5, 15, 30, 60, 300, 900, 1_800, 3_600, 10_800, 21_600, 43_200]
        let days: [Int64] = [1, 2, 7, 14, 28]
        let steps = (seconds + days.map { $0 * 86_400 }).map { $0 * TimeSpan.second.microseconds }
        let step = steps.first { length / $0 < 5 } ?? steps[steps.count - 1]
        // Weeks count from the start, so that a month's axis begins with its first day.
        let origin = step > TimeSpan.day.microseconds ? Int64(start.day) * TimeSpan.day.microseconds : 0
        let behind = start.microseconds - origin
        let first = origin + (behind / step + (behind % step > 0 ? 1 : 0)) * step
        ticks = stride(from: first, through: end.microseconds, by: Int64.Stride(step)).map(Timestamp.init)
        labels = ticks.map {
            step >= TimeSpan.day.microseconds
                ? Figure.date($0)
                : step >= TimeSpan.minute.microseconds ? Figure.clock($0) : Figure.clockWithSeconds($0)
        }
    }

    private static func months(from start: Timestamp, to end: Timestamp) -> [Timestamp] {
        let (year, month, _) = Timestamp.civil(fromDay: start.day)
        var within: [Timestamp] = []
        for index in (year * 12 + month - 1)... {
            let day = Timestamp.day(year: index / 12, month: index % 12 + 1, day: 1)
            let first = Timestamp(microseconds: Int64(day) * TimeSpan.day.microseconds)
            if first > end { break }
            if first >= start { within.append(first) }
        }
        let step = [1, 2, 3, 6].first { within.count / $0 <= 4 } ?? 12
        let fitting = within.filter { (Timestamp.civil(fromDay: $0.day).month - 1) % step == 0 }
        return thinned(fitting, to: 5)
    }
}
