import WeirDomain
package import WeirReporting

/// A column's periods, understood as a whole: what a number in it means, where the day stands in `3/4/2025`, whether dates a
/// month apart are months. One period written in two ways (`2004`, `2004.0`, `2004-01-01`) is one.
package struct PeriodColumn: Sendable, Equatable {
    package struct Period: Sendable, Equatable {
        /// As the file writes it first.
        package var label: String
        /// Counted in the frequency's units, so that neighbours differ by `step`: days or weeks since 1970, months or quarters
        /// since the year 0, the year or number itself.
        package var position: Double
        /// On which it begins, since 1970-01-01; 0 where periods are plain numbers.
        package var firstDay: Int
    }

    package let frequency: PeriodFrequency
    /// In order of time, each once.
    package let periods: [Period]
    /// By level as given: its index among `periods`.
    package let places: [Int]
    /// Whether periods are dates, rather than plain numbers; years in four digits alone are plain numbers.
    package let isDated: Bool
    /// How many periods are written in more than one way.
    package let writtenTwice: Int
    let calendar: PeriodCalendar

    /// - Parameters:
    ///   - levels: The column's different texts.
    ///   - column: Its name, for messages.
    /// - Throws: `MeasurementError` with up to ten texts that are no periods, or where it cannot be told what they mean.
    package init(levels: [String], column: String) throws(MeasurementError) {
        let calendar = try PeriodCalendar(levels, column: column)
        self.calendar = calendar
        frequency = calendar.frequency
        isDated = calendar.isDated
        let positions = levels.map { calendar.position(of: $0) ?? .nan }
        let order = Array(Set(positions)).sorted()
        var place: [Double: Int] = [:]
        for (index, position) in order.enumerated() { place[position] = index }
        places = positions.map { place[$0] ?? 0 }
        var labels = [String?](repeating: nil, count: order.count)
        var counts = [Int](repeating: 0, count: order.count)
        for (level, index) in zip(levels, places) {
            counts[index] += 1
            if labels[index] == nil { labels[index] = calendar.label(level) }
        }
        periods = order.indices.map {
            Period(label: labels[$0] ?? "", position: order[$0], firstDay: calendar.firstDay(order[$0]))
        }
        writtenTwice = counts.count { $0 > 1 }
    }

    /// Units of the frequency from one period to the next, the greatest that fits all: 1 for months, 2 for every second one.
    package var step: Int {
        let whole = periods.map { Int(exactly: $0.position) }
        guard let first = whole.first ?? nil, !whole.contains(nil) else { return 1 }
        func divisor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : divisor(b, a % b) }
        return max(1, whole.compactMap(\.self).reduce(0) { divisor($0, abs($1 - first)) })
    }

    /// How many periods there are from the first to the last, those without any row included.
    package var spanned: Int {
        guard let first = periods.first, let last = periods.last else { return 0 }
        let count = (last.position - first.position) / Double(step) + 1
        return count < 1e9 && frequency != .moment ? Int(count.rounded()) : periods.count
    }

    /// Where a text stands on the column's scale, between two periods where it names none; nil where it cannot be read so.
    package func position(of text: String) -> Double? { calendar.position(of: text) }

    /// The same of the last moment that a text names: of `2025` on a scale of days its last day.
    package func lastPosition(of text: String) -> Double? { calendar.lastPosition(of: text) }

    /// Whether a text may be a period at all, before a column says what it means.
    package static func isPeriod(_ text: String) -> Bool { WrittenPeriod(text) != nil }

    /// The first period that begins at a text's moment or later; `periods.count` where there is none.
    package func firstIndex(from text: String) -> Int? {
        position(of: text).map { position in periods.firstIndex { $0.position >= position } ?? periods.count }
    }

    /// One past the last period that begins until a text's moment; of a text that names a longer time, such as a year of
    /// daily figures, until its end.
    package func endIndex(until text: String) -> Int? {
        calendar.lastPosition(of: text).map { position in
            (periods.lastIndex { $0.position <= position } ?? -1) + 1
        }
    }

    /// `84 months, 2019-01-01 to 2025-12-01`.
    package var understood: String {
        var text = frequency.counted(periods.count)
        if let first = periods.first, let last = periods.last, periods.count > 1 {
            text += ", \(first.label) to \(last.label)"
        }
        if step > 1, frequency != .number { text += ", \(step) \(frequency.rawValue)s apart" }
        if let spelling = calendar.spelling { text += " (\(spelling))" }
        if writtenTwice > 0 { text += ", \(writtenTwice) of them written in two ways" }
        return text
    }
}
