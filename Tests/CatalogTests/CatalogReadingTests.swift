import Foundation
import Testing
import WeirCatalog
import WeirDomain
import WeirJSON

@Suite("Reading a catalog")
struct CatalogReadingTests {
    @Test("Orders are as in Segment's events unless declared; lines that are elsewhere have their codes there")
    func orders() throws {
        var sample = try Sample()
        #expect(try readCatalog(sample.files).orders == Orders())
        try sample.replace(
            "salt: spring rain 1837", with: "orders: {id: number, lines: items, value: [sum]}\nsalt: spring rain 1837")
        let orders = try #require(try readCatalog(sample.files).orders)
        #expect(orders.id == [JSONPath("number")])
        #expect(orders.value == [JSONPath("sum")])
        #expect(orders.coupons.last == JSONPath("items.coupon"))
        #expect(orders.event == "Order Completed")
    }

    @Test("A goal says how far a clock may be behind and how late it may be told")
    func lateness() throws {
        var sample = try Sample()
        #expect(try readCatalog(sample.files).goals[0].clockTolerance == .hour)
        #expect(try readCatalog(sample.files).goals[0].lateBy == .day * 30)
        try sample.replace("    window: 14d", with: "    window: 14d\n    clock_tolerance: 5m\n    late_by: 7d")
        #expect(try readCatalog(sample.files).goals[0].clockTolerance == .minute * 5)
        #expect(try readCatalog(sample.files).goals[0].lateBy == .day * 7)
    }

    @Test("A rate says what divides it, what is taken off, and what is expected")
    func rate() throws {
        var sample = try Sample()
        try sample.replace(
            "per: {event: Order Completed}\n",
            with: """
                per: {event: Product Viewed, each: products, less: {event: Offer Shown, where: {place: [home, till]}}}
                    by: category
                    smoothing: 8
                    expected: 0.25
                    transform: logit

                """)
        let feature = try readCatalog(sample.files).features[4]
        #expect(feature.per == EventPattern(name: "Product Viewed"))
        #expect(feature.perEach == JSONPath("products"))
        #expect(
            feature.less
                == EventPattern(
                    name: "Offer Shown", conditions: [.init(path: JSONPath("place"), anyOf: ["home", "till"])]))
        #expect(feature.smoothing == 8 && feature.expected == 0.25 && feature.transform == .logit && feature.isKeyed)
    }

    @Test("The documented example is read as it is meant")
    func documentation() throws {
        let catalog = try readCatalog(try Sample().files)

        #expect(catalog.currency == .usd)
        #expect(catalog.universalHoldout == 0.1)
        #expect(catalog.consentByDefault == ["marketing": true])
        #expect(
            catalog.features.map(\.name)
                == ["baskets_60d", "spend_60d", "coffee_lately", "category_affinity", "refund_rate"])
        #expect(catalog.scalarFeatures == ["baskets_60d", "spend_60d", "coffee_lately", "refund_rate"])
        #expect(
            catalog.features[2]
                == FeatureDeclaration(
                    name: "coffee_lately", aggregate: .count,
                    pattern: EventPattern(
                        name: "Order Completed",
                        conditions: [.init(path: JSONPath("category"), anyOf: ["coffee", "espresso"])]),
                    each: JSONPath("products"), memory: .decay(halfLifeDays: 30)))
        #expect(catalog.features[3].memory == .window(days: 182))
        #expect(catalog.features[4].per == EventPattern(name: "Order Completed"))
        #expect(!catalog.features[4].isModelInput)
        #expect(
            catalog.goals
                == [
                    Goal(
                        id: "redemption", pattern: EventPattern(name: "Order Completed"), couponPath: "coupon",
                        window: .day * 14, reversal: EventPattern(name: "Order Refunded")),
                    Goal(
                        id: "visit",
                        pattern: EventPattern(
                            name: "Store Visited", conditions: [.init(path: JSONPath("staff"), anyOf: ["false"])]),
                        window: .hour * 12, baseline: .learned, negatives: .immediate),
                ])
        #expect(catalog.placements.map(\.policy) == [.squareCB(gamma: 20), .thompson(draws: 256)])
        #expect(
            catalog.caps
                == [Cap(scope: .overall, limit: 2, per: .day * 7), Cap(scope: .channel, limit: 1, per: .day)])
        let budget = try #require(catalog.budgets.first)
        #expect(budget.limit == Money(minorUnits: 2_400_000, currency: .usd))
        #expect(budget.curve == [2, 2, 3, 5])
        #expect(budget.returnFloor == 1.2)

        let campaign = try #require(catalog.campaigns.first)
        #expect(campaign.placements == ["till", "newsletter"])
        #expect(campaign.budgets == ["year"])
        #expect(campaign.caps == [Cap(scope: .campaign, limit: 3, per: .day * 28)])
        #expect(campaign.holdout == 0.05)
        #expect(campaign.offers.map(\.id) == ["coffee-150", "tea-100"])
        #expect(campaign.offers[0].cost == Money(minorUnits: 150, currency: .usd))
        #expect(campaign.offers[0].value == Money(minorUnits: 420, currency: .usd))
        #expect(campaign.offers[0].coupon == "51800")
        #expect(campaign.offers[1].affinities == ["category_affinity": ["tea"]])
    }

    @Test("The starter is a catalog with two placements, three offers and one budget")
    func starter() throws {
        let files = try CatalogFile.files(in: Project.folder("Examples/minimal"))
        #expect(files.map(\.name) == ["weir.yaml", "campaigns/welcome.yaml"])
        let catalog = try readCatalog(files)
        #expect(catalog.placements.count == 2)
        #expect(catalog.campaigns.flatMap(\.offers).count == 3)
        #expect(catalog.budgets.count == 1)
    }

    @Test(
        "An end given as a date is inclusive; a moment is taken as it is",
        arguments: [
            ("2017-04-30", "2017-05-01T00:00:00.000Z"), ("2017-04-30T00:00:00Z", "2017-04-30T00:00:00.000Z"),
            ("2017-04-30T18:00:00+02:00", "2017-04-30T16:00:00.000Z"), ("2017-03-03", "2017-03-04T00:00:00.000Z"),
        ])
    func ends(written: String, end: String) throws {
        var sample = try Sample()
        try sample.replace("to: 2017-04-30", with: "to: \(written)")
        let campaign = try #require(try readCatalog(sample.files).campaigns.first)
        #expect(campaign.start?.iso8601 == "2017-03-03T00:00:00.000Z")
        #expect(campaign.end?.iso8601 == end)
    }

    @Test(
        "Both sides of each bound",
        arguments: [
            ("holdout: 10 %", "holdout: 99.9%", true), ("holdout: 10 %", "holdout: 1", false),
            ("holdout: 10 %", "holdout: 0", true), ("holdout: 10 %", "holdout: -0.001", false),
            ("cost: 1.50 USD", "cost: 0", true), ("cost: 1.50 USD", "cost: -0.01", false),
            ("limit: 24000 USD", "limit: 0.01", true), ("limit: 24000 USD", "limit: 0", false),
            ("overall: 2 per 7d", "overall: 1 per 1s", true), ("overall: 2 per 7d", "overall: 0 per 1s", false),
            ("policy: thompson", "policy: {epsilon_greedy: {epsilon: 0}}", true),
            ("policy: thompson", "policy: {epsilon_greedy: {epsilon: 1}}", true),
            ("policy: thompson", "policy: {epsilon_greedy: {epsilon: -0.1}}", false),
            ("policy: thompson", "policy: {softmax: {temperature: 0.01}}", true),
            ("policy: thompson", "policy: {softmax: {temperature: 0}}", false),
            ("policy: thompson", "policy: {thompson: {draws: 16}}", true),
            ("policy: thompson", "policy: {thompson: {draws: 4096}}", true),
            ("policy: thompson", "policy: {thompson: {draws: 4097}}", false),
            ("to: 2017-04-30", "to: 2017-03-03T00:00:01Z", true),
            ("to: 2017-04-30", "to: 2017-03-03T00:00:00Z", false),
            ("to: 2017-12-31", "to: 2017-01-01", true), ("to: 2017-12-31", "to: 2016-12-31", false),
            ("window: 26w", "window: 1d", true), ("window: 26w", "window: 0.5d", false),
            ("window: 26w", "window: 5200w", true), ("window: 26w", "window: 5201w", false),
            ("stock: 5000", "stock: 0", true), ("stock: 5000", "stock: -1", false),
            ("return_floor: 1.2", "return_floor: 0", true), ("return_floor: 1.2", "return_floor: -1e-9", false),
        ])
    func bounds(instead: String, written: String, isPossible: Bool) throws {
        var sample = try Sample()
        try sample.replace(instead, with: written)
        #expect(faults(of: sample.files).isEmpty == isPossible)
    }

    @Test("Numbers in a condition are compared by their JSON text, quoted ones as they are")
    func literals() throws {
        var sample = try Sample()
        try sample.replace("where: {staff: false}", with: "where: {a: 2.50, b: 007, c: '007', d: [true, x y]}")
        let goal = try #require(try readCatalog(sample.files).goals.last)
        #expect(goal.pattern?.conditions.map(\.anyOf) == [["2.5"], ["7"], ["007"], ["true", "x y"]])
    }

    @Test("The order of the files does not matter, for a catalog as for its faults")
    func order() throws {
        var sample = try Sample()
        let winter = CatalogFile(
            name: "campaigns/winter.yaml",
            text: """
                campaigns:
                  - {id: winter, placements: till, goal: visit, channel: till, offers: [{id: w, cost: 1, value: 2}]}
                  - {id: autumn, placements: till, goal: visit, channel: till, offers: [{id: a, cost: 1, value: 2}]}
                """)
        let files = sample.files + [winter]
        let catalog = try readCatalog(files)
        #expect(catalog.campaigns.map(\.id) == ["autumn", "spring", "winter"])
        #expect(try readCatalog(files.reversed()) == catalog)

        try sample.replace("goal: redemption", with: "goal: sale")
        let renamed = CatalogFile(name: winter.name, text: winter.text.replacing("id: autumn", with: "id: spring"))
        let broken = sample.files + [renamed]
        #expect(faults(of: broken) == faults(of: broken.reversed()))
        #expect(
            faults(of: broken) == """
                campaigns/spring.yaml:9:7: goal: “sale” is no known goal. Known: “redemption”, “visit”.
                campaigns/winter.yaml:3:10: campaigns[1].id: “spring” is already the campaign at campaigns/spring.yaml:2. \
                Give one of them another name.
                """)
    }

    @Test("A root that cannot be read does not make every reference of a campaign a fault")
    func unreadableRoot() throws {
        let sample = try Sample()
        #expect(
            faults(of: [sample.files[1]])
                == "weir.yaml:1:1: The file is missing. Add it with at least “currency” and “salt”.")
        let torn = CatalogFile(name: "weir.yaml", text: "currency: USD\nsalt: [a\nholdout: 0\n")
        let found = faults(of: [torn, sample.files[1]])
        #expect(found.hasPrefix("weir.yaml:3:"))
        #expect(found.contains("This is not YAML"))
    }

    @Test("Line ends of Windows change nothing, not even where a fault is")
    func lineEnds() throws {
        func windows(_ files: [CatalogFile]) -> [CatalogFile] {
            files.map { CatalogFile(name: $0.name, text: $0.text.replacing("\n", with: "\r\n")) }
        }
        var sample = try Sample()
        #expect(try readCatalog(windows(sample.files)) == readCatalog(sample.files))
        try sample.replace("baskets_60d >= 2", with: "baskets >= 2")
        let found = faults(of: sample.files)
        #expect(found.hasPrefix("campaigns/spring.yaml:8:31: eligible: “baskets”"))
        #expect(faults(of: windows(sample.files)) == found)
    }

    @Test("A rule in a block of several lines is read; its faults point at the block")
    func blocks() throws {
        var sample = try Sample()
        try sample.replace(
            "eligible: \"spend_60d > 20 and baskets_60d >= 2 and not trait.employee\"",
            with: "eligible: >\n  spend_60d > 20\n  and baskets_60d >= 2")
        #expect(try readCatalog(sample.files).campaigns[0].eligibility == "spend_60d > 20 and baskets_60d >= 2")
        try sample.replace("and baskets_60d", with: "and baskets")
        #expect(faults(of: sample.files).hasPrefix("campaigns/spring.yaml:8:11: eligible: “baskets”"))
    }

    @Test("Anchors stand for what they name; merge keys are unknown keys")
    func anchors() throws {
        var sample = try Sample()
        try sample.replace("id: till\n", with: "id: till\n    <<: {name: x}\n")
        #expect(faults(of: sample.files).contains("placements[0].<<: “<<” is no key that may stand here."))
        sample = try Sample()
        try sample.replace("policy: {squarecb: {gamma: 20}}", with: "policy: &usual {squarecb: {gamma: 20}}")
        try sample.replace("policy: thompson", with: "policy: *usual")
        #expect(try readCatalog(sample.files).placements.map(\.policy) == [.squareCB(gamma: 20), .squareCB(gamma: 20)])
    }

    @Test("Files are found by their place; one that is not UTF-8 is a fault, not a crash")
    func folder() throws {
        let manager = FileManager.default
        let folder = manager.temporaryDirectory.appending(path: "weir-catalog-\(UUID())").path()
        try manager.createDirectory(atPath: "\(folder)/campaigns", withIntermediateDirectories: true)
        defer { try? manager.removeItem(atPath: folder) }
        for name in ["weir.yaml", "campaigns/b.yml", "campaigns/a.yaml", "campaigns/notes.txt", "other.yaml"] {
            #expect(manager.createFile(atPath: "\(folder)/\(name)", contents: Data(name.utf8)))
        }
        let files = try CatalogFile.files(in: folder)
        #expect(files.map(\.name) == ["weir.yaml", "campaigns/a.yaml", "campaigns/b.yml"])
        #expect(files.allSatisfy { $0.text == $0.name })

        #expect(manager.createFile(atPath: "\(folder)/campaigns/a.yaml", contents: Data([0xff])))
        let fault = CatalogFault(
            file: "campaigns/a.yaml", line: 1, column: 1, field: "", message: "The file is not UTF-8. Save it as UTF-8."
        )
        #expect(throws: CatalogFaults(faults: [fault])) { try CatalogFile.files(in: folder) }
    }

    @Test("A file full of mistakes is reported whole")
    func golden() throws {
        let root = """
            currency: USD
            salt: s
            holdouts: 10 %
            features:
              - name: spend
                aggregate: sum
            placements:
              - {id: till, policy: gready}
            budgets:
              - {id: year, limit: 1 USD, from: 2018-01-01, to: 2017-01-01, curve: [0]}
            """
        let campaign = """
            id: one
            placements: tills
            eligible: 'trait.city = ''Bonn'' and spent > 3'
            goal: sale
            offers:
              - id: a
                cost: 1 GBP
                mesage: "{{name}}"
              - 7
            """
        #expect(
            faults(of: [
                CatalogFile(name: "weir.yaml", text: root), CatalogFile(name: "campaigns/one.yaml", text: campaign),
            ]) == """
                weir.yaml:3:1: holdouts: “holdouts” is no key that may stand here. Did you mean “holdout”?
                weir.yaml:5:5: features[0].value: “value” is missing. Add it, such as `value: revenue`.
                weir.yaml:8:24: placements[0].policy: “gready” is no policy. Did you mean “greedy”?
                weir.yaml:10:52: budgets[0].to: “2017-01-01” is not after “2018-01-01”, the beginning. Write a later end.
                weir.yaml:10:72: budgets[0].curve[0]: “0” is not possible here. Write how much traffic this part of \
                the time has, above 0.
                campaigns/one.yaml:1:1: channel: “channel” is missing. Add it, such as `channel: web`.
                campaigns/one.yaml:2:13: placements: “tills” is no known placement. Did you mean “till”?
                campaigns/one.yaml:3:38: eligible: “spent” is no known feature. Did you mean “spend”?
                campaigns/one.yaml:4:7: goal: “sale” is no known goal. Declare it in weir.yaml.
                campaigns/one.yaml:6:5: offers[0].value: “value” is missing. Add it, such as `value: 1.50 USD`.
                campaigns/one.yaml:7:11: offers[0].cost: “1 GBP” is in GBP, but the catalog counts in USD. Write the \
                amount in USD: Weir converts nothing.
                campaigns/one.yaml:8:5: offers[0].mesage: “mesage” is no key that may stand here. Did you mean “message”?
                campaigns/one.yaml:9:5: offers[1]: “7” stands where a mapping is wanted. Write one “name: value” a line.
                """)
    }

    @Test("A feature and the metric may have a range")
    func range() throws {
        var sample = try Sample()
        try sample.replace(
            "    value: revenue\n    window: 60d\n",
            with: "    value: revenue\n    window: 60d\n    range: [-10, 2000]\n")
        sample.root += "\nmetric: {name: sales, event: Order Completed, value: revenue, range: [0, 500.5]}\n"
        let catalog = try readCatalog(sample.files)
        #expect(catalog.features[1].range == -10...2_000 && catalog.features[0].range == nil)
        #expect(catalog.metric?.range == 0...500.5)
    }

    @Test(
        "A range that is none is a fault",
        arguments: [
            ("[500, 0]", "not below"), ("[0]", "two ends"), ("[0, 1, 2]", "two ends"), ("[0, 1e300]", "1e12"),
            ("[0, nan]", "1e12"), ("5", "list"), ("[3, 3]", "not below"),
        ])
    func noRange(text: String, word: String) throws {
        var sample = try Sample()
        sample.root += "\nmetric: {name: sales, event: Order Completed, value: revenue, range: \(text)}\n"
        #expect(faults(of: sample.files).contains(word), "\(faults(of: sample.files))")
    }
}
