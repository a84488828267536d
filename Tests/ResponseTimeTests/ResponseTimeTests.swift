import WeirResponseTime
import Foundation
import Testing
import WeirReporting
import WeirStatistics
import WeirTables

@Suite("Response time")
struct ResponseTimeTests {
    /// 60 delays, some of them not over; the peer drew the same numbers.
    static let times = {
        var random = SplitMix64(seed: 9)
        return (0..<60).map { _ in
            let root = random.unit()
            return (seconds: Double(Int(1000 * root * root) + 1), isTreated: random.unit() < 0.8)
        }
    }()

    @Test(
        "Shares treated and their ranges equal lifelines' to 1e-7",
        arguments: [
            (50.0, 0.12279943218785072, 0.06046582, 0.24059947), (200, 0.3555261134441352, 0.24593113, 0.49527878),
            (600, 0.7166112352189123, 0.59035251, 0.83162296),
        ])
    func shares(_ seconds: Double, _ share: Double, _ lower: Double, _ upper: Double) {
        let found = WaitingTimes(Self.times).treatedShare(within: seconds)
        #expect(abs(found.estimate - share) < 1e-12)
        #expect(abs(found.lower - lower) < 1e-7 && abs(found.upper - upper) < 1e-7)
    }

    @Test("Who was treated at a second counts as treated within it, and not a moment sooner")
    func treatedAtThatSecond() {
        let waits = WaitingTimes([(1, true), (2, true), (3, false), (4, true)])
        #expect(waits.treatedShare(within: 1.999).estimate == 0.25)
        #expect(waits.treatedShare(within: 2).estimate == 0.5)
    }

    @Test("Quantiles and the median's range equal lifelines'")
    func quantiles() {
        let waits = WaitingTimes(Self.times)
        #expect(waits.quantile(0.5) == Interval(estimate: 348, lower: 213, upper: 483))
        #expect(waits.quantile(0.25).estimate == 106)
        #expect(waits.quantile(0.9).estimate == 923)
    }

    @Test("A share that was never reached has no time; nobody treated has none at all")
    func unreached() {
        let waits = WaitingTimes([(1, true), (5, false), (6, false), (7, false)])
        #expect(waits.quantile(0.25).estimate == 1)
        #expect(waits.quantile(0.5).estimate == .infinity)
        let none = WaitingTimes([(5, false), (6, false)])
        #expect(none.quantile(0.5).estimate == .infinity)
        #expect(none.treatedShare(within: 9).estimate == 0 && none.treatedShare(within: 9).upper > 0.5)
    }

    @Test("A response after one half-life has lost half of its value, one that has not come all of it")
    func decay() throws {
        let log = ResponseLog(entries: [
            .init(trigger: "a", seconds: 0, isTreated: true, value: 8),
            .init(trigger: "a", seconds: 60, isTreated: true, value: 10),
            .init(trigger: "a", seconds: 120, isTreated: true, value: 4),
            .init(trigger: "a", seconds: 30, isTreated: false, value: 7),
            .init(trigger: "a", seconds: 30, isTreated: true),
        ])
        let cost = try #require(DelayCost.decay(log, halfLifeSeconds: 60))
        #expect(abs(cost.treated.estimate - 8) < 1e-12)
        #expect(cost.waiting.estimate == 7 && cost.value == 29)
        #expect(abs(cost.total.estimate - 15) < 1e-12)
        #expect(cost.total.lower < 15 && cost.total.upper > 15)
    }

    @Test("The relation of outcome and delay equals statsmodels' with robust errors to 1e-9")
    func relation() throws {
        var random = SplitMix64(seed: 9)
        let entries = (0..<40).map { index in
            let seconds = Double(Int(1000 * random.unit()) + 1)
            let outcome = 20 - 1.5 * log2(seconds + 1) + 5 * Double(index % 2) + 4 * random.unit()
            return ResponseLog.Entry(
                trigger: index % 2 == 0 ? "cart" : "churn", seconds: seconds, isTreated: true, outcome: outcome)
        }
        let found = try #require(DelayCost.relation(entries, referenceSeconds: 3))
        #expect(abs(found.perDoubling.estimate + 1.7306889677992316) < 1e-9)
        #expect(abs(found.perDoubling.lower + 1.9345076298619703) < 1e-9)
        #expect(abs(found.probability / 3.0569342207594103e-19 - 1) < 1e-6)
        let excess = entries.reduce(0) { $0 + max(0, log2($1.seconds + 1) - 2) }
        #expect(abs(found.cost.estimate - 1.7306889677992316 * excess) < 1e-6)
        #expect(DelayCost.relation(Array(entries.prefix(19))) == nil)
        #expect(DelayCost.relation(Array(entries.prefix(20))) != nil)
    }

    static func table(_ rows: [(String, String, String, Double)]) -> Table {
        func column(_ texts: [String]) -> Table.Column {
            let levels = Array(Set(texts)).filter { !$0.isEmpty }.sorted()
            return .categories(
                codes: .init(texts.map { text in Int32(levels.firstIndex(of: text) ?? -1) }), levels: levels)
        }
        return Table(
            name: "log.csv", names: ["trigger", "signal", "treated", "value"],
            columns: [
                column(rows.map(\.0)), column(rows.map(\.1)), column(rows.map(\.2)), .numbers(.init(rows.map(\.3))),
            ])
    }

    @Test("Rows are read; wrong ones are left out and said with their line")
    func reading() throws {
        let log = try ResponseLog(
            Self.table([
                ("cart", "2025-03-01T12:00:00Z", "2025-03-01T12:01:30Z", 5), ("cart", "2025-03-01T12:00:00Z", "", 5),
                ("cart", "2025-03-01T12:10:00Z", "2025-03-01T12:01:30Z", 5), ("", "2025-03-01T12:00:00Z", "", 5),
                ("cart", "yesterday", "", 5), ("cart", "2025-03-01T12:00:00Z", "", -1),
            ]))
        // Watching ends with the latest moment of the file, 12:10.
        #expect(log.entries.map(\.seconds) == [90, 600])
        #expect(log.entries.map(\.isTreated) == [true, false])
        #expect(log.warnings.count == 4)
        for part in [
            "line 4: the treatment comes before", "line 5: column “trigger”", "line 6", "negative or infinite",
        ] {
            #expect(log.warnings.contains { $0.contains(part) }, "\(part)")
        }
    }

    @Test("What came after the end of watching was not known then")
    func watching() throws {
        let table = Self.table([("cart", "0", "90", 5), ("cart", "10", "20", 5), ("cart", "70", "80", 5)])
        let log = try ResponseLog(table, end: 60)
        #expect(log.entries.map(\.seconds) == [60, 10] && log.entries.map(\.isTreated) == [false, true])
        #expect(log.warnings.count == 1)
        #expect(throws: MeasurementError.self) { try ResponseLog(table, end: -1) }
    }

    @Test("The report tells delays by trigger and the cost")
    func report() throws {
        let entries = Self.times.enumerated().map { index, time in
            ResponseLog.Entry(
                trigger: index % 2 == 0 ? "cart" : "churn", seconds: time.seconds, isTreated: time.isTreated, value: 3,
                outcome: 10 - log2(time.seconds + 1))
        }
        let report = ResponseLog(entries: entries).report(.init(halfLifeSeconds: 300, unit: .money("EUR")))
        #expect(report.conclusion[0].hasPrefix("Half of the signals led to a changed treatment within 5.8 min"))
        #expect(
            report.figures.map(\.name).contains("delay_cost") && report.figures.map(\.name).contains("outcome_cost"))
        #expect(report.tables.map(\.name) == ["triggers", "delay-cost"])
        #expect(report.tables[0].rows.count == 3)
        let plain = ResponseLog(
            entries: entries.map { .init(trigger: $0.trigger, seconds: $0.seconds, isTreated: true) })
        #expect(plain.report().figures.map(\.name) == ["median", "p90", "never"])
    }
}
