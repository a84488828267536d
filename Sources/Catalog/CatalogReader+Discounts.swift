import WeirDomain

/// Readers of costs and values that depend on the order.
extension CatalogReader {
    /// Reads what a use of an offer costs: an amount, or what takes it off the order.
    ///
    /// - Returns: The most that it can cost, and how it is worked out where it is no fixed amount.
    func readCost(_ value: YAMLValue) -> (most: Money?, discount: Discount?) {
        guard let text = value.written("an amount or a discount"), let currency else { return (nil, nil) }
        guard DiscountParser.isDiscount(text) else { return (value.money(currency), nil) }
        do {
            let discount = try DiscountParser(text, currency).discount()
            if discount.dependsOnBasket { demandBasket(value) }
            return (discount.most, discount)
        } catch {
            value.refuse(error.message, offset: error.offset)
            return (nil, nil)
        }
    }

    /// Reads what an outcome is worth: an amount, or a share of the basket.
    ///
    /// - Returns: What it is worth with the usual basket, and the share.
    func readValue(_ value: YAMLValue) -> (worth: Money?, share: BasketShare?) {
        guard let text = value.written("an amount or a share of the basket"), let currency else { return (nil, nil) }
        guard DiscountParser.isDiscount(text) else { return (value.money(currency), nil) }
        do {
            let share = try DiscountParser(text, currency).shareOfBasket()
            demandBasket(value)
            return (basket.map { Money(minorUnits: share.of($0.mean.minorUnits), currency: currency) }, share)
        } catch {
            value.refuse(error.message, offset: error.offset)
            return (nil, nil)
        }
    }

    private func demandBasket(_ value: YAMLValue) {
        guard isRootRead, basket == nil, let currency else { return }
        let example = Money(minorUnits: 6_000, currency: currency)
        value.refuse(
            "This goes by the basket, and nothing says what baskets are usually worth. Add `basket: \(example)` to "
                + "\(CatalogFile.rootName).")
    }

    /// Reads `basket`: an amount, or its `mean`, `spread` and `weight`.
    func readBasket(_ value: YAMLValue) -> BasketPrior? {
        if value.isSingle { return value.money(currency, isPositive: true).map { BasketPrior(mean: $0) } }
        return value.fields { fields in
            let example = "60 \(currency ?? .usd)"
            guard let mean = fields.required("mean", like: example)?.money(currency, isPositive: true) else {
                _ = (fields["spread"], fields["weight"])
                return nil
            }
            var prior = BasketPrior(mean: mean)
            if let spread = fields["spread"]?.multiple() { prior.spread = spread }
            if let weight = fields["weight"]?.number(
                "Write a number of orders above 0 and up to 1000, such as 2.",
                where: {
                    $0 > 0 && $0 <= 1000
                })
            {
                prior.weight = weight
            }
            return prior
        } ?? nil
    }
}

extension Discount {
    /// Whether what baskets are worth changes what it costs.
    fileprivate var dependsOnBasket: Bool {
        switch rule {
        case .basket: true
        case .shipping(_, let minimum): minimum > 0
        case .cheapest, .points: false
        }
    }
}
