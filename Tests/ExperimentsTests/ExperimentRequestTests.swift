import Testing
import WeirExperiments
import WeirMeasuring
import WeirReporting
import WeirTables

/// What a test's file must be for a verdict.
@Suite struct ExperimentRequestTests {
    private func request(_ text: String) -> ExperimentRequest {
        var request = ExperimentRequest()
        request.input = MeasuredFile(name: "units.csv", content: Array(text.utf8))
        (request.arm, request.unit, request.metric) = ("arm", "unit", ["revenue"])
        return request
    }

    private func rows(_ count: Int) -> String {
        "unit,arm,revenue\n" + (0..<count).map { "u\($0),\($0 % 2 == 0 ? "A" : "B"),\($0 % 7)\n" }.joined()
    }

    @Test(
        "Where rows that cannot be read may be all that an arm sold there is no verdict, but the lines and the remedy")
    func gaps() throws {
        let error = try #require(throws: MeasurementError.self) {
            try request(rows(200) + "x1,B,12,50\nx2,B,13,50\n").report()
        }
        #expect(error.description.contains("2 of 202 rows of “units.csv” cannot be read"))
        #expect(error.description.contains("Line 202: 4 cells") && error.description.contains("Mend them"))
    }

    @Test("A row in thousands that cannot be read is the report's first warning")
    func smallGap() throws {
        let report = try request(rows(2000) + "x1,B,12,50\n").report()
        #expect(report.warnings.first?.hasPrefix("Line 2002: 4 cells") == true)
        #expect(try request(rows(2000)).report().warnings == Array(report.warnings.dropFirst()))
    }

    @Test(
        "A file without a row says why there is none",
        arguments: [
            ("unit,arm,revenue\n", "has a header and no row below it"),
            ("unit,arm,revenue\nu1,B,12,50\n", "has no line that can be read"),
            ("unit,arm,revenue\nu1,,12\n", "Column “arm” is empty in every row"),
        ])
    func noRows(text: String, reason: String) throws {
        let error = try #require(throws: (any Error).self) { try request(text).report() }
        #expect("\(error)".contains(reason))
    }

    @Test("Amounts too large to be added up are refused with their line and column, and others give finite figures")
    func largeAmounts() throws {
        for huge in ["1e308", "-1e+61"] {
            let error = try #require(throws: TableError.self) { try request(rows(40) + "x,B,\(huge)\n").report() }
            #expect("\(error)".contains("line 42, column “revenue”") && "\(error)".contains("too large to be added up"))
        }
        let report = try request(rows(40) + "x,B,1e60\ny,A,-1e60\n").report()
        let figures = report.figures.map(\.quantity)
        #expect(figures.allSatisfy { $0.value.isFinite && $0.lower?.isFinite != false })
    }
}
