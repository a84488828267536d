import Foundation
import Testing
import WeirConsole
import WeirDomain
import WeirReporting

@Suite("Reports as pages, and the page Measure")
struct ReportPageTests {
    static let reports: [(name: String, html: String)] = [
        ("report", reportPage(.rich)), ("report-bare", reportPage(.bare)),
    ]
    static let pages: [(name: String, html: String)] =
        [
            ("measure", measurePage(.rich)), ("measure-empty", measurePage(.empty)),
            ("measurement", measurementPage(MeasureSnapshot.rich.entries[1], asOf: MeasureSnapshot.rich.generatedTime)),
        ]

    @Test(
        "The page is as recorded; WEIR_RECORD_GOLDEN=1 records it anew",
        arguments: ["report", "report-bare", "measure", "measure-empty", "measurement"])
    func golden(name: String) throws {
        // The stylesheet, in the page or its version in a link, changes on its own.
        let page = try #require((Self.reports + Self.pages).first { $0.name == name }).html
            .replacing(/\?v=[0-9a-z]+/, with: "?v=VERSION")
            .replacing(/(?s)<style>.*<\/style>/, with: "<style>STYLE</style>")
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/\(name).html")
        if ProcessInfo.processInfo.environment["WEIR_RECORD_GOLDEN"] != nil {
            try Data(page.utf8).write(to: file)
        }
        #expect(page == String(decoding: try Data(contentsOf: file), as: UTF8.self))
    }

    @Test("Ids are unique, and every label and link within the page leads to one")
    func references() {
        for (name, page) in Self.reports + Self.pages {
            let ids = page.matches(of: /\sid="([^"]+)"/).map { String($0.1) }
            #expect(ids.count == Set(ids).count, "\(name)")
            let named = page.matches(of: /(?:aria-labelledby|aria-describedby)="([^"]+)"/)
                .flatMap { $0.1.split(separator: " ") }
            let linked = page.matches(of: /href="#([^"]+)"/).map(\.1)
            for reference in named + linked { #expect(ids.contains(String(reference)), "\(name): \(reference)") }
        }
    }

    @Test("A report's page has all inside: no address but of data, no script; and its policy lets nothing else in")
    func selfContained() {
        for (name, page) in Self.reports {
            #expect(page.matches(of: /(src|href|action)="(?!data:|#)/).isEmpty, "\(name)")
            #expect(!page.contains("<script") && !page.contains("url(") && !page.contains("@import"), "\(name)")
            #expect(page.matches(of: /\son[a-z]+=/).isEmpty, "\(name)")
        }
        #expect(reportContentSecurityPolicy.hasPrefix("default-src 'none'"))
    }

    @Test("The console's pages hold its content security policy: nothing inline, nothing from elsewhere")
    func security() {
        for (name, page) in Self.pages {
            #expect(!page.contains(" style=") && !page.contains("<style"), "\(name)")
            #expect(page.matches(of: /(src|href|action)="(?!\/|#)/).isEmpty, "\(name)")
            #expect(page.contains("<a href=\"/measure\" aria-current=\"page\">"), "\(name)")
        }
    }

    @Test("No picture or cell says nan or inf, however the values are")
    func strange() {
        let bad: [Double] = [.nan, .infinity, -.infinity, 0, 1e-300, 1e300, -5]
        let places = bad.indices.map(Double.init)
        let lines = Chart.Lines(
            series: [.init("a", x: places, y: bad), .init("b", .background, x: [], y: [])],
            band: .init(x: places, lower: bad, upper: bad.reversed()), horizontal: .number(label: "n"),
            unit: .money("USD"), marks: [.init("outside", at: 99)])
        let kinds: [Chart.Kind] = [
            .lines(lines), .lines(.init(series: [], horizontal: .time, unit: .count)),
            .lines(.init(series: [.init("one", x: [5], y: [7])], horizontal: .time, unit: .percent)),
            .intervals(
                bad.map { .init("x", Quantity($0, .points, lower: $0, upper: .infinity)) }, unit: .points, zero: 0),
            .intervals([], unit: .count, zero: nil),
            .bars(bad.map { .init("x", [$0, 1]) }, series: ["a", "b"], unit: .percent),
            .bars([], series: [], unit: .ratio),
        ]
        for kind in kinds {
            let report = Report(
                kind: "odd", title: "Odd",
                figures: bad.map { .init("f", "f", Quantity($0, .seconds, lower: -.infinity, upper: $0)) },
                sections: [
                    .init(
                        "s", charts: [Chart(name: "c", title: "c", summary: "c", kind)],
                        tables: [
                            ReportTable(
                                name: "t", columns: [.init("v", "v")], rows: bad.map { [.quantity(Quantity($0))] })
                        ])
                ])
            let page = reportPage(report).replacing(/(?s)<style>.*<\/style>/, with: "")
            #expect(page.matches(of: /(?i)[ "(>,LM]-?(nan|inf)[ %"<,L]/).isEmpty, "\(kind)")
            #expect(page.hasSuffix("</html>\n"))
        }
    }

    @Test("What people choose is text, never markup")
    func escaping() {
        let evil = "<b>\"x\" & 'y'</b>"
        let chart = Chart(
            name: evil, title: evil, summary: evil,
            .bars([.init(evil, [1])], series: [evil], unit: .named(evil)))
        let report = Report(
            kind: "k", title: evil, conclusion: [evil], figures: [.init("f", evil, Quantity(1, .named(evil)))],
            warnings: [evil],
            sections: [
                .init(
                    evil, text: [evil], charts: [chart],
                    tables: [ReportTable(name: "t", caption: evil, columns: [.init("c", evil)], rows: [[.text(evil)]])])
            ], assumptions: [evil], data: [evil])
        #expect(!reportPage(report).contains("<b>\"") && !reportPage(report).contains("<b>&quot;"))
        let entry = MeasureSnapshot.Entry(id: evil, report: report)
        let page = measurePage(MeasureSnapshot(generatedTime: MeasureSnapshot.empty.generatedTime, entries: [entry]))
        #expect(!page.contains("<b>"))
        #expect(page.contains("href=\"/measure/k/%3Cb%3E%22x%22%20%26%20%27y%27%3C%2Fb%3E\""))
    }

    @Test("Each picture has its figures as a table: under it, or in the report by the same name")
    func twins() {
        let page = reportPage(.rich)
        let charts = Report.rich.sections.flatMap(\.charts)
        let tables = Set(Report.rich.tables.map(\.name))
        #expect(page.components(separatedBy: "<figure ").count - 1 == charts.count)
        #expect(
            page.components(separatedBy: "<details class=\"fold\">").count - 1
                == charts.count { !tables.contains($0.name) })
        for chart in charts { #expect(measurementTable(chart.name, of: .rich)?.rows.isEmpty == false, "\(chart.name)") }
        #expect(measurementTable(nil, of: .rich)?.name == "cities")
        #expect(measurementTable("nothing", of: .rich) == nil && measurementTable(nil, of: .bare) == nil)
    }

    @Test(
        "An effect whose range holds zero is grey and hollow; one whose range does not is not",
        arguments: [-0.001, 0.001])
    func unclear(lower: Double) {
        let report = Report(
            kind: "k", title: "t", figures: [.init("f", "f", Quantity(0.02, .percent, lower: lower, upper: 0.05))])
        #expect(reportPage(report).contains("<span class=\"unclear\">") == (lower < 0))
        #expect(reportPage(report).contains("may be nothing") == (lower < 0))
    }

    @Test("A table shows 200 rows and says where the rest is", arguments: [200, 201])
    func long(count: Int) {
        let table = ReportTable(
            name: "customers", columns: [.init("n", "n")], rows: (0..<count).map { [.count($0)] })
        let page = reportPage(Report(kind: "k", title: "t", sections: [.init("s", tables: [table])]))
        #expect(page.components(separatedBy: "<tr>").count - 1 == 201)
        #expect(page.contains("The first 200 of 201 rows") == (count == 201))
        #expect(page.contains("download=\"customers.csv\""))
    }

    @Test("The figures of a column have the same digits, as many as the least needs and no more")
    func digits() {
        let columns: [(Quantity.Unit, [Double], [String])] = [
            (.percent, [0.05, 0.1234], ["5.0 %", "12.3 %"]), (.percent, [0.5, 1], ["50 %", "100 %"]),
            (.percent, [0.026, 1.021], ["2.6 %", "102.1 %"]),
            (.money("USD"), [3, 12.5], ["3.00", "12.50"]), (.money("USD"), [3, 12_000], ["3", "12,000"]),
            (.number(), [1.234, 22.5], ["1.2", "22.5"]), (.count, [7], ["7"]), (.days, [14, 28], ["14", "28"]),
            (.probability, [0.00001, 0.04], ["&lt; 0.0001", "0.0400"]), (.points, [0.0132], ["1.32"]),
        ]
        for (unit, values, expected) in columns {
            let table = ReportTable(name: "t", columns: [.init("v", "v")], rows: values.map { [.number($0, unit)] })
            let page = reportPage(Report(kind: "k", title: "t", sections: [.init("s", tables: [table])]))
            let cells = page.matches(of: /<td class="n">([^<]*)<\/td>/).map { String($0.1) }
            #expect(cells == expected, "\(unit)")
        }
    }

    @Test("Measure lists each measurement with its answer, and without any says what will appear and how")
    func list() {
        let page = measurePage(.rich)
        for entry in MeasureSnapshot.rich.entries { #expect(page.contains(entry.report.title)) }
        #expect(page.contains("href=\"/measure/experiment/checkout%20%26%20more\""))
        #expect(page.contains("1 doubt<") && page.contains("Nothing beyond chance yet."))
        #expect(measurePage(.empty).contains("<code>weir apply</code>"))
        let single = measurementPage(MeasureSnapshot.rich.entries[1], asOf: MeasureSnapshot.rich.generatedTime)
        for ending in [".html", ".json", ".csv", ".csv?table=cities", ".csv?table=course"] {
            #expect(single.contains("href=\"/measure/geo-lift/spring\(ending)\""))
        }
        #expect(MeasureSnapshot.rich.entry(kind: "geo-lift", id: "spring")?.report == .rich)
        #expect(MeasureSnapshot.rich.entry(kind: "experiment", id: "spring") == nil)
    }
}
