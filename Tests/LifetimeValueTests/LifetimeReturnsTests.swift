import Foundation
import Testing
import WeirLifetimeValue
import WeirMeasuring
import WeirReporting

@Suite("Returns, one price and odd shops in lifetime value")
struct LifetimeReturnsTests {
    private static func history(_ text: String) throws -> PurchaseHistory {
        let rows = text.split(separator: "\n").map { line in
            let cells = line.split(separator: ",").map(String.init)
            return (customer: cells[0], date: cells[1], value: Double(cells[2]) ?? .nan)
        }
        return try PurchaseHistory(LifetimeValueTests.table(rows), columns: .init())
    }

    @Test("A return is no purchase, comes off the latest purchases before it, and what is left over is told")
    func returns() throws {
        let history = try Self.history(
            """
            a,2026-01-01,10
            a,2026-01-10,20
            a,2026-01-20,-25
            b,2026-01-05,-3
            b,2026-01-06,30
            c,2026-01-07,-4
            """)
        let known = history.summaries(through: LifetimeValueTests.day("2026-01-31"))
        #expect(known.customers.map { history.customers[$0] } == ["a", "b"])
        // The second purchase is wholly gone, and 5 of the first; neither the day nor the recency moves.
        #expect(known.summaries[0] == PurchaseSummary(repeats: 1, recencyDays: 9, ageDays: 30, meanValue: 0))
        let all = history.totals(through: LifetimeValueTests.day("2026-01-31"))
        #expect(all.gross == 60 && all.returned == 25)
        #expect(history.returned == 32 && history.unmatchedReturns == 7)
        #expect(history.warnings.contains { $0.contains("Returns of 7 ") })
        // What came back later was not known then.
        let before = history.summaries(through: LifetimeValueTests.day("2026-01-19"))
        #expect(before.summaries[0].meanValue == 20)
        let gross = history.summaries(through: LifetimeValueTests.day("2026-01-31"), beforeReturns: true)
        #expect(gross.summaries[0].meanValue == 20)
    }

    @Test("A file of returns alone has no purchase, and says so")
    func onlyReturns() {
        let error = #expect(throws: MeasurementError.self) { try Self.history("a,2026-01-01,-5\nb,2026-01-02,-6") }
        #expect(error?.description.contains("below 0") == true)
    }

    /// Customers who come again at rates of their own.
    ///
    /// - Parameter value: Of a purchase, by its number.
    private static func shop(seed: UInt64, customers: Int = 400, value: (Int) -> String) -> String {
        var world = LifetimeWorld(seed: seed)
        var lines = ["customer_id,date,value"]
        var count = 0
        for index in 0..<customers {
            for day in world.customer(ageDays: 250).days where day <= 250 {
                lines.append("c\(index),2026-\(text(1 + day / 28))-\(text(1 + day % 28)),\(value(count))")
                count += 1
            }
        }
        return lines.joined(separator: "\n")
    }

    private static func text(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    private static func report(_ content: String) throws -> Report {
        var request = LifetimeValueRequest()
        request.input = MeasuredFile(name: "shop.csv", content: Array(content.utf8))
        request.draws = 60
        request.discount = 0
        return try request.report()
    }

    private static func figure(_ name: String, _ report: Report) throws -> Quantity {
        try #require(report.figures.first { $0.name == name }).quantity
    }

    @Test("Where everything has one price, purchases are forecast and each is worth it", arguments: ["1", "9.9"])
    func onePrice(price: String) throws {
        let report = try Self.report(Self.shop(seed: 3) { _ in price })
        let purchases = try Self.figure("purchases", report)
        let value = try Self.figure("value", report)
        #expect(purchases.value > 10)
        #expect(abs(value.value / (purchases.value * (Double(price) ?? 0)) - 1) < 1e-9)
        #expect(!report.warnings.contains { $0.contains("mean of all repeat purchases") })
    }

    @Test("A file without values counts purchases, as one with the value 1 does, and says that it does")
    func counts() throws {
        let shop = Self.shop(seed: 3) { _ in "1" }
        let counted = shop.split(separator: "\n").map { $0.split(separator: ",").prefix(2).joined(separator: ",") }
        let report = try Self.report(counted.joined(separator: "\n"))
        #expect(report.warnings.contains { $0.contains("each purchase counts 1") })
        #expect(try Self.figure("value", report).value == Self.figure("value", Self.report(shop)).value)
    }

    @Test("Values net of returns are below those before them, by what comes back")
    func net() throws {
        let plain = Self.shop(seed: 5) { "\(10 + $0 % 7)" }
        let returned =
            plain + "\n"
            + plain.split(separator: "\n").dropFirst().enumerated().compactMap { index, line in
                guard index % 4 == 0 else { return nil }
                let cells = line.split(separator: ",")
                return "\(cells[0]),\(cells[1]),-5"
            }.joined(separator: "\n")
        let report = try Self.report(returned)
        let (net, gross) = (try Self.figure("net", report).value, try Self.figure("gross", report).value)
        #expect(abs(gross - net - (try Self.figure("returned", report).value)) < 1e-6)
        let value = try Self.figure("value", report).value
        let before = try Self.figure("value_before_returns", report).value
        #expect(value < before && abs(value / before / (net / gross) - 1) < 0.05)
        #expect(abs(before / (try Self.figure("value", Self.report(plain)).value) - 1) < 1e-9)
    }
}
