import Testing
import WeirJSON
import WeirReporting

@Suite("Reports")
struct ReportTests {
    @Test(
        "A value is shown with its unit and as many digits as help",
        arguments: [
            (Quantity(1234.5678), "1,235"), (Quantity(0.012345), "0.01235"), (Quantity(0), "0"),
            (Quantity(-3.14159), "−3.142"), (Quantity(1e-7), "1e−07"), (Quantity(2.5, .number(digits: 1)), "2.5"),
            (Quantity(4666.6, .count), "4,667"), (Quantity(0.0542, .percent), "5.4 %"),
            (Quantity(0.00512, .percent), "0.51 %"), (Quantity(12, .percent), "1,200 %"),
            (Quantity(0.0132, .points), "1.32 points"), (Quantity(1234.5, .money("USD")), "1,234.50 USD"),
            (Quantity(123_456.7, .money("EUR")), "123,457 EUR"), (Quantity(0.00001, .probability), "< 0.0001"),
            (Quantity(0.0316, .probability), "0.0316"), (Quantity(3.2, .ratio), "3.20 ×"), (Quantity(.nan), "–"),
            (Quantity(14, .days), "14.00 days"), (Quantity(12.3, .named("conversions")), "12.30 conversions"),
            (Quantity(0.05, .percent, lower: 0.01, upper: .infinity), "5.0 % (1.0 % to ∞)"),
        ])
    func text(quantity: Quantity, expected: String) {
        #expect(quantity.text == expected)
    }

    private let report = Report(
        kind: "experiment", title: "Free coffee", conclusion: ["B sells more."],
        figures: [.init("lift", "Lift", Quantity(0.05, .percent, lower: 0.01, upper: 0.09))],
        warnings: ["Few orders."],
        sections: [
            .init(
                "Arms",
                tables: [
                    ReportTable(
                        name: "arms", columns: [.init("arm", "Arm"), .init("rate", "Rate"), .init("p", "p")],
                        rows: [
                            [.text("a, “the \"old\" one”"), .number(0.1, .percent), .empty],
                            [
                                .text("=b"), .quantity(Quantity(0.105, .percent, lower: 0.1, upper: 0.11)),
                                .number(.nan),
                            ],
                        ])
                ])
        ],
        assumptions: ["Arms are independent."], data: ["orders.csv, 100 rows"])

    @Test("JSON has figures and tables by name, with null where nothing can be said")
    func json() {
        let json = report.json
        #expect(json["figures"]?["lift"]?["upper"]?.double == 0.09)
        guard case .array(let rows) = json["tables"]?["arms"] else {
            Issue.record("no table")
            return
        }
        #expect(rows[0]["rate"]?.double == 0.1)
        #expect(rows[1]["rate"]?["lower"]?.double == 0.1)
        #expect(rows[1]["p"] == .null)
    }

    @Test("CSV has a range in columns of its own, quotes where needed and no formulas")
    func csv() {
        #expect(
            report.tables[0].csv
                == "arm,rate,rate_lower,rate_upper,p\r\n\"a, “the \"\"old\"\" one”\",0.1,,,\r\n'=b,0.105,0.1,0.11,\r\n")
    }

    @Test("Text has the answer first, columns aligned")
    func terminal() {
        let lines = report.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        #expect(Array(lines[..<3]) == ["Free coffee", "===========", "B sells more."])
        #expect(lines.contains("Lift  5.0 % (1.0 % to 9.0 %)"))
        #expect(lines.contains("! Few orders."))
        #expect(lines.contains("a, “the \"old\" one”                     10.0 %"))
    }
}
