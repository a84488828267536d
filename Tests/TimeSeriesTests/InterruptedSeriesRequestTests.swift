import Foundation
import Testing
import WeirMeasuring
import WeirReporting
import WeirTimeSeries

@Suite("Requests for an interrupted series")
struct InterruptedSeriesRequestTests {
    /// Gross revenue is 1.19 times net revenue on each day.
    private static var request: InterruptedSeriesRequest {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Fixtures/control-is-multiple.csv")
        var request = InterruptedSeriesRequest()
        request.input = MeasuredFile(path: file.path)
        request.outcome = "gross"
        request.start = "2026-02-23"
        return request
    }

    @Test(
        "A control that is the outcome itself, or a multiple of it, is refused with the remedy",
        arguments: ["net", "gross"])
    func explainsAll(control: String) throws {
        var request = Self.request
        request.control = [control]
        if control == "gross" { request.outcome = "net" }
        let error = try #require(throws: MeasurementError.self) { try request.report() }
        #expect(error.faults.count == 1)
        #expect(error.description.contains("“\(control)”") && error.description.contains("leave it out"))
    }

    @Test("Without it there is a report")
    func without() throws { #expect(try Self.request.report().kind == "interrupted-series") }

    @Test("Texts that are no dates and rules that are none are refused before a file is read")
    func checks() {
        var request = InterruptedSeriesRequest()
        #expect(throws: MeasurementError("--start is missing. Give the first date of the intervention.")) {
            try request.check()
        }
        request.start = "soon"
        #expect(throws: MeasurementError("--start “soon” is no date. Write it as 2025-03-01.")) { try request.check() }
        request.start = "2025-03-01"
        request.holiday = ["whenever"]
        #expect(throws: MeasurementError.self) { try request.check() }
    }
}
