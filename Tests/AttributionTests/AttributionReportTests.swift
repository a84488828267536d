import WeirAttribution
import WeirMeasuring
import Foundation
import Testing
import WeirReporting
import WeirStatistics

@Suite("The report of attribution")
struct AttributionReportTests {
    private func study(resamples: Int = 100) throws -> AttributionStudy {
        try AttributionStudy(
            try AttributionSamples.journeys(AttributionSamples.paths(4_000, seed: 3)),
            settings: AttributionSamples.settings(resamples: resamples))
    }

    @Test("It says plainly that attribution is not incrementality, and gives each model its assumption")
    func words() throws {
        let report = AttributionReport(try study()).report
        #expect(report.conclusion.contains { $0.hasPrefix("Attribution is not incrementality") })
        for model in AttributionModel.allCases {
            #expect(report.assumptions.contains { $0.hasPrefix(model.label + ":") })
        }
        #expect(report.sections.flatMap(\.charts).count >= 4)
        #expect(Set(report.tables.map(\.name)).count == report.tables.count)
        #expect(Set(report.sections.flatMap(\.charts).map(\.name)).count == report.sections.flatMap(\.charts).count)
        let credit = try #require(report.tables.first { $0.name == "credit" })
        #expect(credit.csv.hasPrefix("channel,first,first_lower,first_upper,last,"))
        #expect(credit.rows.count == 5)
    }

    @Test("Without resamples there are no ranges")
    func withoutRanges() throws {
        let report = AttributionReport(try study(resamples: 0)).report
        #expect(!report.tables.map(\.csv).joined().contains("_lower"))
        #expect(report.data.contains { $0.contains("No intervals") })
    }

    @Test("Claims beyond all conversions are named", arguments: [(1.0, true), (-1.0, false)])
    func claims(beyond: Double, isOver: Bool) throws {
        let study = try study()
        var report = AttributionReport(study)
        report.claims = [
            .init(channel: "ads", conversions: study.conversions / 2),
            .init(channel: "mail", conversions: study.conversions / 2 + beyond),
            .init(channel: "unheard", conversions: 0),
        ]
        let words = report.report.conclusion.joined()
        #expect(words.contains("more than there were") == isOver)
        #expect(words.contains("The largest over-claim is"))
        #expect(report.report.figures.first { $0.name == "over_claim" }?.quantity.value == beyond)
        #expect(report.report.warnings.contains { $0.contains("“unheard”") })
    }

    @Test("An experiment's factor is its result ÷ credit, and brings the credit to the result")
    func experiments() throws {
        let study = try study()
        var report = AttributionReport(study)
        let linear = try #require(study.credits.first { $0.model == .linear })
        report.experiments = [
            .init(channel: "ads", incremental: Interval(estimate: 20, lower: 10, upper: 30)),
            .init(channel: "mail", incremental: Interval(estimate: 30, lower: 25, upper: 35)),
        ]
        let calibration = CreditCalibration(linear, channels: study.channels, experiments: report.experiments, seed: 1)
        let ads = try #require(study.channels.firstIndex(of: "ads"))
        let blog = try #require(study.channels.firstIndex(of: "blog"))
        let factor = try #require(calibration.factors[ads])
        #expect(abs(factor.estimate - 20 / linear.conversions[ads].estimate) < 1e-12)
        // The experiment's own error is half of it, that of the credit adds little.
        #expect(abs((factor.upper - factor.lower) / (2 * factor.estimate) - 0.5) < 0.08)
        #expect(calibration.incremental[ads] == report.experiments[0].incremental)
        let guess = try #require(calibration.incremental[blog])
        let pooled = try #require(calibration.factors[blog])
        #expect(abs(guess.estimate - pooled.estimate * linear.conversions[blog].estimate) < 1e-9)
        #expect(guess.lower < guess.estimate && guess.estimate < guess.upper)
        #expect(calibration.isTested[ads] && !calibration.isTested[blog])
        let one = CreditCalibration(linear, channels: study.channels, experiments: [report.experiments[0]], seed: 1)
        #expect(one.incremental[blog] == nil && one.factors[ads] != nil)
        #expect(report.report.conclusion.contains { $0.contains("By experiment") })
        #expect(report.report.tables.contains { $0.name == "calibrated" })
    }

    @Test("Credit scaled to a total adds up to it, and is less sure where the total is")
    func offline() throws {
        let study = try study()
        func widths(_ error: Double) throws -> (sum: Double, width: Double) {
            var report = AttributionReport(study)
            report.offline = OfflineTotal(
                conversions: Interval(estimate: 2_000, lower: 2_000 - error, upper: 2_000 + error))
            let table = try #require(report.report.tables.first { $0.name == "offline" })
            let cells = table.rows.compactMap { row -> Quantity? in
                if case .quantity(let quantity) = row[1] { quantity } else { nil }
            }
            return (cells.reduce(0) { $0 + $1.value }, cells.reduce(0) { $0 + ($1.upper ?? 0) - ($1.lower ?? 0) })
        }
        let (sure, unsure) = (try widths(0), try widths(300))
        #expect(abs(sure.sum - 2_000) < 1e-9)
        #expect(unsure.width > sure.width)
    }

    @Test(
        "Files beside the journeys are refused with the reason",
        arguments: [
            ("channel,incremental,lower,upper\nads,5,6,7\n", "does not hold 5.0"),
            ("channel,incremental,lower,upper\nads,5,4,7\nads,5,4,7\n", "is there twice"),
            ("channel,incremental,lower,upper\nads,x,4,7\n", "x"),
        ])
    func experimentFaults(text: String, reason: String) throws {
        let error = #expect(throws: MeasurementError.self) {
            try AttributionSamples.withFiles([text]) { try ChannelExperiment.read(MeasuredFile(path: $0[0])) }
        }
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
    }

    @Test("Claims of one channel are added up, negative ones refused")
    func claimFile() throws {
        let claims = try AttributionSamples.withFiles(["channel,claimed\nads,5\nmail,1\nads,2\n"]) {
            try PlatformClaim.read(MeasuredFile(path: $0[0]))
        }
        #expect(claims == [.init(channel: "ads", conversions: 7), .init(channel: "mail", conversions: 1)])
        #expect(throws: MeasurementError.self) {
            try AttributionSamples.withFiles(["channel,claimed\nads,-5\n"]) {
                try PlatformClaim.read(MeasuredFile(path: $0[0]))
            }
        }
    }
}
