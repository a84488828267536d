package import WeirDomain

/// Numbers as people read them: thousands apart, a true minus sign, units beside.
package enum Figure {
    /// Stands where there is nothing to say.
    package static let none = "–"

    /// `1,284.50`; rounds half away from zero, never prints "−0".
    package static func decimal(_ value: Double, digits: Int = 0) -> String {
        guard let parts = fixed(value, digits: digits) else { return none }
        var grouped = ""
        for (index, digit) in parts.whole.enumerated() {
            if index > 0, (parts.whole.count - index) % 3 == 0 { grouped += "," }
            grouped.append(digit)
        }
        return (parts.isNegative ? "−" : "") + grouped + (digits > 0 ? "." + parts.fraction : "")
    }

    /// `1,284`.
    package static func whole(_ count: Int) -> String { decimal(Double(count)) }

    /// `1284.50`: for programs, with an ASCII minus.
    package static func plain(_ value: Double, digits: Int) -> String {
        guard let parts = fixed(value, digits: digits) else { return "" }
        return (parts.isNegative ? "-" : "") + parts.whole + (digits > 0 ? "." + parts.fraction : "")
    }

    /// `+0.34`, `−0.02`, `0.00`.
    package static func signed(_ value: Double, digits: Int) -> String {
        let text = decimal(value, digits: digits)
        return text.first == "−" || text == none || !text.contains { ("1"..."9").contains($0) } ? text : "+" + text
    }

    /// `37 %`, `0.8 %`, `8 %`; one digit below ten so that small shares differ.
    package static func percent(_ share: Double) -> String {
        let text = decimal(share * 100, digits: abs(share) < 0.0995 ? 1 : 0)
        return (text.hasSuffix(".0") ? String(text.dropLast(2)) : text) + " %"
    }

    /// `1,284`, `21.4`, `0.42`, `0.006`: the digits that a glance can use.
    package static func significant(_ value: Double) -> String {
        value == 0
            ? "0"
            : decimal(value, digits: abs(value) >= 99.95 ? 0 : abs(value) >= 0.995 ? 1 : abs(value) >= 0.0995 ? 2 : 3)
    }

    /// `2 s`, `14 min`, `3 h`, `2 d`.
    package static func duration(_ span: TimeSpan) -> String {
        let seconds = max(0, span.inSeconds)
        return switch seconds {
        case ..<1: "under 1 s"
        case ..<90: decimal(seconds) + " s"
        case ..<5_400: decimal(seconds / 60) + " min"
        case ..<172_800: decimal(seconds / 3_600) + " h"
        default: decimal(seconds / 86_400) + " d"
        }
    }

    /// `1 event`, `1,204 events`.
    package static func count(_ number: Int, _ singular: String, _ plural: String? = nil) -> String {
        whole(number) + " " + (number == 1 ? singular : plural ?? singular + "s")
    }

    private static func fixed(
        _ value: Double, digits: Int
    ) -> (isNegative: Bool, whole: String, fraction: String)? {
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let scaled = (value.magnitude * scale).rounded()
        guard scaled.isFinite, scaled < 9e18 else { return nil }
        let units = Int64(scaled)
        let fraction = String(units % Int64(scale))
        return (
            value < 0 && units > 0, String(units / Int64(scale)),
            String(repeating: "0", count: max(0, digits - fraction.count)) + fraction
        )
    }
}

extension Figure {
    /// `$15,212`, `$0.93`, `CHF 12.50`, `1,204` for pieces; cents only below a hundred.
    package static func money(_ major: Double, _ currency: Currency) -> String {
        let digits = major.magnitude < 99.995 ? currency.minorDigits : 0
        return withSign(major, symbol(currency) + decimal(major.magnitude, digits: digits))
    }

    package static func money(_ amount: Money) -> String { money(amount.majorUnits, amount.currency) }

    /// `$23.2k`, `$1.4M`.
    package static func shortMoney(_ major: Double, _ currency: Currency) -> String {
        let size = major.magnitude
        let text =
            switch size {
            case 999_950...: decimal(size / 1e6, digits: 1) + "M"
            case 9_999.5...: decimal(size / 1e3, digits: 1) + "k"
            default: decimal(size, digits: size < 99.995 && size != 0 ? currency.minorDigits : 0)
            }
        return withSign(major, symbol(currency) + text)
    }

    /// What stands before an amount: `$`, `€`, `CHF `; nothing for pieces.
    package static func symbol(_ currency: Currency) -> String {
        switch currency.code {
        case "USD": "$"
        case "EUR": "€"
        case "GBP": "£"
        case "JPY": "¥"
        case "XXX": ""
        default: currency.code + " "
        }
    }

    /// One unit as a phrase: `$1`, `CHF 1`, `piece`.
    package static func oneUnit(_ currency: Currency) -> String {
        currency == .pieces ? "piece" : symbol(currency) + "1"
    }

    private static func withSign(_ value: Double, _ text: String) -> String {
        value < 0 && text.contains { ("1"..."9").contains($0) } ? "−" + text : text
    }
}
