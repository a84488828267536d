import Testing

import WeirDomain

@Suite("Amounts that were written for people")
struct AmountTextTests {
    @Test(
        "An amount is read where its text can mean one thing only",
        arguments: [
            ("42.50", 42.5, nil), ("42,5", 42.5, nil), ("1299", 1299, nil), ("1,299.00", 1299, nil),
            ("1.299,00", 1299, nil), ("1.234.567", 1_234_567, nil), ("1 299,00", 1299, nil),
            ("1\u{202f}299,5", 1299.5, nil), ("1'299.05", 1299.05, nil), ("1’299", 1299, nil),
            ("12,34,567.5", 1_234_567.5, nil),
            ("0.125", 0.125, nil), ("1234.500", 1234.5, nil), (".5", 0.5, nil), ("5.", 5, nil), ("-3.20", -3.2, nil),
            ("(12.00)", -12, nil), ("12.00-", -12, nil), ("\u{2212}7", -7, nil), ("+7", 7, nil), (" 12.00 ", 12, nil),
            ("1.5e3", 1500, nil), ("2E-2", 0.02, nil), ("0", 0, nil), ("$1,299.00", 1299, nil), ("-$5", -5, nil),
            ("$-5", -5, nil), ("1.299,00 €", 1299, "EUR"), ("€ 12", 12, "EUR"), ("USD 12.00", 12, "USD"),
            ("12.00 usd", 12, "USD"), ("R$ 1.234,50", 1234.5, "BRL"), ("Fr. 12.50", 12.5, "CHF"), ("99 zł", 99, "PLN"),
            ("(€1,200.50)", -1200.5, "EUR"), ("19,-", 19, nil), ("1.299,-", 1299, nil), ("€ 19,-", 19, "EUR"),
            ("19.-", 19, nil), ("1’234.–", 1234, nil), ("-19,-", -19, nil), ("Fr. 1'234.--", 1234, "CHF"),
            ("19,- €", 19, "EUR"),
        ] as [(String, Double, String?)])
    func reads(text: String, value: Double, currency: String?) throws {
        let amount = try AmountText.amount(text)
        #expect(amount.value == value)
        #expect(amount.currency == currency)
    }

    @Test("One mark with three digits behind it is read only where it is said what it means")
    func ambiguous() throws {
        for text in ["1.000", "1,000", "12.345", "123,456", "$1,000", "1.000 €", "-1.000"] {
            #expect(throws: AmountText.Fault.ambiguous, "\(text)") { try AmountText.amount(text) }
        }
        #expect(try AmountText.amount("1.000", decimalMark: .point).value == 1)
        #expect(try AmountText.amount("1.000", decimalMark: .comma).value == 1000)
        #expect(try AmountText.amount("1,000", decimalMark: .point).value == 1000)
        #expect(try AmountText.amount("1,000", decimalMark: .comma).value == 1)
        #expect(try AmountText.amount("1.234,50 €", decimalMark: .comma).value == 1234.5)
    }

    @Test(
        "What is no amount is none, and never zero",
        arguments: [
            "", " ", "N/A", "free", "twelve", "--", "-", "1.2.3", "1,2,3", "12,34.5", "1..5", "12 34", "$", "EUR",
            "1,299.00,5", "NaN", "Infinity", "0x10", "10%", "1e", "1e400", "12 apples", "$1 $2", "()", ",", "1.234,5.6",
        ])
    func refuses(text: String) {
        #expect(throws: AmountText.Fault.self) { try AmountText.amount(text) }
    }

    @Test("Where the mark is declared another before decimals is refused")
    func declared() {
        #expect(throws: AmountText.Fault.notANumber) { try AmountText.amount("42.50", decimalMark: .comma) }
        #expect(throws: AmountText.Fault.notANumber) { try AmountText.amount("42,50", decimalMark: .point) }
    }
}
