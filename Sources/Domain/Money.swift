/// An ISO 4217 currency, such as `USD`.
public struct Currency: Hashable, Sendable, Codable, CustomStringConvertible {
    /// Three letters A–Z.
    public let code: String

    /// - Returns: Nil unless `code` is three letters; lower case is accepted.
    public init?(_ code: some StringProtocol) {
        let upper = code.uppercased()
        guard upper.utf8.count == 3, upper.utf8.allSatisfy({ (65...90).contains($0) }) else { return nil }
        self.code = upper
    }

    public static let usd = Currency("USD")!
    public static let eur = Currency("EUR")!

    /// ISO 4217 "no currency": what is counted in pieces rather than in money, such as an offer's stock.
    public static let pieces = Currency("XXX")!

    /// How many digits stand behind the point: 2 for USD, 0 for JPY and pieces, 3 for KWD.
    public var minorDigits: Int {
        switch code {
        case "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF",
            "XPF", "XXX":
            0
        case "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND": 3
        default: 2
        }
    }

    public var description: String { code }
}

/// An amount in whole minor units (cents) of one currency; may be negative.
public struct Money: Hashable, Sendable, Codable {
    public var minorUnits: Int64
    public var currency: Currency

    public init(minorUnits: Int64, currency: Currency) {
        self.minorUnits = minorUnits
        self.currency = currency
    }

    public static func zero(_ currency: Currency) -> Money { Money(minorUnits: 0, currency: currency) }

    /// The amount in major units (dollars), for charts and models only: never for accounts.
    public var majorUnits: Double {
        var scale = 1.0
        for _ in 0..<currency.minorDigits { scale *= 10 }
        return Double(minorUnits) / scale
    }

    /// - Throws: `MoneyError.mixedCurrencies`; Weir converts nothing.
    public func adding(_ other: Money) throws(MoneyError) -> Money {
        guard currency == other.currency else { throw .mixedCurrencies(currency, other.currency) }
        let (sum, overflow) = minorUnits.addingReportingOverflow(other.minorUnits)
        guard !overflow else { throw .overflow }
        return Money(minorUnits: sum, currency: currency)
    }

    /// - Throws: `MoneyError.mixedCurrencies`; Weir converts nothing.
    public func subtracting(_ other: Money) throws(MoneyError) -> Money {
        guard currency == other.currency else { throw .mixedCurrencies(currency, other.currency) }
        let (difference, overflow) = minorUnits.subtractingReportingOverflow(other.minorUnits)
        guard !overflow else { throw .overflow }
        return Money(minorUnits: difference, currency: currency)
    }
}

extension Money: CustomStringConvertible {
    /// `12.50 USD`.
    public var description: String { "\(decimal) \(currency)" }

    /// `12.50`, exact, without the currency.
    public var decimal: String {
        let digits = currency.minorDigits
        let sign = minorUnits < 0 ? "-" : ""
        var text = String(minorUnits.magnitude)
        guard digits > 0 else { return sign + text }
        if text.count <= digits { text = String(repeating: "0", count: digits + 1 - text.count) + text }
        return sign + text.dropLast(digits) + "." + text.suffix(digits)
    }

    /// Reads `12.50 USD` or, with a default currency, `12.50`; exact, never through floating point.
    ///
    /// - Returns: Nil where the text is no such amount, has more digits than the currency, or does not fit 64 bits.
    public init?(_ text: some StringProtocol, defaultCurrency: Currency? = nil) {
        let parts = text.split(separator: " ", omittingEmptySubsequences: true)
        guard let number = parts.first, parts.count <= 2 else { return nil }
        guard let currency = parts.count == 2 ? Currency(parts[1]) : defaultCurrency else { return nil }
        let isNegative = number.hasPrefix("-")
        let halves = (isNegative ? number.dropFirst() : number[...])
            .split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = halves.first, !whole.isEmpty else { return nil }
        var fraction = halves.count == 2 ? String(halves[1]) : ""
        guard halves.count == 1 || !fraction.isEmpty, fraction.count <= currency.minorDigits else { return nil }
        fraction += String(repeating: "0", count: currency.minorDigits - fraction.count)
        let digits = String(whole) + fraction
        guard digits.utf8.allSatisfy({ (48...57).contains($0) }), let units = Int64(digits) else { return nil }
        self.init(minorUnits: isNegative ? -units : units, currency: currency)
    }
}

/// Why two amounts could not be combined.
public enum MoneyError: Error, Equatable, CustomStringConvertible {
    case mixedCurrencies(Currency, Currency)
    case overflow

    public var description: String {
        switch self {
        case .mixedCurrencies(let left, let right):
            "\(left) and \(right) cannot be combined: Weir converts no currencies. State both amounts in one currency."
        case .overflow: "The amount does not fit 64 bits of minor units."
        }
    }
}
