import WeirLift
import WeirEconomics
import Testing
import WeirDecisioning
import WeirDomain
import WeirEngine
import WeirJSON
import WeirLogInsight
import WeirReporting
import WeirStatistics
import WeirStorage

/// A shop whose orders are seen in events: one campaign with two offers, one on the web and one by mail, from one budget.
private struct ShopCatalog {
    var holdout = 20
    var salt = "shop"
    var value = "value: revenue"
    var experiments = ""
    var budgets = ["spring": "budgets: year", "letter": "budgets: year"]
    var stock = ""

    var files: [StoredCatalog.File] {
        [
            StoredCatalog.File(
                name: "weir.yaml",
                text: """
                    currency: USD
                    salt: \(salt)
                    holdout: \(holdout) %
                    consent: {default: {marketing: granted}}
                    groups: [tier]
                    metric: {name: sales per customer, event: Order Completed, \(value)}
                    features:
                      - {name: views, aggregate: count, event: Product Viewed}
                    goals:
                      - {id: order, event: Order Completed, window: 20d, baseline: learned, reversal: {event: Order Refunded}}
                    budgets:
                      - {id: year, limit: 900 USD, from: 2026-01-01, to: 2026-12-31, return_floor: 0.1}
                      - {id: mailings, limit: 900 USD, from: 2026-01-01, to: 2026-12-31, return_floor: 0.1}
                    placements:
                      - {id: home, policy: {epsilon_greedy: {epsilon: 1}}}
                    campaigns:
                      - id: spring
                        placements: [home]
                        goal: order
                        channel: web
                        \(budgets["spring"]!)
                        offers:
                          - {id: ten-off, cost: 2 USD, value: 9 USD}
                          - {id: gift, cost: 3 USD, value: 7 USD}
                      - id: letter
                        placements: [home]
                        goal: order
                        channel: mail
                        \(budgets["letter"]!)
                        offers:
                          - {id: sample, cost: 1 USD, value: 5 USD\(stock)}
                    \(experiments)
                    """)
        ]
    }
}

@Suite("Reports on the log so far")
struct LiveReportsTests {
    private func harness(_ catalog: ShopCatalog = ShopCatalog()) throws -> Harness {
        let harness = try Harness(nil)
        try apply(catalog, to: harness)
        return harness
    }

    private func apply(_ catalog: ShopCatalog, to harness: Harness) throws {
        try harness.engine.apply(catalog.files) { _ in }
        try harness.commit()
    }

    /// Decides for `count` customers; every third buys for 20 an hour later.
    @discardableResult
    private func visit(_ harness: Harness, _ count: Int, from first: Int = 0) throws -> [DecisionReply] {
        try (first..<first + count).map { index in
            let reply = try harness.decide("u\(index)", at: "home")
            harness.clock.set(harness.clock.now + .hour)
            if index % 3 == 0 { try harness.send(harness.event("u\(index)", properties: ["revenue": 20])) }
            return reply
        }
    }

    private func cells(_ report: Report, _ table: String, _ row: String) -> [String: Double] {
        guard let table = report.tables.first(where: { $0.name == table }),
            let cells = table.rows.first(where: { $0.first == .text(row) })
        else { return [:] }
        var values: [String: Double] = [:]
        for (column, cell) in zip(table.columns, cells) {
            if case .quantity(let quantity) = cell { values[column.name] = quantity.value }
        }
        return values
    }

    private func figure(_ report: Report, _ name: String) -> Quantity? {
        report.figures.first { $0.name == name }?.quantity
    }

    // MARK: Economics

    @Test("Offers, conversions, margin and revenue are those that were logged, and cost is what the ledger has spent")
    func economics() throws {
        let harness = try harness()
        let replies = try visit(harness, 120)
        let report = try economicsReport(store: harness.store)
        #expect(report.kind == "economics")
        let given = replies.indices.filter { replies[$0].record.decision.chosen != nil }
        for (campaign, offers) in [
            ("spring", ["ten-off": (2.0, 9.0), "gift": (3, 7)]), ("letter", ["sample": (1, 5)]),
        ] {
            let own = given.filter { offers[replies[$0].record.chosenOffer!.rawValue] != nil }
            let used = own.filter { $0 % 3 == 0 }
            let (cost, margin) = used.reduce((0.0, 0.0)) {
                let offer = offers[replies[$1].record.chosenOffer!.rawValue]!
                return ($0.0 + offer.0, $0.1 + offer.1)
            }
            let row = cells(report, "by-campaign", campaign)
            #expect(!used.isEmpty)
            #expect(row["offers"] == Double(own.count) && row["conversions"] == Double(used.count))
            #expect(row["cost"] == cost && row["contribution_margin"] == margin - cost)
            #expect(row["roas"] == 20 * Double(used.count) / cost)
        }
        let spent = try #require(harness.store.balances()["year"]?[.spent])
        #expect(figure(report, "cost_per_conversion")?.value == spent.majorUnits / Double(given.count { $0 % 3 == 0 }))
        #expect(cells(report, "rates-by-channel", "mail")["offer_conversion_rate"] != nil)
        #expect(report.tables.contains { $0.name == "by-offer" } && !report.tables.contains { $0.name == "by-cohort" })
    }

    @Test("An order that is told again counts once and brings what its newest telling says, in economics and in lift")
    func toldAgain() throws {
        let harness = try harness()
        var orders = 0.0
        for index in 0..<60 {
            let reply = try harness.decide("u\(index)", at: "home")
            harness.clock.set(harness.clock.now + .hour)
            guard index % 3 == 0 else { continue }
            for revenue in [20.0, 20, 50] {
                harness.clock.set(harness.clock.now + .minute)
                try harness.send(
                    harness.event(
                        "u\(index)", properties: ["order_id": .string("A\(index)"), "revenue": .number(revenue)]))
            }
            if reply.record.decision.chosen != nil { orders += 1 }
        }
        let spent = try #require(harness.store.balances()["year"]?[.spent]).majorUnits
        let roas = try #require(figure(try economicsReport(store: harness.store), "roas")?.value)
        #expect(abs(roas - 50 * orders / spent) < 1e-9)
        let trial = try LiftLog(store: harness.store).trial
        #expect(trial.deeds.reduce(0) { $0 + $1.metric } == 20 * 50)
    }

    @Test("What joined no decision is counted, with the nearest reason")
    func unjoined() throws {
        let harness = try Harness(nil)
        let catalog = ShopCatalog(holdout: 0).files[0].text
            .replacing("window: 20d, baseline: learned", with: "coupon: coupon, window: 20d")
            .replacing("value: 9 USD", with: "value: 9 USD, coupon: SAVE10")
            .replacing("value: 7 USD", with: "value: 7 USD, coupon: GIFT")
            .replacing("value: 5 USD", with: "value: 5 USD, coupon: SAMPLE")
        try harness.engine.apply([StoredCatalog.File(name: "weir.yaml", text: catalog)]) { _ in }
        try harness.commit()
        let code = try #require(try harness.decide("ada", at: "home").offer?.coupon)
        #expect(try unjoinedReport(store: harness.store).figures.first?.quantity.value == 0)
        #expect(try !harness.engine.liveReports().contains { $0.report.kind == "unjoined" })
        func order(_ user: String, _ id: String, _ code: String, _ name: String = "Order Completed") throws {
            harness.clock.set(harness.clock.now + .minute)
            try harness.send(harness.event(user, name, properties: ["order_id": .string(id), "coupon": .string(code)]))
        }
        try order("ada", "A1", code)
        try order("ada", "A1", code)  // Told again.
        try order("ada", "A2", code)
        try order("bob", "A3", code)
        try order("bob", "A4", "\(code)X")
        try order("bob", "A5", "", "Order Refunded")
        try order("bob", "#A2", "", "Order Refunded")
        try order("ada", "A2", "", "Order Refunded")
        harness.clock.set(harness.clock.now + .day * 30)
        try order("ada", "A6", code)
        let report = try unjoinedReport(store: harness.store)
        let rows = try #require(report.tables.first { $0.name == "unjoined" }).rows.map { row in
            row.map { if case .text(let text) = $0 { text } else { "" } }
        }
        #expect(
            rows.reversed().map { $0[4] } == [
                "used by another order", "code given to another person", "code given to nobody",
                "refund of an unknown order",
                "refund of an unknown order", "used after its window",
            ])
        #expect(rows.reversed()[2][5].contains("Nearest is “\(code.lowercased())”"))
        #expect(rows.reversed()[4][5].contains("“A2” differs in signs only"))
        #expect(report.figures.first?.quantity.value == 6)
        #expect(try harness.engine.liveReports().contains { $0.report == report })
    }

    @Test("What is taken back neither cost nor brought anything; a report of no gives the money back for good")
    func takenBack() throws {
        let harness = try harness(ShopCatalog(holdout: 0))
        let replies = try visit(harness, 30)
        let before = try economicsReport(store: harness.store)
        let conversions =
            cells(before, "by-campaign", "spring")["conversions"]! + cells(before, "by-campaign", "letter")[
                "conversions"]!
        let used = replies.indices.filter { $0 % 3 == 0 && replies[$0].record.decision.chosen != nil }
        try harness.send(harness.event("u\(used[0])", "Order Refunded"))
        let unused = try #require(replies.indices.first { $0 % 3 != 0 && replies[$0].record.decision.chosen != nil })
        _ = try harness.report(replies[unused].record.situation.id, .notConverted)
        try harness.send(harness.event("u\(unused)", properties: ["revenue": 20]))
        let report = try economicsReport(store: harness.store)
        let rows = ["spring", "letter"].map { cells(report, "by-campaign", $0) }
        func sum(_ name: String) -> Double { rows.reduce(0) { $0 + ($1[name] ?? 0) } }
        #expect(sum("conversions") == conversions)
        #expect(sum("cost") == (try harness.store.balances()["year"]?[.spent]?.majorUnits))
        #expect(figure(report, "roas") != nil)

        // A conversion that is only reported has a margin but no revenue, so that no return of revenue can be told.
        let reported = try #require(
            replies.indices.first { $0 % 3 != 0 && $0 != unused && replies[$0].record.decision.chosen != nil })
        _ = try harness.report(replies[reported].record.situation.id, .converted)
        let partly = try economicsReport(store: harness.store)
        #expect(figure(partly, "roas") == nil && figure(partly, "return_on_cost") != nil)
    }

    @Test("An offer that draws on two budgets and on stock costs once; one that draws on none costs what it says")
    func severalBudgets() throws {
        let catalog = ShopCatalog(
            holdout: 0, budgets: ["spring": "", "letter": "budgets: [year, mailings]"], stock: ", stock: 500")
        let harness = try harness(catalog)
        let used = try visit(harness, 60).enumerated().filter { $0.offset % 3 == 0 }.map(\.element.record.chosenOffer)
        let report = try economicsReport(store: harness.store)
        let costs: [OfferID: Double] = ["ten-off": 2, "gift": 3]
        #expect(
            cells(report, "by-campaign", "spring")["cost"] == used.reduce(0) { $0 + ($1.flatMap { costs[$0] } ?? 0) })
        let letters = Double(used.count { $0 == "sample" })
        #expect(letters > 3 && cells(report, "by-campaign", "letter")["cost"] == letters)
        let balances = try harness.store.balances()
        #expect(balances["year"]?[.spent]?.majorUnits == letters && balances["mailings"] != nil)
    }

    @Test("Incremental return is the lift of the same log over its cost, in all and by segment; not by campaign")
    func incremental() throws {
        let harness = try harness()
        for index in 0..<150 where index % 2 == 0 {
            try harness.send(harness.event("u\(index)", kind: .identify, properties: ["tier": "gold"]))
        }
        try visit(harness, 150)
        let report = try economicsReport(store: harness.store)
        let analysis = try LiftAnalysis(LiftLog(store: harness.store, segment: "tier").trial)
        let spent = try #require(harness.store.balances()["year"]?[.spent]).majorUnits
        let reading = try #require(analysis.everyone[.metric])
        let expected = reading.doublyRobust.estimate * Double(analysis.everyone.treated) / spent
        let found = try #require(figure(report, "incremental_roas"))
        #expect(abs(found.value - expected) < 1e-9 && found.lower! < expected && found.upper! > expected)
        let gold = try #require(analysis.segments.first { $0.name == "gold" })
        let row = cells(report, "by-tier", "gold")
        let part = try #require(gold[.value]).doublyRobust.estimate * Double(gold.treated) / row["cost"]!
        #expect(abs(row["incremental_return_on_cost"]! - part) < 1e-9)
        #expect(cells(report, "by-campaign", "spring")["incremental_roas"] == nil)
        #expect(cells(report, "by-tier", "not known")["offers"] != nil)

        // Under another assignment the lift is of others than the cost.
        try apply(ShopCatalog(salt: "other"), to: harness)
        try visit(harness, 40)
        let mixed = try economicsReport(store: harness.store)
        #expect(figure(mixed, "incremental_roas") == nil)
        let untold = try #require(mixed.sections.first { $0.title == "What the log cannot tell" })
        #expect(untold.text.contains { $0.contains("earlier salt") })
    }

    @Test("What the log cannot tell is said: no holdout, no metric in money, lifetime value; decisions made elsewhere")
    func untold() throws {
        let harness = try harness(ShopCatalog(holdout: 0, value: ""))
        try visit(harness, 20)
        _ = try harness.decide("u0", at: "home", given: "gift")
        let report = try economicsReport(store: harness.store)
        let untold = try #require(report.sections.first { $0.title == "What the log cannot tell" }).text
        #expect(untold.contains { $0.hasPrefix("Lifetime value") })
        #expect(untold.contains { $0.hasPrefix("Revenue") } && untold.contains { $0.contains("nobody is held out") })
        #expect(figure(report, "roas") == nil && figure(report, "incremental_roas") == nil)
        #expect(report.data.contains { $0.hasPrefix("1 decisions made elsewhere") })
        #expect(report.data.contains { $0.contains("can still be used") })
        let empty = try self.harness()
        #expect(throws: MeasurementError.self) { try economicsReport(store: empty.store) }
        #expect(throws: MeasurementError.self) { try economicsReport(store: harness.store, segment: "colour") }
        #expect(throws: MeasurementError.self) { try economicsReport(store: harness.store, by: ["weather"]) }
        #expect(throws: EngineError.self) { try economicsReport(store: Harness(nil).store) }
    }

    @Test("Cohorts are months of the first decision; an experiment's arms have a table; running costs count")
    func groups() throws {
        let harness = try harness(
            ShopCatalog(
                experiments: """
                    experiments:
                      - {id: gifts, campaigns: spring, arms: [{id: control, offers: ten-off}, {id: usual, offers: all}]}
                    """))
        try visit(harness, 30)
        harness.clock.set(harness.clock.now + .day * 31)
        try visit(harness, 40)
        let report = try economicsReport(store: harness.store, costs: [RunningCost(column: "offers", rate: 0.5)])
        let march = cells(report, "by-cohort", "2026-03")
        let april = cells(report, "by-cohort", "2026-04")
        // Thirty came back in April, and still belong to March.
        #expect(march["offers"]! > april["offers"]! && april["offers"]! > 0)
        let arms = ["control", "usual"].map { cells(report, "by-experiment-gifts", $0)["offers"] ?? 0 }
        #expect(arms.allSatisfy { $0 > 0 })
        let spent = try #require(harness.store.balances()["year"]?[.spent]).majorUnits
        #expect(abs(march["cost"]! + april["cost"]! - spent - 0.5 * (march["offers"]! + april["offers"]!)) < 1e-9)
        let only = try economicsReport(store: harness.store, by: ["channel"])
        #expect(only.tables.map(\.name) == ["contribution", "by-channel", "rates-by-channel", "definitions"])
    }

    // MARK: Response time

    @Test("A signal waits for the next decision that the log puts after it; the first of several counts")
    func response() throws {
        let harness = try harness(ShopCatalog(holdout: 0))
        try harness.send(harness.event("a", "Product Viewed"))  // Before anything was decided.
        harness.clock.set(harness.clock.now + .minute)
        try harness.decide("a", at: "home")
        harness.clock.set(harness.clock.now + .minute)
        try harness.send(harness.event("a", "Product Viewed"), harness.event("a", "Page Closed"))
        // Arrives late, and was too early to be answered.
        try harness.send(harness.event("c", "Product Viewed", ago: .hour))
        harness.clock.set(harness.clock.now + .minute)
        try harness.send(harness.event("a", "Product Viewed"), harness.event("b", "Product Viewed"))
        _ = try harness.decide("a", at: "home", given: "gift")
        harness.clock.set(harness.clock.now + .minute)
        try harness.decide("a", at: "home")
        // It happened before that decision and arrives after it.
        harness.clock.set(harness.clock.now + .minute)
        try harness.send(harness.event("a", "Product Viewed", ago: .minute * 2))
        harness.clock.set(harness.clock.now + .minute)
        try harness.decide("a", at: "home")
        let report = try responseReport(store: harness.store)
        #expect(report.kind == "response-time")
        // 2 min from the first view on, 3 min of the late one (2 of them on its way), and one that still waits.
        let all = cells(report, "triggers", "all")
        #expect(all["signals"] == 3 && all["p25"] == 120 && all["median"] == 180)
        #expect(abs(all["never"]! - 1.0 / 3) < 1e-12)
        #expect(cells(report, "delivery", "all")["p99"] == 120)
        #expect(cells(report, "missed", "Product Viewed")["missed"] == 1)
        #expect(report.data.contains { $0.hasPrefix("1 signals repeated") })
        #expect(report.conclusion.first?.contains("a decision that knew of it") == true)
    }

    @Test("Who is held out waits for nothing; without a signal there is nothing to say")
    func heldOutSignals() throws {
        let harness = try harness(ShopCatalog(holdout: 60))
        #expect(throws: MeasurementError.self) { try responseReport(store: harness.store) }
        var treated = 0
        for index in 0..<40 {
            let reply = try harness.decide("u\(index)", at: "home")
            if reply.record.decision.assignment == .treated { treated += 1 }
            try harness.send(harness.event("u\(index)", "Product Viewed"))
        }
        let all = cells(try responseReport(store: harness.store), "triggers", "all")
        #expect(treated > 0 && treated < 40 && all["signals"] == Double(treated) && all["never"] == 1)
    }

    @Test("A conversion is in the model when its lesson is in the log")
    func learning() throws {
        let harness = try harness(ShopCatalog(holdout: 0))
        for index in 0..<10 {
            try harness.decide("u\(index)", at: "home")
            harness.clock.set(harness.clock.now + .hour)
            try harness.send(harness.event("u\(index)", ago: .minute * 5))
        }
        let row = cells(try responseReport(store: harness.store), "learning", "order")
        #expect(row["conversions"] == 10 && row["median"] == 300 && row["never"] == 0)
    }

    // MARK: Together

    @Test("Reports of one pass are those of a pass each, and need something to tell")
    func onePass() throws {
        let harness = try harness()
        #expect(try harness.engine.liveReports().map(\.report.kind) == ["lift"])
        try visit(harness, 120)
        try visit(harness, 60)
        let reports = try harness.engine.liveReports()
        #expect(reports.map(\.report.kind) == ["lift", "economics", "response-time"])
        #expect(reports.map(\.id) == ["all", "all", "all"])
        #expect(reports[0].report == (try LiftAnalysis(LiftLog(store: harness.store, segment: "tier").trial).report))
        #expect(reports[1].report == (try economicsReport(store: harness.store)))
        #expect(reports[2].report == (try responseReport(store: harness.store)))
        #expect(try Harness(nil).engine.liveReports().isEmpty)
    }
}
