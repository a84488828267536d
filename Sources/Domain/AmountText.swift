/// Reads amounts that somebody wrote for people: with marks between thousands, a decimal comma, or a sign of money.
public enum AmountText {
    /// The mark before the decimals.
    public enum DecimalMark: String, Sendable, Hashable, Codable, CaseIterable {
        case point = "."
        case comma = ","
    }

    /// An amount, and the currency that stands beside it.
    package struct Amount: Sendable, Equatable {
        package var value: Double
        /// ISO 4217; nil where the text names none, or its sign is that of several.
        package var currency: String?
    }

    /// Why a text is no amount that can be told.
    package enum Fault: Error, Sendable, Equatable {
        case notANumber
        /// Thousands or decimals: `1.000` may be one or a thousand.
        case ambiguous
    }

    /// Reads `1234.5`, `1,299.00`, `1.299,00 €`, `$1,299.00`, `1 299,00`, `1'299.00`, `(12.00)`, `12.00-`, `USD 12`.
    ///
    /// A mark that comes once with three digits behind it, and one to three before it of which the first is no zero, may
    /// be either, so it is read only where it is said which mark stands before decimals.
    ///
    /// - Parameter decimalMark: What stands before decimals; nil where the text must tell.
    package static func amount(_ text: String, decimalMark: DecimalMark? = nil) throws(Fault) -> Amount {
        var scalars = ArraySlice(text.unicodeScalars.lazy.filter { !isInvisible($0) })
        trim(&scalars)
        var isNegative = false
        if scalars.first == "(", scalars.last == ")" {
            (isNegative, scalars) = (true, scalars.dropFirst().dropLast())
            trim(&scalars)
        }
        var currency: String?
        var hasSign = false
        var hasCurrency = false
        var dashMark: DecimalMark?
        // Sign and currency stand on either side, in either order.
        for _ in 0..<4 {
            dashMark = takeDashForDecimals(&scalars) ?? dashMark
            if !hasSign, let first = scalars.first, isMinus(first) || first == "+" {
                isNegative = isNegative != isMinus(first)
                hasSign = true
                scalars.removeFirst()
            } else if !hasSign, let last = scalars.last, isMinus(last) {
                isNegative = !isNegative
                hasSign = true
                scalars.removeLast()
            }
            trim(&scalars)
            if !hasCurrency, let sign = takeCurrency(&scalars) {
                currency = sign.code
                hasCurrency = true
            }
            trim(&scalars)
        }
        let value = try number(Array(scalars), decimalMark ?? dashMark)
        guard value.isFinite, value < 1e15 else { throw .notANumber }
        return Amount(value: isNegative ? -value : value, currency: currency)
    }

    /// Drops a dash that stands where decimals would: `19,-` and `1’234.–` are whole amounts, not negative ones.
    ///
    /// - Returns: The mark before it, which is then the one that stands before decimals; nil where there is none.
    private static func takeDashForDecimals(_ text: inout ArraySlice<Unicode.Scalar>) -> DecimalMark? {
        var rest = text
        while let last = rest.last, isMinus(last) || last == "\u{2013}" || last == "\u{2014}" { rest.removeLast() }
        guard rest.count < text.count, let last = rest.popLast(), let mark = DecimalMark(rawValue: String(last)),
            let digit = rest.last, isDigit(digit)
        else { return nil }
        text = rest
        return mark
    }

    // MARK: Digits and marks

    private static func number(_ text: [Unicode.Scalar], _ decimalMark: DecimalMark?) throws(Fault) -> Double {
        guard let first = text.first, isDigit(first) || first == "." || first == "," else { throw .notANumber }
        // Groups of digits with the marks between them.
        var groups: [String] = [""]
        var marks: [Unicode.Scalar] = []
        for (place, scalar) in text.enumerated() {
            if isDigit(scalar) {
                groups[groups.count - 1].unicodeScalars.append(scalar)
            } else if let mark = mark(scalar) {
                marks.append(mark)
                groups.append("")
            } else if scalar == "e" || scalar == "E" {
                return try exponential(text, at: place)
            } else {
                throw .notANumber
            }
        }
        guard groups.contains(where: { !$0.isEmpty }) else { throw .notANumber }
        guard let last = marks.last else { return value(groups[0], "") }
        let count = marks.count { $0 == last }
        let isDecimal: Bool
        if let decimalMark {
            isDecimal = last == Unicode.Scalar(decimalMark.rawValue)
        } else if last == "'" || last == " " || count > 1 {
            isDecimal = false
        } else if marks.count > 1 || groups.last!.utf8.count != 3 {
            isDecimal = true
        } else {
            let whole = groups[0]
            guard whole.isEmpty || whole.utf8.count > 3 || whole.utf8.first == UInt8(ascii: "0") else {
                throw .ambiguous
            }
            isDecimal = true
        }
        var thousands = groups
        var decimals = ""
        if isDecimal {
            decimals = thousands.removeLast()
            marks.removeLast()
            guard !decimals.isEmpty || !thousands[0].isEmpty else { throw .notANumber }
        }
        guard isGrouped(thousands, marks), !isDecimal || !marks.contains(last) else { throw .notANumber }
        return value(thousands.joined(), decimals)
    }

    /// Whether marks stand where thousands end; in India the groups before the last have two digits.
    private static func isGrouped(_ groups: [String], _ marks: [Unicode.Scalar]) -> Bool {
        guard let mark = marks.first else { return true }
        guard marks.allSatisfy({ $0 == mark }), (1...3).contains(groups[0].utf8.count) else { return false }
        let inner = groups.dropFirst().dropLast()
        let width = inner.first?.utf8.count ?? 3
        return groups.last!.utf8.count == 3 && (width == 2 || width == 3) && inner.allSatisfy { $0.utf8.count == width }
    }

    private static func value(_ whole: String, _ decimals: String) -> Double {
        Double("\(whole.isEmpty ? "0" : whole).\(decimals.isEmpty ? "0" : decimals)") ?? .nan
    }

    /// `1.5e3`, as programs write large numbers.
    private static func exponential(_ text: [Unicode.Scalar], at place: Int) throws(Fault) -> Double {
        let (mantissa, exponent) = (text[..<place], text[(place + 1)...])
        let digits = exponent.first == "+" || exponent.first == "-" ? exponent.dropFirst() : exponent
        guard mantissa.allSatisfy({ isDigit($0) || $0 == "." }), mantissa.contains(where: isDigit), !digits.isEmpty,
            digits.allSatisfy(isDigit), let value = Double(String(String.UnicodeScalarView(text)))
        else { throw .notANumber }
        return value
    }

    // MARK: Characters

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

    private static func isMinus(_ scalar: Unicode.Scalar) -> Bool { scalar == "-" || scalar == "\u{2212}" }

    /// Marks of direction and byte order, which nobody sees.
    private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        ["\u{feff}", "\u{200e}", "\u{200f}", "\u{202a}", "\u{202c}"].contains(scalar)
    }

    private static func mark(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
        switch scalar {
        case ".", ",": scalar
        case "'", "\u{2019}": "'"
        case _ where scalar.properties.isWhitespace: " "
        default: nil
        }
    }

    private static func trim(_ text: inout ArraySlice<Unicode.Scalar>) {
        while let first = text.first, first.properties.isWhitespace { text.removeFirst() }
        while let last = text.last, last.properties.isWhitespace { text.removeLast() }
    }

    // MARK: Currencies

    /// Takes a sign or a code off either end.
    private static func takeCurrency(_ text: inout ArraySlice<Unicode.Scalar>) -> Sign? {
        func word(_ scalars: some Collection<Unicode.Scalar>) -> String {
            var view = String.UnicodeScalarView()
            view.append(contentsOf: scalars)
            return String(view)
        }
        let isWordPart = { (scalar: Unicode.Scalar) in !isDigit(scalar) && mark(scalar) == nil && !isMinus(scalar) }
        let front = text.prefix { isWordPart($0) }
        if !front.isEmpty, front.count < text.count, let sign = sign(word(front)) {
            text = text.dropFirst(front.count)
            if text.first == ".", ["fr", "rs"].contains(word(front).lowercased()) { text = text.dropFirst() }
            return sign
        }
        let back = text.reversed().prefix { isWordPart($0) }
        if !back.isEmpty, back.count < text.count, let sign = sign(word(back.reversed())) {
            text = text.dropLast(back.count)
            return sign
        }
        return nil
    }

    /// What stands beside an amount; a code of nil where it may mean several currencies.
    private struct Sign {
        var code: String?
    }

    private static func sign(_ word: String) -> Sign? {
        if let code = signs[word.lowercased()] { return Sign(code: code) }
        let isCode = word.utf8.count == 3 && word.utf8.allSatisfy { (65...90).contains($0) || (97...122).contains($0) }
        return isCode ? Sign(code: word.uppercased()) : nil
    }

    /// In small letters; nil where several currencies have the sign.
    private static let signs: [String: String?] = [
        "$": nil, "€": "EUR", "£": nil, "¥": nil, "₹": "INR", "₽": "RUB", "₺": "TRY", "₩": "KRW", "₪": "ILS",
        "₫": "VND",
        "₴": "UAH", "₦": "NGN", "₱": "PHP", "฿": "THB", "zł": "PLN", "kč": "CZK", "ft": "HUF", "lei": "RON", "kr": nil,
        "fr": "CHF", "sfr": "CHF", "r": "ZAR", "r$": "BRL", "us$": "USD", "a$": "AUD", "au$": "AUD", "c$": "CAD",
        "ca$": "CAD", "nz$": "NZD", "hk$": "HKD", "s$": "SGD", "mx$": "MXN", "nt$": "TWD", "rs": nil, "rp": "IDR",
        "rm": "MYR",
    ]
}
