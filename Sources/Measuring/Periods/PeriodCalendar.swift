import WeirDomain
import WeirReporting

/// What texts of one column mean as periods.
struct PeriodCalendar: Sendable, Equatable {
    /// What a number stands for.
    enum Digits: Sendable, Equatable {
        case plain
        /// 20250301.
        case date
        /// 202503.
        case yearMonth
        /// 202513.
        case yearWeek
        /// Days since 1899-12-30, as spreadsheets count.
        case spreadsheetDay
        /// Since 1970, times this many a second.
        case unixTime(perSecond: Double)
        /// 2025 beside dates.
        case year
    }

    private(set) var frequency = PeriodFrequency.number
    private(set) var isDated = false
    private var digits = Digits.plain
    /// Where the day stands in `3/4/2025`; nil where no text has said it.
    private var isDayFirst: Bool?
    /// Of the weeks: the day from which they are counted.
    private var firstDayOfWeek = 0
    /// Of months, quarters and years written as days: the day within them on which they stand; 31 for the last.
    private var dayOfMonth = 1
    /// Of quarters and years: the month of theirs on which they stand, from 0.
    private var anchor = 0

    /// How numbers or dates were read, where that is a reading.
    var spelling: String? {
        switch digits {
        case .plain, .year:
            isDayFirst.map { $0 ? "dates read as day/month/year" : "dates read as month/day/year" }
        case .date: "numbers read as year, month, day"
        case .yearMonth: "numbers read as year and month"
        case .yearWeek: "numbers read as year and week"
        case .spreadsheetDay: "numbers read as a spreadsheet's days"
        case .unixTime: "numbers read as seconds since 1970"
        }
    }

    init(_ levels: [String], column: String) throws(MeasurementError) {
        let written = levels.map { WrittenPeriod($0) }
        let unread = zip(levels, written).filter { $0.1 == nil }.map(\.0)
        guard unread.isEmpty else { throw Self.unreadable(unread, column) }
        let found = written.compactMap(\.self)
        let numbers = found.compactMap { if case .number(let number) = $0 { number } else { nil } }
        isDayFirst = try Self.dayOrder(found, column)
        digits = Self.meaning(of: numbers, isAlone: numbers.count == found.count)
        if numbers.count == found.count, digits == .plain {
            let areYears =
                numbers.count > 1 && numbers.allSatisfy { (1_800...2_200).contains($0) && $0 == $0.rounded() }
            frequency = areYears ? .year : .number
            return
        }
        isDated = true
        let moments = found.map { moment($0) }
        let wrong = zip(levels, moments).filter { $0.1 == nil }.map(\.0)
        guard wrong.isEmpty else { throw Self.unreadable(wrong, column) }
        let coarse = found.compactMap(coarseFrequency)
        detect(moments.compactMap(\.self), coarse: coarse)
        if let mixed = coarse.first(where: { !Self.fits($0, frequency) }) {
            throw MeasurementError(
                "column “\(column)” mixes \(mixed.rawValue)s with \(frequency.rawValue)s. Write every period in one way, such as 2025-03-01."
            )
        }
        // Years in digits beside dates of their first day are years, which need no calendar.
        if frequency == .year, numbers.count > 0, digits == .year { isDated = false }
    }

    /// - Parameter wrong: Texts that are no periods.
    private static func unreadable(_ wrong: [String], _ column: String) -> MeasurementError {
        MeasurementError(
            wrong.prefix(10).map {
                "column “\(column)”: “\($0)” is no date, month, week, quarter or number. Write it as 2025-03-01, 2025-03, 2025-W13, 2025-Q1 or 7."
            })
    }

    /// Whether the day comes first in dates apart by slashes; nil where there are none.
    private static func dayOrder(_ written: [WrittenPeriod], _ column: String) throws(MeasurementError) -> Bool? {
        var parts: [(Int, Int, Int)] = []
        for case .slashed(let first, let second, let year) in written { parts.append((first, second, year)) }
        guard let sample = parts.first else { return nil }
        let (dayFirst, monthFirst) = (parts.contains { $0.0 > 12 }, parts.contains { $0.1 > 12 })
        // The same number twice is one date in either order.
        if !dayFirst, !monthFirst, parts.allSatisfy({ $0.0 == $0.1 }) { return true }
        guard dayFirst != monthFirst else {
            throw MeasurementError(
                "column “\(column)”: “\(sample.0)/\(sample.1)/\(sample.2)” may be day/month or month/day\(dayFirst ? ", and the column has both" : ""). Write dates as 2025-03-01."
            )
        }
        return dayFirst
    }

    /// - Parameter isAlone: Whether the column has nothing else.
    private static func meaning(of numbers: [Double], isAlone: Bool) -> Digits {
        guard !numbers.isEmpty, numbers.allSatisfy({ $0 == $0.rounded() && abs($0) < 1e15 }) else { return .plain }
        func all(_ range: ClosedRange<Double>, _ holds: (Int) -> Bool = { _ in true }) -> Bool {
            numbers.allSatisfy { range.contains($0) && holds(Int($0)) }
        }
        if all(18_000_101...22_001_231, { WrittenPeriod.validDay($0 / 10_000, $0 / 100 % 100, $0 % 100) != nil }) {
            return .date
        }
        if all(180_001...220_012, { (1...12).contains($0 % 100) }) { return .yearMonth }
        if all(180_001...220_053, { (1...53).contains($0 % 100) }) { return .yearWeek }
        if all(30_000...60_000) { return .spreadsheetDay }
        if all(1e8...4.2e9) { return .unixTime(perSecond: 1) }
        if all(1e11...4.2e12) { return .unixTime(perSecond: 1_000) }
        return !isAlone && all(1_800...2_200) ? .year : .plain
    }

    private func coarseFrequency(_ written: WrittenPeriod) -> PeriodFrequency? {
        switch written {
        case .month: .month
        case .quarter: .quarter
        case .week: .week
        case .number where digits == .year: .year
        case .number where digits == .yearMonth: .month
        case .number where digits == .yearWeek: .week
        case .number, .day, .slashed: nil
        }
    }

    /// Whether periods written as `coarse` are periods of `frequency`, whose names some of them bear.
    private static func fits(_ coarse: PeriodFrequency, _ frequency: PeriodFrequency) -> Bool {
        switch (coarse, frequency) {
        case (.year, .year), (.year, .quarter), (.year, .month), (.quarter, .quarter), (.quarter, .year),
            (.quarter, .month), (.month, .month), (.month, .quarter), (.month, .year), (.week, .week):
            true
        default: false
        }
    }

    /// The day on which a text's period begins, and the time of day.
    private func moment(_ written: WrittenPeriod) -> (day: Int, seconds: Double)? {
        switch written {
        case .day(let day, let seconds): return (day, seconds)
        case .slashed(let first, let second, let year):
            let isDayFirst = isDayFirst ?? (first > 12)
            guard self.isDayFirst != nil || max(first, second) > 12 || first == second else { return nil }
            let (day, month) = isDayFirst ? (first, second) : (second, first)
            return WrittenPeriod.validDay(year, month, day).map { ($0, 0) }
        case .month(let month): return (Timestamp.day(year: month / 12, month: month % 12 + 1, day: 1), 0)
        case .quarter(let quarter):
            return (Timestamp.day(year: quarter / 4, month: quarter % 4 * 3 + 1, day: 1), 0)
        case .week(let day): return (day, 0)
        case .number(let number): return moment(number)
        }
    }

    private func moment(_ number: Double) -> (day: Int, seconds: Double)? {
        if case .unixTime(let perSecond) = digits {
            let seconds = number / perSecond
            guard abs(seconds) < 1e11 else { return nil }
            let day = (seconds / 86_400).rounded(.down)
            return (Int(day), seconds - day * 86_400)
        }
        guard let whole = Int(exactly: number), (0...99_999_999).contains(whole) else { return nil }
        switch digits {
        case .yearMonth where (100_000...999_999).contains(whole):
            return WrittenPeriod.validDay(whole / 100, whole % 100, 1).map { ($0, 0) }
        case .yearWeek where (100_000...999_999).contains(whole):
            return WrittenPeriod.monday(whole / 100, week: whole % 100).map { ($0, 0) }
        case .spreadsheetDay where (20_000...99_999).contains(whole): return (whole - 25_569, 0)
        default:
            if whole > 9_999_999 {
                return WrittenPeriod.validDay(whole / 10_000, whole / 100 % 100, whole % 100).map { ($0, 0) }
            }
            guard (1_800...2_200).contains(whole) else { return nil }
            return (Timestamp.day(year: whole, month: 1, day: 1), 0)
        }
    }

    /// How long one period is, by the dates themselves.
    private mutating func detect(_ moments: [(day: Int, seconds: Double)], coarse: [PeriodFrequency]) {
        if Set(moments.map(\.seconds)).count > 1 {
            frequency = .moment
            return
        }
        let days = Array(Set(moments.map(\.day))).sorted()
        let civil = days.map { Timestamp.civil(fromDay: $0) }
        let months = civil.map { 12 * $0.year + $0.month - 1 }
        let areLast = days.allSatisfy { Timestamp.civil(fromDay: $0 + 1).day == 1 }
        let isOnePerMonth = Set(months).count == months.count && (Set(civil.map(\.day)).count == 1 || areLast)
        func step(_ numbers: [Int]) -> Int {
            func divisor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : divisor(b, a % b) }
            return numbers.reduce(0) { divisor($0, $1 - numbers[0]) }
        }
        // Two dates a month apart may be any two days; months are three at least, or called so.
        if isOnePerMonth, days.count >= 3 || !coarse.isEmpty, !coarse.contains(.week) {
            let apart = step(months)
            frequency =
                apart % 12 == 0 && (apart > 0 || coarse.contains(.year))
                ? .year : apart % 3 == 0 && (apart > 0 || coarse.contains(.quarter)) ? .quarter : .month
            dayOfMonth = areLast ? 31 : civil[0].day
            anchor = frequency == .year ? months[0] % 12 : frequency == .quarter ? months[0] % 3 : 0
            return
        }
        let apart = step(days)
        if apart % 7 == 0, apart > 0, days.count >= 3 || coarse.contains(.week) {
            frequency = .week
            firstDayOfWeek = days[0] % 7
            return
        }
        frequency = .day
    }

    /// Nil where the text is no period, or none on this scale.
    func position(of text: String) -> Double? {
        guard let written = WrittenPeriod(text) else { return nil }
        guard isDated else {
            if case .number(let number) = written { return number }
            // A date among years.
            guard frequency == .year, let day = moment(written)?.day else { return nil }
            return fraction(day, months: 12)
        }
        guard let (day, seconds) = moment(written) else { return nil }
        switch frequency {
        case .moment: return Double(day) + seconds / 86_400
        case .month: return fraction(day, months: 1)
        case .quarter: return fraction(day, months: 3)
        case .year: return fraction(day, months: 12)
        case .week: return Double(day - firstDayOfWeek) / 7
        case .day, .number: return Double(day)
        }
    }

    /// The position of a day: that of the period whose date it is, or which comes next; beyond the last one's date a little
    /// more than that.
    private func fraction(_ day: Int, months length: Int) -> Double {
        let civil = Timestamp.civil(fromDay: day)
        let shifted = 12 * civil.year + civil.month - 1 - anchor
        let exact = Double(shifted) / Double(length)
        return civil.day <= dayOfMonth && shifted % length == 0 ? exact : exact + Double(civil.day) / 400
    }

    /// The position of the last moment that a text names.
    func lastPosition(of text: String) -> Double? {
        guard let first = position(of: text), isDated, let written = WrittenPeriod(text) else {
            return position(of: text)
        }
        let months: Int
        switch written {
        case .month: months = 1
        case .quarter: months = 3
        case .number(let number) where (1_800...2_200).contains(number) && digits != .spreadsheetDay: months = 12
        case .week where frequency == .day || frequency == .moment: return first + 6.999
        default: return frequency == .moment ? first + (first == first.rounded() ? 0.99999 : 0) : first
        }
        guard let day = moment(written)?.day else { return first }
        let civil = Timestamp.civil(fromDay: day)
        let next = 12 * civil.year + civil.month - 1 + months
        let last = Timestamp.day(year: next / 12, month: next % 12 + 1, day: 1) - 1
        switch frequency {
        case .day: return Double(last)
        case .moment: return Double(last) + 0.99999
        case .week: return Double(last - firstDayOfWeek) / 7
        case .month: return Double(next - 1)
        case .quarter: return Double((next - 1 - anchor) / 3)
        case .year, .number: return first
        }
    }

    /// The day on which the period at a whole position begins; 0 for plain numbers.
    func firstDay(_ position: Double) -> Int {
        guard isDated || frequency == .year, abs(position) < 1e8 else { return 0 }
        let whole = Int(position.rounded(.down))
        switch frequency {
        case .number: return 0
        case .day, .moment: return whole
        case .week: return Int((position * 7).rounded()) + firstDayOfWeek
        case .month, .quarter, .year:
            let month = whole * (frequency == .month ? 1 : frequency == .quarter ? 3 : 12) + anchor
            return Timestamp.day(year: month / 12, month: month % 12 + 1, day: 1)
        }
    }

    /// A text as reports show it: `2004` for `2004.0`.
    func label(_ text: String) -> String {
        let text = text.trimmedSpace
        guard let number = Double(text) else { return text }
        if isDated, case .spreadsheetDay = digits { return date(text) ?? text }
        if isDated, case .unixTime = digits { return date(text) ?? text }
        return Int64(exactly: number).map(String.init) ?? text
    }

    private func date(_ text: String) -> String? {
        WrittenPeriod(text).flatMap { moment($0) }.map { Timestamp(day: $0.day).isoDate }
    }
}
