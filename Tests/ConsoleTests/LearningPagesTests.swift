import Foundation
import Testing
import WeirConsole
import WeirDomain

@Suite("The pages Models, Policies and Budgets, and a decision explained")
struct LearningPagesTests {
    static let pages: [(name: String, html: String)] = [
        ("models", modelsPage(.rich)), ("models-empty", modelsPage(.empty)), ("model", modelPage(.shadow)),
        ("model-fresh", modelPage(.fresh)), ("model-champion", modelPage(.champion)),
        ("policies", policiesPage(.rich)), ("policies-empty", policiesPage(.empty)), ("budgets", budgetsPage(.rich)),
        ("budgets-small", budgetsPage(.small)), ("budgets-empty", budgetsPage(.empty)),
        ("decision-reasoned", decisionPage(.reasoned)),
    ]

    @Test(
        "The page is as recorded; WEIR_RECORD_GOLDEN=1 records it anew",
        arguments: ["models", "model", "model-fresh", "policies", "budgets-small", "decision-reasoned"])
    func golden(name: String) throws {
        // The versions of stylesheet and script change on their own.
        let page = try #require(Self.pages.first { $0.name == name }).html
            .replacing(/\?v=[0-9a-z]+/, with: "?v=VERSION")
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/\(name).html")
        if ProcessInfo.processInfo.environment["WEIR_RECORD_GOLDEN"] != nil {
            try Data(page.utf8).write(to: file)
        }
        #expect(page == String(decoding: try Data(contentsOf: file), as: UTF8.self))
    }

    @Test("Ids are unique, and every label, description and link within the page leads to one")
    func references() {
        for (name, page) in Self.pages {
            let ids = page.matches(of: /\sid="([^"]+)"/).map { String($0.1) }
            #expect(ids.count == Set(ids).count, "\(name)")
            let named = page.matches(of: /(?:aria-labelledby|aria-describedby|for)="([^"]+)"/)
                .flatMap { $0.1.split(separator: " ") }
            let linked = page.matches(of: /href="#([^"]+)"/).map(\.1)
            for reference in named + linked { #expect(ids.contains(String(reference)), "\(name): \(reference)") }
        }
    }

    @Test("A strict content security policy holds: nothing inline, nothing from elsewhere, forms to ourselves only")
    func security() {
        #expect(ConsoleAsset.contentSecurityPolicy.contains("form-action 'self'"))
        for (name, page) in Self.pages {
            #expect(!page.contains(" style=") && !page.contains("<style"), "\(name)")
            #expect(page.matches(of: /\son[a-z]+=/).isEmpty, "\(name)")
            #expect(page.matches(of: /(src|href|action)="(?!\/|#)/).isEmpty, "\(name)")
        }
    }

    @Test("No page says nan or inf, and each marks its place in the navigation")
    func figures() {
        for (name, page) in Self.pages {
            #expect(!page.contains("nan") && !page.contains("inf%"), "\(name)")
            #expect(page.contains("<a href=\"/models\"") && page.contains("<a href=\"/budgets\""), "\(name)")
            #expect(page.contains("aria-current=\"page\"") == !name.hasPrefix("decision"), "\(name)")
        }
    }

    @Test("Every CSV that a page links to exists and has rows")
    func tables() throws {
        func names(_ page: String, _ pattern: Regex<(Substring, Substring)>) -> Set<String> {
            Set(page.matches(of: pattern).map { String($0.1) })
        }
        for name in names(modelsPage(.rich), /\/console\/models\/([a-z-]+)\.csv/) {
            #expect(try #require(modelsTable(name, of: .rich)).rows.isEmpty == false)
        }
        let model = names(modelPage(.shadow), /redemption-lr\.csv\?table=([a-z-]+)/)
        #expect(model == ["gates", "shadow", "calibration", "drift", "weights", "history", "figures"])
        for name in model { #expect(try #require(modelTable(name, of: .shadow)).rows.isEmpty == false) }
        for name in names(policiesPage(.rich), /\/console\/policies\/([a-z-]+)\.csv/) {
            #expect(try #require(policiesTable(name, of: .rich)).rows.count == 5)
        }
        let budgets = names(budgetsPage(.rich), /\/console\/budgets\/([a-z-]+)\.csv/)
        #expect(budgets == ["budgets", "spend", "shadow-price"])
        for name in budgets { #expect(try #require(budgetsTable(name, of: .rich)).rows.isEmpty == false) }
        #expect(contributionTable(.reasoned).rows.count == 18 && shadowTable(.reasoned).rows.count == 3)
        #expect(modelsTable("nothing", of: .rich) == nil && modelTable("nothing", of: .shadow) == nil)
        #expect(policiesTable("nothing", of: .rich) == nil && budgetsTable("nothing", of: .rich) == nil)
        #expect(modelsTable("gates", of: .rich)?.rows.count == 10)
    }

    @Test("An empty page says what will appear, with the command that makes it appear")
    func empty() {
        #expect(modelsPage(.empty).contains("<code>weir apply</code>"))
        #expect(modelsPage(.rich).contains("weir models register"))  // The second goal has no trained model.
        #expect(policiesPage(.empty).contains("<code>weir apply</code>"))
        #expect(policiesPage(.rich).contains("<code>weir evaluate --placement app</code>"))
        #expect(budgetsPage(.empty).contains("<code>weir apply</code>"))
        #expect(modelPage(.fresh).components(separatedBy: "class=\"empty\"").count - 1 == 6)
    }

    @Test("A step that a gate blocks has no form, only a disabled button and the reason", arguments: [true, false])
    func blocked(isBlocked: Bool) {
        var snapshot = ModelSnapshot.shadow
        snapshot.actions = [.init(.promote, blockedBecause: isBlocked ? "A gate fails." : nil)]
        let page = modelPage(snapshot)
        #expect(page.contains("<form method=\"post\" action=\"/models/redemption-lr\">") != isBlocked)
        #expect(page.contains("name=\"stage\" value=\"champion\"") != isBlocked)
        #expect(page.contains("name=\"token\" value=\"t0k3n\"") != isBlocked)
        #expect(page.contains("<button type=\"button\" disabled aria-describedby=\"why-champion\">") == isBlocked)
        #expect(page.contains("<p id=\"why-champion\">A gate fails.</p>") == isBlocked)
    }

    @Test("A decision that was taken elsewhere is not said to be drawn", arguments: [true, false])
    func elsewhere(isElsewhere: Bool) {
        var decision = ExplainedDecision.reasoned
        decision.isChosenElsewhere = isElsewhere
        let page = decisionPage(decision)
        #expect(page.contains("It was chosen elsewhere") == isElsewhere)
        #expect(page.contains("SquareCB drew “$3.00 off basket” with probability 0.830.") != isElsewhere)
    }

    @Test("Whatever people wrote is escaped")
    func escaping() {
        var snapshot = ModelSnapshot.shadow
        snapshot.history[0].reason = "<script>alert(1)</script>"
        snapshot.token = "\"><b>"
        let page = modelPage(snapshot)
        #expect(!page.contains("<script>alert") && page.contains("&lt;script&gt;alert"))
        #expect(page.contains("value=\"&quot;&gt;&lt;b&gt;\"") && !page.contains("\"><b>\""))
    }

    @Test(
        "An interval that holds zero is hollow, one that does not is filled",
        arguments: [(-0.001, "unclear"), (0, "unclear"), (0.001, "clear")])
    func hollow(low: Double, style: String) {
        var snapshot = PoliciesSnapshot.rich
        let candidate = PoliciesSnapshot.Candidate(
            name: "greedy", value: Estimate(value: 0.05, low: 0.04, high: 0.06),
            difference: Estimate(value: 0.01, low: low, high: 0.02), estimator: "doubly robust",
            effectiveSampleSize: 900)
        snapshot.placements[0].candidates = [candidate]
        #expect(policiesPage(snapshot).contains("<li class=\"\(style)\"><div class=\"label\">greedy"))
        #expect(policiesPage(snapshot).contains("none is clearly better") == (style == "unclear"))
    }

    @Test("A candidate with doubts is not called clearly better, however its range lies")
    func doubted() {
        var snapshot = PoliciesSnapshot.rich
        let candidate = PoliciesSnapshot.Candidate(
            name: "greedy", value: Estimate(value: 0.05, low: 0.04, high: 0.06),
            difference: Estimate(value: 0.01, low: 0.005, high: 0.02), estimator: "doubly robust",
            effectiveSampleSize: 1, warnings: ["only 1 round with a reward counts"])
        snapshot.placements[0].candidates = [candidate]
        for place in snapshot.placements.indices.dropFirst() { snapshot.placements[place].candidates = [] }
        let page = policiesPage(snapshot)
        #expect(page.contains("none is clearly better than what decides now; 1 looks better, with doubts"))
        #expect(page.contains("<li class=\"unclear\"><div class=\"label\">greedy"))
    }

    @Test(
        "The price has a logarithmic axis where it spans more than a factor of twenty",
        arguments: [(19.9, false), (20.1, true)])
    func priceAxis(greatest: Double, isLogarithmic: Bool) {
        var snapshot = BudgetsSnapshot.small
        let times = snapshot.budgets[0].status.shadowPrices.map(\.time)
        snapshot.budgets[0].status.returnFloor = 1
        snapshot.budgets[0].status.shadowPrices = [
            .init(time: times[0], value: 1), .init(time: times[1], value: greatest),
        ]
        #expect(budgetsPage(snapshot).contains("Logarithmic axis.") == isLogarithmic)
    }

    @Test(
        "Small amounts per decision are said in hundredths",
        arguments: [
            (0.012, 0.008, Currency.usd, "+1.20 ± 0.80 cents a decision"),
            (-0.5, 0.25, Currency.usd, "−50 ± 25 cents a decision"),
            (1.5, 0.25, Currency.usd, "+1.50 ± 0.25 USD a decision"),
            (0.5, 0.25, Currency.pieces, "+0.50 ± 0.25 pieces a decision"),
        ])
    func amounts(value: Double, half: Double, currency: Currency, text: String) {
        #expect(
            Figure.perDecision(Estimate(value: value, low: value - half, high: value + half), currency) == text)
    }

    @Test("What is left of a budget is never below nothing, and a return below the floor is said")
    func budgets() throws {
        var snapshot = BudgetsSnapshot.small
        snapshot.budgets[0].status.spent = snapshot.budgets[0].status.limit
        #expect(
            try #require(budgetsTable("budgets", of: snapshot)).rows[0][7]
                == .money(Money(minorUnits: 0, currency: .usd)))
        snapshot.budgets[0].status.returnFloor = 4
        #expect(budgetsPage(snapshot).contains("below the floor of 4.00"))
        #expect(budgetsPage(.small).contains("The last $1 brings $3.20 ± 0.40; it must bring at least"))
        #expect(budgetsPage(.small).contains("$812 were spent where $790 were planned: 2.8 % faster than planned."))
    }
}
