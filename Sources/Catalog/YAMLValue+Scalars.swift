import WeirDomain
import WeirJSON
import Yams

/// Readers of single values: each notes a fault and answers nil where the value is not what is wanted.
extension YAMLValue {
    func text() -> String? {
        guard var text = written("a text") else { return nil }
        // A block scalar ends with a line break that nobody means.
        while text.last?.isNewline == true { text.removeLast() }
        guard !text.isEmpty else { return refusal("The text is empty. Write one or remove the field.") }
        return text
    }

    /// A name that can stand in addresses and key paths.
    func identifier() -> String? {
        guard let text = text() else { return nil }
        func isAllowed(_ character: Character) -> Bool {
            character.isLetter || character.isNumber || "-_.:".contains(character)
        }
        guard text.allSatisfy(isAllowed) else {
            let remedy = String(text.map { isAllowed($0) ? $0 : "-" })
            return refusal("“\(text)” has characters that an id cannot have. Write “\(remedy)”.")
        }
        return text
    }

    func path() -> JSONPath? {
        guard let text = text() else { return nil }
        let path = JSONPath(text)
        guard !path.names.contains("") else {
            return refusal("“\(text)” is no path. Write names with single dots between, such as “shipping.city”.")
        }
        return path
    }

    func flag() -> Bool? {
        guard let text = written("true or false") else { return nil }
        guard text == "true" || text == "false" else {
            return refusal("“\(text)” is neither true nor false. Write “true” or “false”.")
        }
        return text == "true"
    }

    func number(_ remedy: String, where isAllowed: (Double) -> Bool) -> Double? {
        guard let text = written("a number") else { return nil }
        guard let value = Self.plainNumber(text), isAllowed(value) else {
            return refusal("“\(text)” is not possible here. \(remedy)")
        }
        return value
    }

    /// `[0, 500]`, the lower end first.
    func range() -> ClosedRange<Double>? {
        let ends = list()
        guard ends.count == 2 else {
            if !ends.isEmpty || isEmptyList {
                refuse("A range has two ends; here are \(ends.count). Write it like “[0, 500]”.")
            }
            return nil
        }
        let remedy = "Write a number within ± 1e12."
        guard let lower = ends[0].number(remedy, where: { abs($0) <= 1e12 }),
            let upper = ends[1].number(remedy, where: { abs($0) <= 1e12 })
        else { return nil }
        guard lower < upper else {
            return refusal("The lower end \(lower) is not below the upper end \(upper). Write it like “[0, 500]”.")
        }
        return lower...upper
    }

    func integer(_ range: ClosedRange<Int>) -> Int? {
        guard let text = written("a whole number") else { return nil }
        guard let value = Int(text), range.contains(value) else {
            let bound =
                range.upperBound == .max ? "from \(range.lowerBound)" : "in \(range.lowerBound)…\(range.upperBound)"
            return refusal("“\(text)” is not possible here. Write a whole number \(bound).")
        }
        return value
    }

    /// `10 %`, `10%` or `0.1`, in 0 ≤ share < 1.
    func share() -> Double? {
        guard let text = written("a share") else { return nil }
        guard let value = Self.ratio(text) else {
            return refusal("“\(text)” is no share. Write it like “10 %” or “0.1”.")
        }
        guard value >= 0, value < 1 else {
            return refusal("“\(text)” is out of range. Write a share from 0 % to less than 100 %.")
        }
        return value
    }

    /// A share of something that may be all of it, in 0 < share ≤ 1.
    func part() -> Double? {
        guard let text = written("a share") else { return nil }
        guard let value = Self.ratio(text) else {
            return refusal("“\(text)” is no share. Write it like “10 %” or “0.1”.")
        }
        guard value > 0, value <= 1 else {
            return refusal("“\(text)” is out of range. Write a share above 0 % and up to 100 %.")
        }
        return value
    }

    /// `60 %` or `0.6`, in 0 ≤ multiple ≤ 10.
    func multiple() -> Double? {
        guard let text = written("a share") else { return nil }
        guard let value = Self.ratio(text), value >= 0, value <= 10 else {
            return refusal("“\(text)” is not possible here. Write a share from 0 % to 1000 %, such as “60 %”.")
        }
        return value
    }

    /// `-5 %` or `-0.05`, in −1 < change ≤ 1.
    func change() -> Double? {
        guard let text = written("a change") else { return nil }
        guard let value = Self.ratio(text), value > -1, value <= 1 else {
            return refusal("“\(text)” is no change. Write one above −100 %, such as “-5 %”.")
        }
        return value
    }

    /// `1.50 USD` or, in the catalog's currency, `1.50`; nil without a fault where that currency is not known.
    func money(_ currency: Currency?, isPositive: Bool = false) -> Money? {
        guard let text = written("an amount"), let currency else { return nil }
        guard let money = Money(text, defaultCurrency: currency) else {
            let example = Money(minorUnits: 150, currency: currency)
            return refusal(
                "“\(text)” is no amount. Write it like “\(example)”, with at most \(currency.minorDigits) digits behind "
                    + "the point and no thousands separators.")
        }
        guard money.currency == currency else {
            return refusal(
                "“\(text)” is in \(money.currency), but the catalog counts in \(currency). "
                    + "Write the amount in \(currency): Weir converts nothing.")
        }
        guard money.minorUnits >= (isPositive ? 1 : 0) else {
            return refusal("“\(text)” is \(isPositive ? "not above 0. Write more" : "negative. Write 0 or more").")
        }
        return money
    }

    /// `30m`, `12h`, `14d`, `2w`.
    func span() -> TimeSpan? {
        guard let text = written("a length of time") else { return nil }
        return Self.span(text) ?? refusal("“\(text)” is no length of time. \(Self.spanRemedy)")
    }

    /// A length of time in whole UTC days, from 1.
    func days() -> Int? {
        guard let span = span() else { return nil }
        guard span.microseconds % TimeSpan.day.microseconds == 0 else {
            return refusal("A window counts whole days. Write it like “7d” or “2w”.")
        }
        return Int(span.inDays)
    }

    /// `2017-03-03` or an ISO 8601 moment. As an `end` a plain date is meant to the last moment of that day: the end is
    /// the next midnight, UTC.
    func moment(isEnd: Bool = false) -> Timestamp? {
        guard let text = written("a date") else { return nil }
        guard let moment = Timestamp(iso8601: text) else {
            return refusal("“\(text)” is no date. Write it like “2017-03-03” or “2017-03-03T18:00:00Z”.")
        }
        return isEnd && text.utf8.count == 10 ? moment + .day : moment
    }

    /// `2 per 7d`.
    func rate() -> (limit: Int, per: TimeSpan)? {
        guard let text = written("a limit") else { return nil }
        let words = text.split(separator: " ")
        guard words.count == 3, words[1] == "per", let limit = Int(words[0]), let span = Self.span(words[2]) else {
            return refusal("“\(text)” is no limit. Write it like “2 per 7d”.")
        }
        guard limit >= 1 else {
            return refusal("“\(text)” would allow nothing. Write at least 1, or end the campaign instead.")
        }
        return (limit, span)
    }

    /// One of the names of a closed list.
    func choice<Choice>(_ choices: [(name: String, value: Choice)]) -> Choice? {
        guard let text = written("a name") else { return nil }
        if let choice = choices.first(where: { $0.name == text }) { return choice.value }
        return refusal("“\(text)” is not possible here. \(text.suggestion(from: choices.map(\.name)))")
    }

    /// A literal as `EventPattern` compares it: numbers and booleans by their JSON text.
    func literal() -> String? {
        guard let text = written("a literal value") else { return nil }
        guard case .scalar(let scalar) = node, scalar.style == .plain, let value = Self.plainNumber(text) else {
            return text
        }
        return (Int64(text).map(JSON.integer) ?? .number(value)).text
    }

    // MARK: Reading

    private static let spanRemedy = "Write it like “30m”, “12h”, “14d” or “2w”, more than 0 and at most 5200w."

    /// A finite decimal number: neither `nan` nor `0x10`, which `Double` would take.
    private static func plainNumber(_ text: String) -> Double? {
        guard text.utf8.allSatisfy({ (48...57).contains($0) || "+-.eE".utf8.contains($0) }) else { return nil }
        return Double(text).flatMap { $0.isFinite ? $0 : nil }
    }

    /// `10 %`, `10%` or `0.1`.
    private static func ratio(_ text: String) -> Double? {
        var digits = text[...]
        let isPercent = digits.last == "%"
        if isPercent { digits = digits.dropLast() }
        while digits.last == " " { digits = digits.dropLast() }
        return plainNumber(String(digits)).map { isPercent ? $0 / 100 : $0 }
    }

    private static func span(_ text: some StringProtocol) -> TimeSpan? {
        let unit: TimeSpan
        switch text.last {
        case "s": unit = .second
        case "m": unit = .minute
        case "h": unit = .hour
        case "d": unit = .day
        case "w": unit = .day * 7
        default: return nil
        }
        guard let count = plainNumber(String(text.dropLast())) else { return nil }
        let microseconds = count * Double(unit.microseconds)
        guard microseconds >= 1, microseconds <= Double((TimeSpan.day * 36_400).microseconds) else { return nil }
        return TimeSpan(microseconds: Int64(microseconds))
    }
}
