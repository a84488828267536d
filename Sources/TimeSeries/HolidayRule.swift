import WeirDomain

/// When a holiday comes each year.
package enum HolidayRule: Sendable, Equatable {
    case fixed(month: Int, day: Int)
    /// Days after Easter Sunday; negative before.
    case easter(offset: Int)
    /// The first, second … weekday of a month; 0 is the last one. Monday is 1, Sunday 7.
    case weekday(month: Int, weekday: Int, ordinal: Int)

    private static let weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

    /// Reads `12-25`, `easter`, `easter-2`, `easter+1`, `11-thu-4` (the fourth Thursday of November) or `05-mon-last`.
    ///
    /// - Returns: Nil where it is none of these.
    package init?(_ text: String) {
        let lowered = text.lowercased()
        if lowered.hasPrefix("easter") {
            let rest = lowered.dropFirst(6)
            guard let offset = rest.isEmpty ? 0 : Int(rest), rest.isEmpty || "+-".contains(rest.prefix(1)),
                abs(offset) <= 100
            else { return nil }
            self = .easter(offset: offset)
            return
        }
        let parts = lowered.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        guard let month = parts.first.flatMap({ Int($0) }), (1...12).contains(month) else { return nil }
        if parts.count == 2, let day = Int(parts[1]), (1...31).contains(day) {
            // 2024 is a leap year, so 02-29 is a day too.
            guard Timestamp.civil(fromDay: Timestamp.day(year: 2024, month: month, day: day)).month == month
            else { return nil }
            self = .fixed(month: month, day: day)
        } else if parts.count == 3, let weekday = Self.weekdays.firstIndex(of: parts[1]),
            let ordinal = parts[2] == "last" ? 0 : Int(parts[2]), (0...4).contains(ordinal)
        {
            self = .weekday(month: month, weekday: weekday + 1, ordinal: ordinal)
        } else {
            return nil
        }
    }

    /// Its day in a year, since 1970-01-01; nil for 29 February in a common year.
    package func day(inYear year: Int) -> Int? {
        switch self {
        case .fixed(let month, let day):
            let found = Timestamp.day(year: year, month: month, day: day)
            return Timestamp.civil(fromDay: found).month == month ? found : nil
        case .easter(let offset):
            return Self.easterSunday(inYear: year) + offset
        case .weekday(let month, let weekday, let ordinal):
            // The last one lies in the seven days before the next month.
            let start =
                ordinal > 0
                ? Timestamp.day(year: year, month: month, day: 1)
                : Timestamp.day(year: month == 12 ? year + 1 : year, month: month % 12 + 1, day: 1) - 7
            return start + (weekday - Self.weekday(ofDay: start) + 7) % 7 + 7 * max(0, ordinal - 1)
        }
    }

    /// Monday is 1, Sunday 7.
    package static func weekday(ofDay day: Int) -> Int { ((day + 3) % 7 + 7) % 7 + 1 }

    /// Of the Gregorian calendar. Source: the anonymous algorithm in Nature 13 (20 April 1876), as Butcher has it.
    package static func easterSunday(inYear year: Int) -> Int {
        let a = year % 19
        let (b, c) = (year / 100, year % 100)
        let f = (b + 8) / 25
        let h = (19 * a + b - b / 4 - (b - f + 1) / 3 + 15) % 30
        let l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7
        let m = (a + 11 * h + 22 * l) / 451
        let sum = h + l - 7 * m + 114
        return Timestamp.day(year: year, month: sum / 31, day: sum % 31 + 1)
    }

    /// The days in a range of days.
    package func event(named name: String, in range: ClosedRange<Int>) -> CalendarEvent {
        let years =
            Timestamp.civil(fromDay: range.lowerBound).year - 1...Timestamp.civil(fromDay: range.upperBound).year + 1
        return CalendarEvent(name: name, days: years.compactMap(day(inYear:)).filter(range.contains))
    }
}
