import WeirMeasuring

/// How files write that a unit was never treated.
///
/// Besides an empty cell: words, numbers that are no time (0, −1, −999), and dates that stand for none. R's `did` takes 0 and
/// infinity, Stata's `csdid` 0, others −1 or a year that never comes.
enum NeverTreated {
    private static let words: Set<String> = [
        "na", "n/a", "nan", "nat", "null", "none", "never", "never treated", "never-treated", "untreated", "control",
        "inf", "+inf", "-inf", "infinity", "+infinity", "-infinity", "∞", "-", "--", "–", "—", ".", "?", "no", "false",
    ]
    private static let dates: Set<String> = [
        "0000-00-00", "0001-01-01", "1899-12-30", "1899-12-31", "1900-01-00", "1900-01-01", "1970-01-01", "2999-12-31",
        "9999-12-31",
    ]

    /// Whether a text says that no treatment came.
    ///
    /// - Parameter times: Of the panel: a number or date that may be one of its times says when.
    static func isCode(_ text: String, times: PeriodColumn) -> Bool {
        let text = text.lowercased()
        if words.contains(text) || words.contains(text.split(separator: " ").joined(separator: " ")) { return true }
        guard let first = times.periods.first?.position, let last = times.periods.last?.position else { return false }
        if dates.contains(String(text.prefix(10))) {
            guard let position = times.position(of: text) else { return true }
            return position < first || position > last
        }
        guard let number = Double(text) else { return false }
        guard number.isFinite else { return true }
        // Zero and what lies below are times only where the panel's own times reach down to them.
        if number == 0 { return times.isDated || first > 0 }
        if number < 0 { return times.isDated || first >= 0 || number < first && Self.isSentinel(number) }
        return Self.isSentinel(number) && (times.position(of: text).map { $0 > last } ?? true)
    }

    /// Numbers of nines, which no time of a panel is by chance.
    private static func isSentinel(_ number: Double) -> Bool {
        guard let whole = Int(exactly: abs(number)), whole >= 99 else { return false }
        return String(whole).allSatisfy { $0 == "9" }
    }
}
