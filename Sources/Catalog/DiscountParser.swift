import WeirDomain

/// Reads discounts as catalogs write them: `20 % of the basket from 40 USD, at most 15 USD`.
///
/// Clauses stand between commas: what is taken off, for baskets several with a rising minimum, then `usually` and `at most`.
struct DiscountParser {
    /// What is wrong, and where in the text.
    struct Fault: Error, Equatable {
        var message: String
        /// In Unicode scalars from the beginning.
        var offset: Int
    }

    private struct Clause {
        var text: Substring
        var words: [Substring]
        var offset: Int
    }

    private let currency: Currency
    private let clauses: [Clause]
    private let whole: String

    init(_ text: String, _ currency: Currency) {
        self.currency = currency
        whole = text
        var clauses: [Clause] = []
        var start = text.startIndex
        while true {
            // A comma between two digits is somebody's decimal mark, and refused with its amount.
            let end = text[start...].firstIndex(of: ",") ?? text.endIndex
            let clause = text[start..<end]
            let first = clause.firstIndex { !$0.isWhitespace } ?? end
            let words = clause.split(whereSeparator: \.isWhitespace).filter { $0 != "the" && $0 != "off" }
            clauses.append(
                Clause(
                    text: clause[first...], words: Self.separatingPercent(words),
                    offset: text.unicodeScalars.distance(from: text.startIndex, to: first)))
            guard end < text.endIndex else { break }
            start = text.index(after: end)
        }
        self.clauses = clauses
    }

    /// `20%` as `20` and `%`.
    private static func separatingPercent(_ words: [Substring]) -> [Substring] {
        words.flatMap { $0.count > 1 && $0.last == "%" ? [$0.dropLast(), $0.suffix(1)] : [$0] }
    }

    /// Whether a cost is written as a discount rather than as an amount.
    static func isDiscount(_ text: String) -> Bool {
        let words = text.split(whereSeparator: \.isWhitespace)
        return text.contains("%") || text.contains(", ") || words.count > 2
            || words.contains { ["shipping", "basket", "cheapest", "points"].contains($0) }
    }

    // MARK: Whole texts

    func discount() throws(Fault) -> Discount {
        var rule: Discount.Rule?
        var most: Money?
        var usual: Money?
        for clause in clauses {
            if clause.words.starts(with: ["at", "most"]) {
                guard most == nil else { throw fault(clause, "“at most” stands here twice. Remove one.") }
                most = try amount(clause.words.dropFirst(2), clause)
            } else if clause.words.first == "usually" {
                guard usual == nil else { throw fault(clause, "“usually” stands here twice. Remove one.") }
                usual = try amount(clause.words.dropFirst(), clause)
            } else if most != nil || usual != nil {
                throw fault(clause, "“\(clause.text)” stands behind the limits. Write what is taken off first.")
            } else {
                rule = try joined(rule, try self.rule(clause), clause)
            }
        }
        guard let rule else { throw Fault(message: "Nothing says what is taken off. \(Self.remedy)", offset: 0) }
        let ceiling = Discount.ceiling(of: rule, in: currency)
        guard let bound = most ?? ceiling else {
            throw Fault(
                message:
                    "“\(whole)” has no most that it can cost, which is what a budget must hold back. Write it behind, "
                    + "such as “\(whole), at most \(Money(minorUnits: 1500, currency: currency))”.", offset: 0)
        }
        guard bound.minorUnits > 0 else {
            throw Fault(message: "“\(whole)” can cost nothing. Write more than 0 behind “at most”.", offset: 0)
        }
        if let usual, usual.minorUnits > bound.minorUnits {
            throw Fault(
                message: "It usually costs \(usual), but at most \(bound). Write the most above what it usually costs.",
                offset: 0)
        }
        if case .basket = rule, usual != nil {
            throw Fault(
                message: "What this usually costs follows from the basket. Remove “usually”.", offset: 0)
        }
        return Discount(rule, most: bound, usual: usual)
    }

    /// `30 % of the basket`, and nothing else.
    func shareOfBasket() throws(Fault) -> BasketShare {
        guard clauses.count == 1, case .basket(let steps) = try rule(clauses[0]), steps[0].minimum == 0,
            case .percent(let millionths) = steps[0].reduction
        else {
            throw Fault(
                message:
                    "“\(whole)” is neither an amount nor a share of the basket. Write it like “4.20 \(currency)” or "
                    + "“30 % of the basket”.", offset: 0)
        }
        return BasketShare(millionths: millionths)
    }

    // MARK: Clauses

    private static let remedy =
        "Write it like “20 % of the basket, at most 15 USD”, “10 USD from 50 USD”, “shipping, at most 8 USD”, "
        + "“the cheapest of 3, at most 20 USD” or “500 points at 100 per 1 USD”."

    private func rule(_ clause: Clause) throws(Fault) -> Discount.Rule {
        let words = clause.words
        if words.count >= 2, words[1] == "%" { return try share(clause) }
        if words.first == "shipping" {
            return .shipping(millionths: 1_000_000, minimum: try minimum(words.dropFirst(), clause))
        }
        if words.count == 3, words[0] == "cheapest", words[1] == "of" {
            guard let count = Int(words[2]), (2...1000).contains(count) else {
                throw fault(clause, "“\(words[2])” pieces are not possible here. Write a whole number from 2 to 1000.")
            }
            return .cheapest(of: count)
        }
        if words.count >= 5, words[1] == "points", words[2] == "at", words[4] == "per" {
            guard let count = Int(words[0]), (1...1_000_000_000).contains(count), let per = Int(words[3]),
                (1...1_000_000_000).contains(per)
            else {
                throw fault(
                    clause, "Points are whole numbers from 1. Write it like “500 points at 100 per 1 \(currency)”.")
            }
            return .points(count, per: per, worth: try amount(words.dropFirst(5), clause).minorUnits)
        }
        guard let split = words.firstIndex(of: "from") else {
            throw fault(clause, "“\(clause.text)” is neither an amount nor a discount. \(Self.remedy)")
        }
        let taken = try amount(words[..<split], clause)
        let minimum = try self.minimum(words[split...], clause)
        guard taken.minorUnits > 0 else {
            throw fault(clause, "“\(clause.text)” takes nothing off. Write more than 0.")
        }
        guard taken.minorUnits <= minimum else {
            throw fault(
                clause,
                "\(taken) off is more than a basket of \(Money(minorUnits: minimum, currency: currency)) is worth. Raise the "
                    + "minimum, or take less off.")
        }
        return .basket([Discount.Step(minimum: minimum, reduction: .amount(taken.minorUnits))])
    }

    /// `20 % of the basket from 40 USD`, `50 % of shipping`.
    private func share(_ clause: Clause) throws(Fault) -> Discount.Rule {
        let words = clause.words
        guard let millionths = Self.millionths(words[0]), millionths > 0, millionths <= 1_000_000 else {
            throw fault(
                clause,
                "“\(words[0]) %” is not possible here. Write a percentage above 0 and up to 100, with at most four digits "
                    + "behind the point.")
        }
        guard words.count >= 4, words[2] == "of" else {
            throw fault(
                clause, "“\(clause.text)” does not say of what. Write “\(words[0]) % of the basket” or “… of shipping”."
            )
        }
        let minimum = try minimum(words.dropFirst(4), clause)
        switch words[3] {
        case "basket": return .basket([Discount.Step(minimum: minimum, reduction: .percent(millionths: millionths))])
        case "shipping": return .shipping(millionths: millionths, minimum: minimum)
        default:
            let name = String(words[3])
            throw fault(
                clause,
                "“\(name)” is nothing that a discount can be a part of. "
                    + name.suggestion(from: ["basket", "shipping"], fallback: "Write “basket” or “shipping”."))
        }
    }

    /// `from 40 USD`, or nothing.
    private func minimum(_ words: ArraySlice<Substring>, _ clause: Clause) throws(Fault) -> Int64 {
        guard let first = words.first else { return 0 }
        guard first == "from" else {
            throw fault(
                clause, "“\(clause.text)” goes on with “\(first)”. Write “from” and the least basket, or end it there.")
        }
        return try amount(words.dropFirst(), clause).minorUnits
    }

    private func joined(
        _ earlier: Discount.Rule?, _ next: Discount.Rule, _ clause: Clause
    ) throws(Fault) -> Discount.Rule {
        guard let earlier else { return next }
        guard case .basket(let steps) = earlier, case .basket(let more) = next else {
            throw fault(
                clause,
                "“\(clause.text)” is a second discount. One offer takes off one thing; make it an offer of its own.")
        }
        guard more[0].minimum > steps.last!.minimum else {
            let last = Money(minorUnits: steps.last!.minimum, currency: currency)
            throw fault(clause, "“\(clause.text)” does not begin above \(last). Write the steps with rising minimums.")
        }
        return .basket(steps + more)
    }

    private func amount(_ words: ArraySlice<Substring>, _ clause: Clause) throws(Fault) -> Money {
        let text = words.joined(separator: " ")
        guard let money = Money(text, defaultCurrency: currency) else {
            throw fault(
                clause,
                "“\(text)” in “\(clause.text)” is no amount. Write it like “\(Money(minorUnits: 1500, currency: currency))”, with "
                    + "at most \(currency.minorDigits) digits behind the point and no thousands separators.")
        }
        guard money.currency == currency else {
            throw fault(
                clause,
                "“\(text)” is in \(money.currency), but the catalog counts in \(currency). Write the amount in \(currency): "
                    + "Weir converts nothing.")
        }
        guard money.minorUnits >= 0 else { throw fault(clause, "“\(text)” is negative. Write 0 or more.") }
        return money
    }

    /// A percentage with at most four digits behind the point, exact.
    private static func millionths(_ text: Substring) -> Int64? {
        let halves = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = halves.first, !whole.isEmpty, whole.utf8.count <= 9 else { return nil }
        let fraction = halves.count == 2 ? halves[1] : "0"
        guard !fraction.isEmpty, fraction.utf8.count <= 4,
            (whole + fraction).utf8.allSatisfy({ (48...57).contains($0) })
        else { return nil }
        return Int64(whole + fraction + String(repeating: "0", count: 4 - fraction.utf8.count))
    }

    private func fault(_ clause: Clause, _ message: String) -> Fault { Fault(message: message, offset: clause.offset) }
}
