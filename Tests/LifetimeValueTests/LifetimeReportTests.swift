import WeirLifetimeValue
import Foundation
import Testing
import WeirDomain
import WeirReporting
import WeirStatistics
import WeirTables

@Suite("Lifetime value of CDNOW's customers, and its report")
struct LifetimeReportTests {
    /// Nil where the data are not here.
    static func history(_ file: String) throws -> PurchaseHistory? {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let path = root.appendingPathComponent("../shared/data/cdnow/" + file).path
        guard FileManager.default.fileExists(atPath: path) else {
            print("Skipped: there is no ../shared/data/cdnow/\(file).")
            return nil
        }
        let table = try Table(path: path, mustBeNumbers: ["value"], mustBeCategories: ["customer_id", "date"])
        return try PurchaseHistory(table, columns: .init())
    }

    struct Reference: Sendable {
        var file: String
        var purchases: [Double]
        var money: [Double]
        var logLikelihood: Double
        var error: Double
        var rootError: Double
        var expected: Double
        var actual: Double
    }

    /// Figures of the package Lifetimes 0.11.3.
    static let references = [
        Reference(
            file: "sample.csv.gz", purchases: [0.242595, 4.413603, 0.792922, 2.425906],
            money: [6.249572, 3.744225, 15.443521], logLikelihood: -9582.429207, error: 0.785454, rootError: 1.607982,
            expected: 1653.408724, actual: 1882),
        Reference(
            file: "transactions.csv.gz", purchases: [0.251624, 4.788945, 0.723433, 2.161087],
            money: [6.275359, 3.62445, 14.983689], logLikelihood: -95368.443933, error: 0.818742, rootError: 1.732911,
            expected: 16873.737004, actual: 19684),
    ]

    @Test("Parameters and errors on the time kept back are those of the peer", arguments: references)
    func reference(known: Reference) throws {
        guard let history = try Self.history(known.file) else { return }
        let check = try LifetimeCheck(
            history, calibrationEnd: LifetimeValueTests.day("1997-09-30"), end: LifetimeValueTests.day("1998-06-30"),
            draws: 20, seed: 0)
        for (found, wanted) in zip(check.model.purchases.model.parameters, known.purchases) {
            #expect(abs(found / wanted - 1) < 1e-4)
        }
        for (found, wanted) in zip(try #require(check.model.money.fitted).model.parameters, known.money) {
            #expect(abs(found / wanted - 1) < 1e-4)
        }
        #expect(abs(check.model.purchases.logLikelihood - known.logLikelihood) < 1e-3)
        #expect(abs(check.meanAbsoluteError - known.error) < 1e-5)
        #expect(abs(check.rootMeanSquareError - known.rootError) < 1e-5)
        #expect(abs(check.expected.estimate / known.expected - 1) < 1e-4)
        #expect(check.actual == known.actual)
        // The lines end where all repeat purchases have been counted.
        let repeats = history.summaries(through: check.end).summaries.reduce(0) { $0 + $1.repeats }
        #expect(check.track.actual.last == Double(repeats))
    }

    @Test("Standard errors are those of a likelihood written another way and differentiated numerically")
    func standardErrors() throws {
        guard let history = try Self.history("sample.csv.gz") else { return }
        let model = try LifetimeModel(
            fitting: history.summaries(through: LifetimeValueTests.day("1997-09-30")).summaries)
        for (index, error) in [0.01255738, 0.37822404, 0.18573384, 0.7054144].enumerated() {
            #expect(abs(model.purchases.standardError(index) / error - 1) < 1e-4)
        }
        for (index, error) in [1.19006942, 0.29013546, 4.15947889].enumerated() {
            #expect(abs(try #require(model.money.fitted).standardError(index) / error - 1) < 1e-4)
        }
    }

    @Test("The report answers in words, and the same seed gives the same report")
    func report() throws {
        let study = try LifetimeValueTests.study(LifetimeValueTests.trial(seed: 8, perArm: 500, factor: 1.5))
        let again = try LifetimeValueTests.study(LifetimeValueTests.trial(seed: 8, perArm: 500, factor: 1.5))
        let report = study.report
        #expect(report == again.report)
        #expect(report.conclusion[0].contains("“coupon”") && report.conclusion[0].contains("worth more"))
        #expect(report.figures.first?.name == "clv_lift")
        for name in ["value", "value_per_customer", "new_customer_value", "observed_value", "alive"] {
            #expect(report.figures.contains { $0.name == name && $0.quantity.value.isFinite })
        }
        #expect(report.tables.map(\.name) == ["lift", "by-cohort", "by-arm", "observed", "parameters"])
        #expect(!report.assumptions.isEmpty && !report.data.isEmpty)
    }

    @Test("A forecast that the time kept back belies is doubted")
    func doubts() throws {
        // Everybody stops halfway, which no steady rate foresees.
        var rows: [(customer: String, date: String, value: Double)] = [("c0", "2026-02-01", 9)]
        var world = LifetimeWorld(seed: 4)
        let start = LifetimeValueTests.day("2025-01-01")
        for index in 0..<1_000 {
            let customer = world.customer(ageDays: 200)
            for (day, value) in zip(customer.days, customer.values) where day <= 200 {
                let date = Timestamp(microseconds: Int64(start + day) * 86_400_000_000).isoDate
                rows.append(("c\(index)", date, value))
            }
        }
        let history = try PurchaseHistory(LifetimeValueTests.table(rows), columns: .init())
        let study = try LifetimeStudy(
            history, .init(calibrationEnd: start + 200, horizon: LifetimeHorizon(weeks: 26), draws: 50))
        #expect(study.warnings.contains { $0.contains("fewer purchases than the model expected") })
    }

    @Test(
        "Where all customers are alike, a weak prior holds the parameters, is told, and forecasts are near the truth"
    )
    func alike() throws {
        var rows: [(customer: String, date: String, value: Double)] = []
        var random = Xoshiro256StarStar(seed: 4)
        let start = LifetimeValueTests.day("2025-01-01")
        for customer in 0..<400 {
            for day in 0..<200 where day == 0 || random.unit() < 0.1 {
                let date = Timestamp(microseconds: Int64(start + day) * 86_400_000_000).isoDate
                rows.append(("c\(customer)", date, 5 + 20 * random.unit()))
            }
        }
        let history = try PurchaseHistory(LifetimeValueTests.table(rows), columns: .init())
        let study = try LifetimeStudy(history, .init(horizon: LifetimeHorizon(weeks: 10), draws: 50))
        let found = study.forecast
        let forecast = try #require(found)
        #expect(forecast.model.purchases.isHeld && forecast.model.money.fitted?.isHeld == true)
        #expect(study.warnings.contains { $0.contains("hardly differs between customers") })
        #expect(study.warnings.contains { $0.contains("do not tell all parameters of buying") })
        // 400 customers buy on one day of ten, for 70 days.
        #expect(abs(forecast.total.purchases / 2_800 - 1) < 0.1)
        #expect(abs(forecast.total.value.estimate / (2_800 * 15) - 1) < 0.1)
    }

    @Test("Days out of order are refused", arguments: ["2024-12-31", "2025-11-30"])
    func days(calibrationEnd: String) throws {
        let table = LifetimeValueTests.trial(seed: 8, perArm: 100, factor: 1)
        let history = try PurchaseHistory(table, columns: .init())
        #expect(throws: MeasurementError.self) {
            try LifetimeStudy(
                history,
                .init(calibrationEnd: LifetimeValueTests.day(calibrationEnd), horizon: LifetimeHorizon(weeks: 9)))
        }
    }

    @Test("Where no model can be fitted, what was observed is still told")
    func observedAlone() throws {
        let rows = (0..<30).map { ("c\($0)", "2025-01-\($0 % 9 + 10)", Double($0)) } + [("x", "2025-06-01", 1.0)]
        let history = try PurchaseHistory(LifetimeValueTests.table(rows), columns: .init())
        let study = try LifetimeStudy(history, .init(horizon: LifetimeHorizon(weeks: 8)))
        #expect(study.forecast == nil && study.observed.value != nil)
        #expect(study.report.conclusion.count == 1)
        #expect(study.warnings.contains { $0.contains("BG/NBD cannot be fitted") })
        #expect(throws: MeasurementError.self) {
            try LifetimeStudy(history, .init(horizon: LifetimeHorizon(weeks: 80)))
        }
    }
}
