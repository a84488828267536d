extension Timestamp {
    /// Reads an ISO 8601 moment: `2017-01-01`, `2017-01-01T11:53:26`, with a fraction, with `Z` or an offset.
    ///
    /// Without an offset the text is taken as UTC. A space may stand in place of the `T`, and before the offset, which may
    /// also be the word `UTC` or `GMT`, as Ruby, BigQuery and Shopify write moments.
    ///
    /// - Returns: Nil where the text is not such a moment or a field is out of range (month 13, 30 February).
    public init?(iso8601 text: some StringProtocol) {
        var text = String(text)
        let parsed = text.withUTF8 { Self.parse($0) }
        guard let parsed else { return nil }
        self = parsed
    }

    /// `2017-01-01T11:53:26.000Z`: UTC with milliseconds, as JSON bodies and tables show moments.
    public var iso8601: String {
        let (year, month, day) = Self.civil(fromDay: self.day)
        // Of the first moments that there are the day begins before them.
        var rest = microseconds &- Int64(self.day) &* TimeSpan.day.microseconds
        let hour = rest / TimeSpan.hour.microseconds
        rest %= TimeSpan.hour.microseconds
        let minute = rest / TimeSpan.minute.microseconds
        rest %= TimeSpan.minute.microseconds
        let millisecond = rest / 1000
        func padded(_ number: Int64, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        return "\(padded(Int64(year), 4))-\(padded(Int64(month), 2))-\(padded(Int64(day), 2))T"
            + "\(padded(hour, 2)):\(padded(minute, 2)):\(padded(millisecond / 1000, 2)).\(padded(millisecond % 1000, 3))Z"
    }

    /// `2017-01-01`, the UTC date.
    public var isoDate: String { String(iso8601.prefix(10)) }

    /// Days since 1970-01-01 of a date of the proleptic Gregorian calendar.
    ///
    /// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `days_from_civil`.
    public static func day(year: Int, month: Int, day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// Year, month and day of a day counted from 1970-01-01; the inverse of `day(year:month:day:)`.
    public static func civil(fromDay day: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = day + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (
            yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        )
    }

    private static func parse(_ bytes: UnsafeBufferPointer<UInt8>) -> Timestamp? {
        var index = 0
        func digits(_ count: Int) -> Int? {
            guard index + count <= bytes.count else { return nil }
            var value = 0
            for _ in 0..<count {
                let digit = Int(bytes[index]) - 48
                guard (0...9).contains(digit) else { return nil }
                value = value * 10 + digit
                index += 1
            }
            return value
        }
        func skip(_ character: Character) -> Bool {
            guard index < bytes.count, bytes[index] == character.asciiValue! else { return false }
            index += 1
            return true
        }

        guard let year = digits(4), skip("-"), let month = digits(2), skip("-"), let day = digits(2) else { return nil }
        guard (1...12).contains(month), (1...31).contains(day) else { return nil }
        let date = Self.day(year: year, month: month, day: day)
        guard civil(fromDay: date).day == day else { return nil }  // 30 February would roll over into March.
        var microseconds = Int64(date) * TimeSpan.day.microseconds
        guard index < bytes.count else { return Timestamp(microseconds: microseconds) }

        guard skip("T") || skip("t") || skip(" ") else { return nil }
        guard let hour = digits(2), skip(":"), let minute = digits(2), hour < 24, minute < 60 else { return nil }
        var second = 0
        var fraction: Int64 = 0
        if skip(":") {
            guard let parsed = digits(2), parsed <= 60 else { return nil }  // 60 is a leap second.
            second = parsed
            if skip(".") || skip(",") {
                var scale: Int64 = 100_000
                let first = index
                while index < bytes.count, (48...57).contains(bytes[index]) {
                    fraction += Int64(bytes[index] - 48) * scale
                    scale /= 10
                    index += 1
                }
                guard index > first else { return nil }
            }
        }
        microseconds += Int64(hour) * TimeSpan.hour.microseconds + Int64(minute) * TimeSpan.minute.microseconds
        microseconds += Int64(second) * TimeSpan.second.microseconds + fraction

        _ = index + 1 < bytes.count && skip(" ")
        let isUniversal =
            skip("Z") || skip("z") || skip("U") && skip("T") && skip("C") || skip("G") && skip("M") && skip("T")
        if index == bytes.count || isUniversal {
            return index == bytes.count ? Timestamp(microseconds: microseconds) : nil
        }
        let sign: Int64 = skip("+") ? 1 : skip("-") ? -1 : 0
        guard sign != 0, let offsetHour = digits(2) else { return nil }
        _ = skip(":")
        let offsetMinute = index < bytes.count ? digits(2) : 0
        guard let offsetMinute, index == bytes.count, offsetHour < 24, offsetMinute < 60 else { return nil }
        let offset = Int64(offsetHour) * TimeSpan.hour.microseconds + Int64(offsetMinute) * TimeSpan.minute.microseconds
        return Timestamp(microseconds: microseconds - sign * offset)
    }
}
