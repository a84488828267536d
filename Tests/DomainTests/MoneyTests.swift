import Testing
import WeirDomain

@Suite("Money")
struct MoneyTests {
    @Test(
        "An amount is read exactly, its sign included",
        arguments: [
            ("12.50 USD", 1_250), ("-12.50 USD", -1_250), ("-0.05 USD", -5), ("7 USD", 700), ("-7 JPY", -7),
            ("1.234 KWD", 1_234),
        ])
    func reading(text: String, minorUnits: Int64) throws {
        let money = try #require(Money(text))
        #expect(money.minorUnits == minorUnits)
        #expect(Money(money.description) == money)
    }

    @Test(
        "What is no amount is not read",
        arguments: ["", "12.505 USD", "1e3 USD", "12,50 USD", "12. USD", "12.50", "--1 USD"])
    func refusing(text: String) {
        #expect(Money(text) == nil)
    }

    @Test("A difference is taken in one currency only, and never rolls over")
    func subtracting() throws {
        let five = Money(minorUnits: 500, currency: .usd)
        #expect(try five.subtracting(Money(minorUnits: 700, currency: .usd)).minorUnits == -200)
        #expect(throws: MoneyError.mixedCurrencies(.usd, .eur)) { try five.subtracting(.zero(.eur)) }
        #expect(throws: MoneyError.overflow) {
            try five.adding(Money(minorUnits: .max, currency: .usd))
        }
    }
}
