import Testing
import WeirCatalog
import WeirDomain

@Suite("Costs that follow from the order")
struct DiscountTests {
    private func sample(_ cost: String, value: String = "4.20", root: String = "basket: 60 USD\n") throws -> Sample {
        var sample = try Sample()
        try sample.replace("cost: 1.50 USD", with: "cost: \(cost)")
        try sample.replace("value: 4.20", with: "value: \(value)")
        try sample.replace("currency: USD\n", with: "currency: USD\n\(root)")
        return sample
    }

    private func offer(_ sample: Sample) throws -> Offer { try readCatalog(sample.files).campaigns[0].offers[0] }

    @Test(
        "A discount is read as it is written, and its words are what it is written as",
        arguments: [
            ("20 % of the basket, at most 15 USD", "20 % of the basket, at most 15.00 USD", 15_00),
            ("20% of basket from 40, at most 15", "20 % of the basket from 40.00 USD, at most 15.00 USD", 15_00),
            ("12.5 % of the basket, at most 0.01 USD", "12.5 % of the basket, at most 0.01 USD", 1),
            ("0.0001 % of the basket, at most 5 USD", "0.0001 % of the basket, at most 5.00 USD", 5_00),
            ("100 % of the basket, at most 5 USD", "100 % of the basket, at most 5.00 USD", 5_00),
            ("10 USD off from 50 USD", "10.00 USD from 50.00 USD", 10_00),
            ("10 USD from 10 USD", "10.00 USD from 10.00 USD", 10_00),
            ("5 USD from 30 USD, 12 USD from 60 USD", "5.00 USD from 30.00 USD, 12.00 USD from 60.00 USD", 12_00),
            (
                "5 USD from 30 USD, 20 % of the basket from 60 USD, at most 30 USD",
                "5.00 USD from 30.00 USD, 20 % of the basket from 60.00 USD, at most 30.00 USD", 30_00
            ),
            ("shipping, at most 8 USD", "shipping, at most 8.00 USD", 8_00),
            (
                "the shipping from 30, usually 5, at most 8",
                "shipping from 30.00 USD, usually 5.00 USD, at most 8.00 USD", 8_00
            ),
            ("50 % of shipping, at most 8 USD", "50 % of shipping, at most 8.00 USD", 8_00),
            (
                "the cheapest of 3, usually 6 USD, at most 20 USD",
                "the cheapest of 3, usually 6.00 USD, at most 20.00 USD", 20_00
            ),
            ("500 points at 100 per 1 USD", "500 points at 100 per 1.00 USD", 5_00),
            ("250 points at 300 per 1 USD, at most 0.80 USD", "250 points at 300 per 1.00 USD, at most 0.80 USD", 80),
        ])
    func reading(written: String, words: String, most: Int64) throws {
        let offer = try offer(sample(written))
        #expect(offer.discount?.description == words)
        #expect(offer.cost == Money(minorUnits: most, currency: .usd))
        #expect(try self.offer(sample(words)) == offer)
    }

    @Test("An amount is what it was: no discount")
    func amount() throws {
        let offer = try offer(sample("3 USD"))
        #expect(offer.discount == nil && offer.valueShare == nil)
        #expect(offer.cost == Money(minorUnits: 3_00, currency: .usd))
    }

    @Test("A value may be a share of the basket; it then stands for the usual one")
    func value() throws {
        let offer = try offer(sample("1 USD", value: "35 % of the basket"))
        #expect(offer.valueShare?.description == "35 % of the basket")
        #expect(offer.value == Money(minorUnits: 21_00, currency: .usd))
    }

    @Test(
        "What cannot be is a fault that names place, value and remedy",
        arguments: [
            ("20 % of the basket", "has no most that it can cost"), ("shipping", "has no most that it can cost"),
            ("the cheapest of 3", "has no most that it can cost"),
            ("5 USD from 30 USD, 20 % of the basket from 60 USD", "has no most that it can cost"),
            (
                "0 % of the basket, at most 5 USD",
                "“0 %” is not possible here. Write a percentage above 0 and up to 100"
            ),
            ("100.1 % of the basket, at most 5 USD", "“100.1 %” is not possible here."),
            ("-5 % of the basket, at most 5 USD", "“-5 %” is not possible here."),
            ("twenty % of the basket, at most 5 USD", "“twenty %” is not possible here."),
            ("20 %, at most 5 USD", "does not say of what. Write “20 % of the basket”"),
            ("20 %", "does not say of what."),
            (
                "20 % of the baskte, at most 5 USD",
                "“baskte” is nothing that a discount can be a part of. Did you mean “basket”?"
            ),
            ("20 % of revenue, at most 5 USD", "“revenue” is nothing that a discount can be a part of."),
            (
                "20 % of the basket above 40 USD, at most 5 USD",
                "goes on with “above”. Write “from” and the least basket"
            ),
            ("20 % of the basket, at most 5 EUR", "“5 EUR” is in EUR, but the catalog counts in USD."),
            ("20 % of the basket, at most a lot", "“a lot” in “at most a lot” is no amount."),
            ("20 % of the basket, at most 0 USD", "can cost nothing. Write more than 0"),
            ("20 % of the basket, at most -5 USD", "“-5 USD” is negative."),
            ("20 % of the basket, at most 5 USD, at most 6 USD", "“at most” stands here twice."),
            ("20 % of the basket, usually 3 USD, at most 5 USD", "follows from the basket. Remove “usually”."),
            ("at most 5 USD, 20 % of the basket", "stands behind the limits."),
            ("50 USD from 40 USD", "50.00 USD off is more than a basket of 40.00 USD is worth. Raise the minimum"),
            (
                "12 USD from 60 USD, 5 USD from 30 USD",
                "does not begin above 60.00 USD. Write the steps with rising minimums."
            ),
            ("20 % of the basket, shipping, at most 5 USD", "“shipping” is a second discount."),
            ("shipping, usually 9 USD, at most 8 USD", "usually costs 9.00 USD, but at most 8.00 USD."),
            ("the cheapest of 1, at most 5 USD", "“1” pieces are not possible here."),
            ("0 points at 100 per 1 USD", "Points are whole numbers from 1."),
            ("something else entirely", "is neither an amount nor a discount. Write it like “20 % of the basket"),
            ("at most 5 USD", "Nothing says what is taken off."),
        ])
    func fault(written: String, message: String) throws {
        let found = faults(of: try sample(written).files)
        #expect(found.contains("campaigns/spring.yaml:19:") && found.contains(": offers[0].cost: "), "\(found)")
        #expect(found.contains(message), "\(found)")
        #expect(!found.contains("\n"))
    }

    @Test("A clause's fault is shown where the clause begins")
    func place() throws {
        let found = faults(of: try sample("20 % of the basket, at most 5 EUR").files)
        #expect(found.hasPrefix("campaigns/spring.yaml:19:31: offers[0].cost: "), "\(found)")
    }

    @Test(
        "Who goes by the basket must say what baskets are usually worth",
        arguments: [
            ("20 % of the basket, at most 15 USD", "4.20", "cost"), ("10 USD from 50 USD", "4.20", "cost"),
            ("shipping from 50 USD, at most 8 USD", "4.20", "cost"), ("1 USD", "30 % of the basket", "value"),
        ])
    func withoutBasket(cost: String, value: String, field: String) throws {
        let found = faults(of: try sample(cost, value: value, root: "").files)
        #expect(
            found.hasSuffix(
                "offers[0].\(field): This goes by the basket, and nothing says what baskets are usually worth. Add "
                    + "`basket: 60.00 USD` to weir.yaml."), "\(found)")
    }

    @Test("Faults of `basket` and of values name their field")
    func otherFaults() throws {
        func found(_ root: String, value: String = "4.20") throws -> String {
            faults(of: try sample("1 USD", value: value, root: root).files)
        }
        #expect(try found("basket: 0 USD\n").contains("basket: “0 USD” is not above 0."))
        #expect(try found("basket: {spread: 10 %}\n").contains("basket.mean: “mean” is missing."))
        #expect(
            try found("basket: {mean: 60 USD, spread: much}\n").contains("basket.spread: “much” is not possible here."))
        #expect(try found("basket: {mean: 60 USD, weight: 0}\n").contains("basket.weight: “0” is not possible here."))
        #expect(
            try found("basket: 60 USD\n", value: "30 % of shipping").contains(
                "offers[0].value: “30 % of shipping” is neither an amount nor a share of the basket."))
    }

    @Test("A catalog's difference shows discounts in words")
    func differences() throws {
        let before = try readCatalog(try sample("3 USD").files)
        let after = try readCatalog(try sample("20 % of the basket, at most 15 USD", value: "35 % of the basket").files)
        #expect(
            WeirCatalog.differences(from: before, to: after).map(\.description) == [
                "~ campaigns.spring.offers.coffee-150.cost: 3.00 USD → 20 % of the basket, at most 15.00 USD",
                "~ campaigns.spring.offers.coffee-150.value: 4.20 USD → 35 % of the basket",
            ])
    }
}
