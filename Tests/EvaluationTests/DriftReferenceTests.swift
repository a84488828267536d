import Foundation
import Testing
import WeirEvaluation

/// Figures of numpy and scipy for a year of baskets, month by month against January.
@Suite("Drift of real baskets")
struct DriftReferenceTests {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("../shared/data/complete-journey")

    /// PSI and KS of sales, PSI and KS of lines, chi-square of the hour.
    static let months: [String: [Double]] = [
        "2017-02": [0.003681, 0.026745, 0.001164, 0.011681, 41.50],
        "2017-05": [0.005203, 0.018456, 0.004179, 0.023019, 484.55],
        "2017-09": [0.003444, 0.015218, 0.002962, 0.017308, 523.85],
        "2017-12": [0.011073, 0.037611, 0.001094, 0.011173, 61.83],
    ]

    struct Month {
        var sales: [Double] = []
        var lines: [Double] = []
        var hours = [Double](repeating: 0, count: 24)
    }

    /// - Returns: Nil where the data are not here.
    static func baskets() throws -> [String: Month]? {
        let file = folder.appendingPathComponent("baskets.csv.gz")
        guard FileManager.default.fileExists(atPath: file.path) else { return nil }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["gzip", "-dc", file.path]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        let lines = text.utf8.split(separator: 10)
        let header = lines[0].split(separator: 44).map { String(Substring($0)) }
        let places = ["timestamp", "sales_value", "lines"].map { header.firstIndex(of: $0)! }
        var months: [String: Month] = [:]
        for line in lines.dropFirst() {
            let cells = line.split(separator: 44, omittingEmptySubsequences: false)
            let time = String(Substring(cells[places[0]]))
            months[String(time.prefix(7)), default: Month()].sales.append(Double(Substring(cells[places[1]]))!)
            months[String(time.prefix(7))]!.lines.append(Double(Substring(cells[places[2]]))!)
            months[String(time.prefix(7))]!.hours[Int(time.dropFirst(11).prefix(2))!] += 1
        }
        return months
    }

    @Test("PSI, KS and chi-square equal the peer's for each month")
    func months() throws {
        guard let baskets = try Self.baskets() else {
            print("Skipped: “\(Self.folder.standardized.path)” is not here.")
            return
        }
        let reference = baskets["2017-01"]!
        for (month, expected) in Self.months.sorted(by: { $0.key < $1.key }) {
            let live = baskets[month]!
            let sales = numberDrift(column: "sales_value", reference: reference.sales, live: live.sales)
            let lines = numberDrift(column: "lines", reference: reference.lines, live: live.lines)
            let hours = categoryDrift(column: "hour", reference: reference.hours, live: live.hours)
            #expect(abs(sales.psi - expected[0]) < 6e-7)
            #expect(abs(sales.ks!.statistic - expected[1]) < 6e-7)
            #expect(abs(lines.psi - expected[2]) < 6e-7)
            #expect(abs(lines.ks!.statistic - expected[3]) < 6e-7)
            #expect(abs(hours.chiSquare!.statistic - expected[4]) < 6e-3)
            #expect(hours.chiSquare!.degreesOfFreedom == 23)
            #expect(sales.verdict == .stable)
            // Between March and October the feed's clock stands an hour off.
            #expect(
                hours.verdict == (["2017-05", "2017-09"].contains(month) ? .drifted : .stable), "\(month) \(hours)")
        }
    }
}
