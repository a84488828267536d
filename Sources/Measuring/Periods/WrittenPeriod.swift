import WeirDomain

/// A period as a cell writes it, before the column says what it means.
enum WrittenPeriod: Equatable {
    /// A year, an index, or a date in digits alone: only the whole column can tell.
    case number(Double)
    /// Since 1970-01-01, with the time of day in seconds as written; 0 where there is none.
    case day(Int, seconds: Double)
    /// `3/4/2025`: the day may be the first number or the second.
    case slashed(Int, Int, year: Int)
    /// Twelve times the year, from 0 in January.
    case month(Int)
    /// Four times the year, from 0.
    case quarter(Int)
    /// By the day on which it begins, a Monday.
    case week(Int)

    /// - Returns: Nil where the text is no period.
    init?(_ text: String) {
        let text = text.trimmedSpace
        if let number = Double(text) {
            guard number.isFinite else { return nil }
            self = .number(number)
        } else if let found = Self.dated(text) ?? Self.quarterly(text) ?? Self.weekly(text) ?? Self.monthly(text)
            ?? Self.named(text)
        {
            self = found
        } else {
            return nil
        }
    }

    private static func dated(_ text: String) -> WrittenPeriod? {
        if let match = text.wholeMatch(of: /(\d{4})[-\/.](\d{1,2})[-\/.](\d{1,2})(?:[T ](.*))?/) {
            guard let day = validDay(Int(match.1), Int(match.2), Int(match.3)) else { return nil }
            guard let clock = match.4 else { return .day(day, seconds: 0) }
            return seconds(clock).map { .day(day, seconds: $0) }
        }
        if let match = text.wholeMatch(of: /(\d{1,2})\.(\d{1,2})\.(\d{4})(?: .*)?/) {
            return validDay(Int(match.3), Int(match.2), Int(match.1)).map { .day($0, seconds: 0) }
        }
        guard let match = text.wholeMatch(of: /(\d{1,2})[-\/](\d{1,2})[-\/](\d{4}|\d{2})(?: .*)?/),
            let first = Int(match.1), let second = Int(match.2), let year = Int(match.3)
        else { return nil }
        return .slashed(first, second, year: year < 100 ? 2000 + year : year)
    }

    /// The time of day as written; its zone does not matter, since the date beside it is that zone's.
    private static func seconds(_ text: Substring) -> Double? {
        guard let match = text.prefixMatch(of: /(\d{2}):(\d{2})(?::(\d{2}))?/), let hour = Double(match.1),
            let minute = Double(match.2), hour < 24, minute < 60
        else { return nil }
        return hour * 3_600 + minute * 60 + (match.3.flatMap { Double($0) } ?? 0)
    }

    private static func quarterly(_ text: String) -> WrittenPeriod? {
        if let match = text.wholeMatch(of: /(\d{4})[-\/ ]?[Qq]([1-4])/), let year = Int(match.1),
            let quarter = Int(match.2)
        {
            return .quarter(4 * year + quarter - 1)
        }
        guard let match = text.wholeMatch(of: /[Qq]([1-4])[-\/ ]?(\d{4})/), let year = Int(match.2),
            let quarter = Int(match.1)
        else { return nil }
        return .quarter(4 * year + quarter - 1)
    }

    private static func weekly(_ text: String) -> WrittenPeriod? {
        if let match = text.wholeMatch(of: /(\d{4})[-\/ ]?[Ww](\d{1,2})(?:-([1-7]))?/) {
            return monday(Int(match.1), week: Int(match.2)).map { .week($0) }
        }
        guard let match = text.wholeMatch(of: /(?:[Ww]|KW|CW)\s?(\d{1,2})[-\/ ](\d{4})/) else { return nil }
        return monday(Int(match.2), week: Int(match.1)).map { .week($0) }
    }

    private static func monthly(_ text: String) -> WrittenPeriod? {
        if let match = text.wholeMatch(of: /(\d{4})[-\/.Mm](\d{1,2})/) { return month(Int(match.1), Int(match.2)) }
        guard let match = text.wholeMatch(of: /(\d{1,2})[-\/.](\d{4})/) else { return nil }
        return month(Int(match.2), Int(match.1))
    }

    private static let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]

    /// `Mar 2025`, `March 1, 2025`, `1-Mar-2025`, `Mar-25` (a month of 2025, as spreadsheets write it).
    private static func named(_ text: String) -> WrittenPeriod? {
        let parts = text.lowercased().split { !$0.isLetter && !$0.isNumber }
        let names = parts.compactMap { part in part.count >= 3 ? months.firstIndex(of: String(part.prefix(3))) : nil }
        let numbers = parts.compactMap { Int($0) }
        guard names.count == 1, names.count + numbers.count == parts.count, let last = numbers.last else { return nil }
        let number = names[0] + 1
        switch numbers.count {
        case 1: return month(last < 100 ? 2000 + last : last, number)
        case 2:
            let isYearFirst = numbers[0] > 31
            let (year, day) = isYearFirst ? (numbers[0], numbers[1]) : (numbers[1], numbers[0])
            return validDay(year < 100 ? 2000 + year : year, number, day).map { .day($0, seconds: 0) }
        default: return nil
        }
    }

    private static func month(_ year: Int?, _ month: Int?) -> WrittenPeriod? {
        guard let year, let month, (1...12).contains(month) else { return nil }
        return .month(12 * year + month - 1)
    }

    /// Days since 1970-01-01 of a date that there is.
    static func validDay(_ year: Int?, _ month: Int?, _ day: Int?) -> Int? {
        guard let year, let month, let day, (1...9_999).contains(year), (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        let found = Timestamp.day(year: year, month: month, day: day)
        return Timestamp.civil(fromDay: found).day == day ? found : nil
    }

    /// The Monday of an ISO week: week 1 holds 4 January.
    static func monday(_ year: Int?, week: Int?) -> Int? {
        guard let year, let week, (1...53).contains(week) else { return nil }
        let fourth = Timestamp.day(year: year, month: 1, day: 4)
        return fourth - ((fourth + 3) % 7 + 7) % 7 + 7 * (week - 1)
    }
}

extension String {
    /// Without space at either end.
    var trimmedSpace: String {
        String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
}
