/// What one period is.
package enum PeriodFrequency: String, Sendable, Equatable {
    /// Of no calendar: 1, 2, 3.
    case number
    case year, quarter, month, week, day
    /// Moments within days.
    case moment

    /// Periods after which a season over the year (of days: over the week) repeats; nil where none is short enough to be
    /// told by one effect per place.
    package var seasonLength: Int? {
        switch self {
        case .quarter: 4
        case .month: 12
        case .day: 7
        case .number, .year, .week, .moment: nil
        }
    }

    /// `1 month`, `84 months`.
    package func counted(_ count: Int) -> String {
        let noun = self == .number ? "period" : rawValue
        return "\(count) \(noun)\(count == 1 ? "" : "s")"
    }
}
