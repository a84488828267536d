import Foundation
import Testing
import WeirLifetimeValue
import WeirMeasuring
import WeirReporting

@Suite("Requests for lifetime value")
struct LifetimeValueRequestTests {
    @Test(
        "Purchases that tell the parameters hardly at all give a forecast that says so",
        arguments: [("small-shop.csv", 26.0, 200), ("customers-400.csv", 52, 500)])
    func hardlyTold(name: String, horizon: Double, draws: Int) throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Fixtures/\(name)")
        var request = LifetimeValueRequest()
        request.input = MeasuredFile(path: file.path)
        request.horizon = horizon
        request.draws = draws
        let report = try request.report()
        #expect(report.warnings.contains { $0.contains("a weak prior holds r, alpha, a and b") })
        let value = try #require(report.figures.first { $0.name == "value" }).quantity
        let (lower, upper) = (try #require(value.lower), try #require(value.upper))
        #expect(lower <= value.value && value.value <= upper && upper.isFinite)
    }
}
