import Foundation
import Testing
import WeirConsole
import WeirDomain
import WeirJSON

@Suite("The page Now")
struct NowPageTests {
    @Test("The small page is as recorded; WEIR_RECORD_GOLDEN=1 records it anew", arguments: ["now", "decision", "404"])
    func golden(name: String) throws {
        var page =
            switch name {
            case "now": nowPage(.small)
            case "decision": decisionPage(.sample)
            default: notFoundPage(path: "/nowhere")
            }
        // The versions of stylesheet and script change on their own.
        page = page.replacing(/\?v=[0-9a-z]+/, with: "?v=VERSION")
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/\(name).html")
        if ProcessInfo.processInfo.environment["WEIR_RECORD_GOLDEN"] != nil {
            try Data(page.utf8).write(to: file)
        }
        #expect(page == String(decoding: try Data(contentsOf: file), as: UTF8.self))
    }

    @Test("An empty page says for each part what will appear, with the command for it")
    func empty() {
        let page = nowPage(.empty)
        #expect(page.contains("waiting for the first decision"))
        let commands = FirstCommands()
        for command in [commands.event, commands.decision, commands.outcome, commands.catalog] {
            let escaped: HTML = "<pre tabindex=\"0\"><code>\(command)</code></pre>"
            #expect(page.contains(escaped.text))
        }
        #expect(page.components(separatedBy: "class=\"empty\"").count - 1 == 5)
        #expect(!page.contains("<td"))
    }

    @Test("Each part may be missing alone")
    func partly() {
        let strips: [(inout NowSnapshot) -> Void] = [
            { $0.decisions = Flow(total: 1) }, { $0.outcomes = Flow(total: 1, series: [3]) },
            { $0.decideLatency = nil },
            { $0.outcomeToModelP99Seconds = nil }, { $0.budgets[0].series = [] }, { $0.budgets[0].shadowPrices = [] },
            { $0.budgets[0].projectedEnd = nil }, { $0.effects = [$0.effects[7]] }, { $0.mix = nil },
            { $0.latest = [] },
            { $0.explained = nil }, { $0.targeting?.scores = [] }, { $0.sources[0].minutes = [] },
            { $0.sources[0].freshness = nil }, { $0.budgets[0].end = $0.budgets[0].start },
        ]
        for strip in strips {
            var snapshot = NowSnapshot.rich
            strip(&snapshot)
            let page = nowPage(snapshot)
            #expect(page.hasSuffix("</html>\n"))
            #expect(!page.contains("nan") && !page.contains("inf%"))
        }
    }

    @Test("Every picture has its figures as a table, here or in the section it is a summary of, and as CSV")
    func twins() throws {
        let page = nowPage(.rich)
        let pictures = page.components(separatedBy: "role=\"img\" aria-labelledby=").count - 1
        #expect(pictures == 7)  // Three sparklines; spend and price of two budgets.
        for id in [
            "twin-decisions", "twin-outcomes", "twin-spend-0", "twin-price-0", "twin-spend-1", "twin-price-1",
            "twin-effects", "twin-targeting", "twin-sources",
        ] {
            #expect(page.contains("<details id=\"\(id)\"><summary>Table</summary>"))
        }
        let linked = Set(page.matches(of: /\/console\/now\/([a-z-]+)\.csv/).map { String($0.1) })
        #expect(linked == Set(nowTables(.rich).map(\.name)))
        for name in linked { #expect(try #require(nowTable(name, of: .rich)).rows.isEmpty == false) }
        #expect(nowTable("nothing", of: .rich) == nil)
        #expect(nowTables(.empty).allSatisfy { $0.rows.isEmpty })
    }

    @Test("Ids are unique, and every label and link on the page leads to one")
    func references() {
        for page in [nowPage(.rich), nowPage(.empty), nowPage(.small), decisionPage(.sample)] {
            let ids = page.matches(of: /\sid="([^"]+)"/).map { String($0.1) }
            #expect(ids.count == Set(ids).count)
            let named = page.matches(of: /aria-labelledby="([^"]+)"/).flatMap { $0.1.split(separator: " ") }
            let linked = page.matches(of: /href="#([^"]+)"/).map(\.1)
            for reference in named + linked { #expect(ids.contains(String(reference)), "\(reference)") }
        }
    }

    @Test("A strict content security policy holds: nothing inline, nothing from elsewhere")
    func security() {
        for page in [nowPage(.rich), nowPage(.empty), decisionPage(.sample), notFoundPage(path: "/x")] {
            #expect(!page.contains(" style="))
            #expect(!page.contains("<style"))
            #expect(page.matches(of: /\son[a-z]+=/).isEmpty)
            #expect(page.matches(of: /<script[^>]*>[^<]/).isEmpty)
            #expect(page.matches(of: /(src|href)="(?!\/|#)/).isEmpty)
        }
    }

    @Test("A page with four budgets stays below 150 KB")
    func weight() {
        var snapshot = NowSnapshot.rich
        snapshot.budgets += snapshot.budgets + snapshot.budgets
        #expect(nowPage(snapshot).utf8.count < 150_000)
        #expect(ConsoleAsset.all.map(\.bytes.count).reduce(0, +) < 50_000)
    }

    @Test("The stream sends what changed and nothing else, each part as one line")
    func stream() throws {
        let before = nowFragments(.rich)
        #expect(eventStream(before, changedFrom: before).isEmpty)
        #expect(eventStream(before).components(separatedBy: "event: part\n").count - 1 == before.count)

        var later = NowSnapshot.rich
        later.latest.removeFirst()
        let stream = eventStream(nowFragments(later), changedFrom: before)
        let lines = stream.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        try #require(lines.count == 4)
        #expect(lines[0] == "event: part" && lines[2].isEmpty && lines[3].isEmpty)
        let data = try #require(lines[1].hasPrefix("data: ") ? Array(lines[1].dropFirst(6).utf8) : nil)
        let latest = try #require(nowFragments(later).first { $0.id == "latest" })
        #expect(JSON.object([.init("id", "latest"), .init("html", .string(latest.html))]).bytes == data)
    }

    @Test("What the stream replaces stands on the page with the same content")
    func fragments() {
        let page = nowPage(.rich)
        for fragment in nowFragments(.rich) {
            #expect(page.contains(" id=\"\(fragment.id)\""))
            #expect(page.contains(fragment.html))
        }
    }
}
