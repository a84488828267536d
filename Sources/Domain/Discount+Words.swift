extension Discount: CustomStringConvertible {
    /// As a catalog writes it: `20 % of the basket from 40.00 USD, at most 15.00 USD`.
    public var description: String {
        var clauses: [String]
        switch rule {
        case .basket(let steps):
            clauses = steps.map { words(of: $0.reduction) + from($0.minimum) }
        case .shipping(let millionths, let minimum):
            let share = millionths == 1_000_000 ? "shipping" : "\(Self.percent(millionths)) of shipping"
            clauses = [share + from(minimum)]
        case .cheapest(let count): clauses = ["the cheapest of \(count)"]
        case .points(let count, let per, let worth): clauses = ["\(count) points at \(per) per \(money(worth))"]
        }
        if let usual { clauses.append("usually \(usual)") }
        if most != ceiling { clauses.append("at most \(most)") }
        return clauses.joined(separator: ", ")
    }

    /// The most that the rule alone lets a use cost; nil where it sets no bound.
    package var ceiling: Money? { Self.ceiling(of: rule, in: most.currency) }

    /// The most that a rule alone lets a use cost; nil where it sets no bound.
    package static func ceiling(of rule: Rule, in currency: Currency) -> Money? {
        switch rule {
        case .basket(let steps):
            var greatest: Int64 = 0
            for step in steps {
                guard case .amount(let amount) = step.reduction else { return nil }
                greatest = max(greatest, amount)
            }
            return Money(minorUnits: greatest, currency: currency)
        case .shipping, .cheapest: return nil
        case .points:
            let unbounded = Discount(rule, most: Money(minorUnits: .max, currency: currency))
            return unbounded.cost(of: Purchase()).map { Money(minorUnits: $0, currency: currency) }
        }
    }

    /// `20 %`, `12.5 %`; exact.
    package static func percent(_ millionths: Int64) -> String {
        let (whole, rest) = millionths.quotientAndRemainder(dividingBy: 10_000)
        var fraction = String(rest + 10_000).dropFirst()
        while fraction.last == "0" { fraction.removeLast() }
        return "\(whole)\(fraction.isEmpty ? "" : ".\(fraction)") %"
    }

    private func words(of reduction: Reduction) -> String {
        switch reduction {
        case .percent(let millionths): "\(Self.percent(millionths)) of the basket"
        case .amount(let amount): money(amount)
        }
    }

    private func from(_ minimum: Int64) -> String { minimum == 0 ? "" : " from \(money(minimum))" }

    private func money(_ minorUnits: Int64) -> String {
        Money(minorUnits: minorUnits, currency: most.currency).description
    }
}

extension BasketShare: CustomStringConvertible {
    /// `30 % of the basket`.
    public var description: String { "\(Discount.percent(millionths)) of the basket" }
}
