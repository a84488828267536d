import Testing
import WeirCatalog
import WeirDomain

@Suite("Differences of catalogs")
struct CatalogDifferenceTests {
    @Test(
        "Each change is named as the files write it",
        arguments: [
            ("limit: 24000 USD", "limit: 30000", "~ budgets.year.limit: 24,000.00 USD → 30,000.00 USD"),
            ("to: 2017-04-30", "to: 2017-05-31", "~ campaigns.spring.to: 2017-04-30 → 2017-05-31"),
            ("to: 2017-04-30\n", "", "- campaigns.spring.to: 2017-04-30"),
            ("holdout: 5 %\n", "", "~ campaigns.spring.holdout: 0.05 → 0.0"),
            ("stock: 5000", "stock: 400", "~ campaigns.spring.offers.coffee-150.stock: 5000 → 400"),
            ("    stock: 5000\n", "", "- campaigns.spring.offers.coffee-150.stock: 5000"),
            ("cost: 1.50 USD", "cost: 1.75 USD", "~ campaigns.spring.offers.coffee-150.cost: 1.50 USD → 1.75 USD"),
            (
                "category_affinity: tea", "category_affinity: [tea, chai]",
                "~ campaigns.spring.offers.tea-100.about.category_affinity: [“tea”] → [“tea”, “chai”]"
            ),
            ("window: 14d", "window: 36h", "~ goals.redemption.window: 14d → 36h"),
            ("value: revenue", "value: total", "~ features.spend_60d.value: revenue → total"),
            (
                "half_life: 30d", "half_life: 15d",
                "~ features.coffee_lately.memory: decay(halfLifeDays: 30.0) → decay(halfLifeDays: 15.0)"
            ),
            ("policy: thompson", "policy: greedy", "~ placements.newsletter.policy: thompson(draws: 256) → greedy"),
            (
                "campaign: 3 per 4w", "campaign: 4 per 4w",
                "~ campaigns.spring.caps: [{scope: campaign, limit: 3, per: 28d}] → "
                    + "[{scope: campaign, limit: 4, per: 28d}]"
            ),
            ("marketing: granted", "marketing: denied", "~ consent.default.marketing: true → false"),
            (
                "placements: [till, newsletter]", "placements: till",
                "~ campaigns.spring.placements: [till, newsletter] → [till]"
            ),
            ("salt: spring rain 1837 ", "salt: dew ", "~ salt: “spring rain 1837” → “dew”"),
            ("id: spring\n", "id: summer\n", "- campaigns.spring\n+ campaigns.summer"),
            ("id: tea-100", "id: chai-100", "- campaigns.spring.offers.tea-100\n+ campaigns.spring.offers.chai-100"),
        ])
    func change(instead: String, written: String, difference: String) throws {
        var sample = try Sample()
        let old = try readCatalog(sample.files)
        try sample.replace(instead, with: written)
        let new = try readCatalog(sample.files)

        let found = differences(from: old, to: new)
        #expect(found.map(\.description).joined(separator: "\n") == difference)

        // The way back names the same places, before and after exchanged.
        let back = differences(from: new, to: old)
        let turned = found.map { CatalogDifference(path: $0.path, before: $0.after, after: $0.before) }
        #expect(Set(back) == Set(turned))
        #expect(differences(from: new, to: new).isEmpty)
    }

    @Test("From no catalog everything is new, things by their ids alone")
    func fromNothing() throws {
        let found = differences(from: nil, to: try readCatalog(try Sample().files)).map(\.description)
        #expect(found.allSatisfy { $0.hasPrefix("+ ") })
        #expect(found.contains("+ campaigns.spring"))
        #expect(found.contains("+ budgets.year"))
        #expect(found.contains("+ currency: USD"))
        #expect(!found.contains { $0.contains("offers") })
    }

    @Test("A new order is a difference, since ties between offers go to the first")
    func order() throws {
        let old = try readCatalog(try Sample().files)
        var new = old
        new.campaigns[0].offers.reverse()
        #expect(
            differences(from: old, to: new).map(\.description)
                == ["~ campaigns.spring.offers (order): coffee-150, tea-100 → tea-100, coffee-150"])
    }

    @Test("Moments that differ by a microsecond, and ends that only a date tells apart, are told apart")
    func precision() throws {
        let old = try readCatalog(try Sample().files)
        var new = old
        new.campaigns[0].start = old.campaigns[0].start! + TimeSpan(microseconds: 1)
        new.goals[0].window = TimeSpan(microseconds: 1_209_600_000_001)
        #expect(
            differences(from: old, to: new).map(\.description) == [
                "~ goals.redemption.window: 14d → 1209600000001 µs",
                "~ campaigns.spring.from: 2017-03-03 → 2017-03-03T00:00:00.000Z and 1 µs",
            ])
    }
}
