import Testing
import WeirDomain
import WeirFiles
import WeirIngestion

@Suite("Reports of spend")
struct SpendReportTests {
    private func read(_ text: String, _ report: SpendReport = SpendReport()) throws -> SpendReport {
        var report = report
        try report.read(Array(text.utf8))
        return report
    }

    static let google = """
        Campaign report
        "November 1, 2026 - November 2, 2026"
        Day,Campaign,Currency code,Cost,Impr.,Clicks
        2026-11-01,Brand,EUR,"1,234.56","10,001",12
        2026-11-01,Brand,EUR,0.44,1,1
        2026-11-02,Shoes,EUR, --,55,0
        Total: Campaigns, --, --,"1,235.00","10,057",13
        Total: Account, --, --,"1,235.00","10,057",13

        """

    @Test("Titles and totals are left out, rows of a day and campaign add up, missing stays missing")
    func googleAds() throws {
        let report = try read(Self.google)
        #expect(report.rows.map(\.day) == ["2026-11-01", "2026-11-02"])
        #expect(report.rows.map(\.campaign) == ["Brand", "Shoes"])
        #expect(report.rows.map(\.amounts) == [[1_235_000_000, 10_002_000_000, 13_000_000], [nil, 55_000_000, 0]])
        #expect(report.rows.allSatisfy { $0.channel == "google_ads" })
        #expect(report.currency == "EUR" && report.leftOut == 2 && report.refused.isEmpty && report.read == 3)
    }

    @Test("The currency stands in the header, decimals are commas, the sum of all days has no day")
    func metaAds() throws {
        let report = try read(
            "Campaign name;Day;Amount spent (EUR);Impressions;Link clicks\nHerbst;2026-11-01;1.234,56;10.001;7\n"
                + "Herbst;2026-11-02;1.000;-;\n;;2.234,56;10.001;7\n")
        #expect(
            report.rows.map(\.amounts) == [[1_234_560_000, 10_001_000_000, 7_000_000], [1_000_000_000, nil, nil]])
        #expect(report.rows.map(\.channel) == ["meta", "meta"])
        #expect(report.currency == "EUR" && report.leftOut == 1 && report.refused.isEmpty)
    }

    @Test(
        "What cannot be told is refused with its line",
        arguments: [
            ("Day,Cost\n2026-11-01,1.000\n", 2, "two amounts"), ("Day,Cost\n2026-11-01,free\n", 2, "no amount"),
            ("Day,Cost\n02/03/2026,1.50\n", 2, "--dates"), ("Day,Cost\n2026-11-01,-5.00\n", 2, "given back"),
            ("Campaign,Day,Cost\nA,,5.00\n", 2, "by day"),
            (
                "Campaign name,Reporting starts,Reporting ends,Amount spent (USD)\nA,2026-11-01,2026-11-30,5.00\n", 2,
                "covers"
            ),
            ("Day,Cost,Currency\n2026-11-01,1.50,EUR\n2026-11-01,1.50,USD\n", 3, "cannot be added up"),
            ("Day,Cost\n2026-11-01,1.50,3\n", 2, "cells"),
        ])
    func refused(text: String, line: Int, words: String) throws {
        let report = try read(text)
        #expect(report.refused.map(\.line) == [line])
        #expect(report.refused.first?.reason.contains(words) == true, "\(report.refused)")
    }

    @Test("A table without days or spend is none; a day and a mark can be declared")
    func declared() throws {
        #expect(throws: EventFileError.self) { try read("Campaign,Cost\nA,5.00\n") }
        #expect(throws: EventFileError.self) { try read("Day,Campaign,Clicks\n2026-11-01,A,5\n") }
        var dates = WrittenMoment()
        dates.order = .day
        let report = try read(
            "Day,Cost\n02/03/2026,1.000\n", SpendReport(channel: "tv", decimalMark: .comma, dates: dates))
        #expect(report.rows.map(\.day) == ["2026-03-02"] && report.rows.map(\.channel) == ["tv"])
        #expect(report.rows.map(\.amounts) == [[1_000_000_000, nil, nil]])
    }

    @Test("Where the report has days alone, a number in front of the figures is a day")
    func daysAlone() throws {
        let report = try read("Date,Cost\n20261101,1.50\n20261102,2.50\nTotal,4.00\n")
        #expect(report.spend == 4_000_000 && report.leftOut == 1)
    }
}
