import Foundation
import Testing
import WeirCatalog
import WeirDomain

@Suite("Experiments in the catalog")
struct ExperimentTests {
    static let declared = """
        metric: {name: sales, event: Order Completed, value: revenue}
        experiments:
          - id: coffee
            name: Coffee in spring
            campaigns: spring
            placements: [till]
            group: pricing
            share: 60 %
            from: 2017-03-03
            to: 2017-04-30
            arms:
              - {id: control, share: 20 %, offers: none}
              - {id: coffee-only, share: 30 %, offers: [coffee-150]}
              - {id: everything, share: 50 %, offers: all}
            metrics: [value, redemption]
            guardrails:
              - {metric: value, not_below: -5 %}
            sequential: true
          - id: stores
            group: pricing
            share: 40 %
            arms:
              - {id: off, offers: none}
              - {id: on, offers: all}
            switchback: {period: 12h, by: address.city}

        """

    static func files(_ old: String = "", _ new: String = "") throws -> [CatalogFile] {
        var sample = try Sample()
        try #require(old.isEmpty || declared.contains(old), "“\(old)” must stand in the sample")
        let declared = old.isEmpty ? declared : declared.replacingOccurrences(of: old, with: new)
        sample.root = declared + sample.root
        return sample.files
    }

    @Test("Every key of an experiment is read, and what is not written has its default")
    func reading() throws {
        let catalog = try readCatalog(try Self.files())
        let coffee = catalog.experiments[0]
        #expect(coffee.id == "coffee" && coffee.name == "Coffee in spring" && coffee.campaigns == ["spring"])
        #expect(coffee.placements == ["till"] && coffee.group == "pricing" && coffee.share == 0.6)
        #expect(coffee.arms.map(\.id) == ["control", "coffee-only", "everything"])
        #expect(coffee.arms.map(\.share) == [0.2, 0.3, 0.5])
        #expect(coffee.arms.map(\.offers) == [.none, .only(["coffee-150"]), .all])
        #expect(coffee.start == Timestamp(iso8601: "2017-03-03") && coffee.end == Timestamp(iso8601: "2017-05-01"))
        #expect(coffee.metrics == [.value, .goal("redemption")] && coffee.isSequential)
        #expect(coffee.guardrails == [Experiment.Guardrail(metric: .value, notBelow: -0.05)])
        let stores = catalog.experiments[1]
        #expect(
            stores.name == "stores" && stores.campaigns.isEmpty && stores.placements.isEmpty && !stores.isSequential)
        #expect(stores.arms.map(\.share) == [0.5, 0.5] && stores.start == nil && stores.end == nil)
        #expect(stores.switchback == Experiment.Switchback(period: .hour * 12, unit: .trait("address.city")))
        #expect(stores.metrics == [.value, .goal("redemption")] && stores.guardrails.isEmpty)
    }

    @Test(
        "Each mistake is one fault that names place, value and remedy",
        arguments: [
            (
                "campaigns: spring", "campaigns: sprig",
                "5:16: experiments[0].campaigns: “sprig” is no known campaign. Did you mean “spring”?"
            ),
            (
                "placements: [till]", "placements: [shelf]",
                "6:18: experiments[0].placements[0]: “shelf” is no known placement. Known: “newsletter”, “till”."
            ),
            (
                "share: 60 %", "share: 70 %",
                "19:5: experiments[1]: The experiments of group “pricing” up to “stores” want 110 % of the customers, who "
                    + "take part in one of them at most. Lower their shares to 100 % together, or write another group."
            ),
            (
                "switchback: {period: 12h, by: address.city}\n",
                "\n  - {id: more, group: pricing, share: 20 %, arms: [{id: off, offers: none}, {id: on, offers: all}]}\n",
                "26:5: experiments[2]: The experiments of group “pricing” up to “more” want 120 % of the customers, who "
                    + "take part in one of them at most. Lower their shares to 100 % together, or write another group."
            ),
            (
                "share: 60 %", "share: 0 %",
                "8:12: experiments[0].share: “0 %” is out of range. Write a share above 0 % and up to 100 %."
            ),
            (
                "id: stores", "id: coffee",
                "19:9: experiments[1].id: “coffee” is already the experiment at weir.yaml:3. Give one of them another name."
            ),
            (
                "id: everything", "id: control",
                "14:14: experiments[0].arms[2].id: “control” is already the arm of “coffee” at weir.yaml:12. Give one of "
                    + "them another name."
            ),
            (
                "share: 50 %, offers: all", "share: 40 %, offers: all",
                "12:7: experiments[0].arms: The arms' shares are 90 % together. Make them 100 %, or write none: then they "
                    + "are equal."
            ),
            (
                "share: 50 %, offers: all", "offers: all",
                "12:7: experiments[0].arms: Some arms have a share and some have none. Write it for each, or for none: "
                    + "then they are equal."
            ),
            (
                "[coffee-150]", "[coffee-15]",
                "13:49: experiments[0].arms[1].offers[0]: “coffee-15” is no offer of the experiment's campaigns. Did you "
                    + "mean “coffee-150”?"
            ),
            (
                "      - {id: on, offers: all}\n", "",
                "23:7: experiments[1].arms: An experiment has 2 to 10 arms, of which the first is the control; here are 1."
            ),
            (
                "{id: on, offers: all}", "{id: on, offers: none}",
                "23:7: experiments[1].arms: All arms get the same offers, so there is nothing to compare. Change “offers” "
                    + "in one of them."
            ),
            (
                "metrics: [value, redemption]", "metrics: [value, redemtion]",
                "15:22: experiments[0].metrics[1]: “redemtion” is no known goal. Did you mean “redemption”?"
            ),
            (
                "not_below: -5 %", "not_below: -100 %",
                "17:36: experiments[0].guardrails[0].not_below: “-100 %” is no change. Write one above −100 %, such as "
                    + "“-5 %”."
            ),
            (
                "period: 12h", "period: soon",
                "25:26: experiments[1].switchback.period: “soon” is no length of time. Write it like “30m”, “12h”, “14d” or "
                    + "“2w”, more than 0 and at most 5200w."
            ),
            (
                "sequential: true", "sequentially: true",
                "18:5: experiments[0].sequentially: “sequentially” is no key that may stand here. Did you mean “sequential”?"
            ),
            (
                "to: 2017-04-30", "to: 2017-02-28",
                "10:9: experiments[0].to: “2017-02-28” is not after “2017-03-03”, the beginning. Write a later end."
            ),
        ])
    func mistake(_ written: String, _ instead: String, _ fault: String) throws {
        #expect(faults(of: try Self.files(written, instead)) == "weir.yaml:" + fault)
    }

    @Test("The documented experiments are read")
    func documented() throws {
        let block = try #require(
            try Project.blocks("yaml", of: "docs/catalog.md").first { $0.hasPrefix("metric:") })
        var sample = try Sample()
        sample.root += block
        #expect(try readCatalog(sample.files).experiments.map(\.id) == ["coffee", "till-days"])
    }

    @Test("What cannot go together is refused: a switchback with guardrails or unequal arms, the value of no metric")
    func contradictions() throws {
        let rails = "switchback: {period: 12h, by: address.city}\n    guardrails: [{metric: value, not_below: 0}]"
        let guarded = faults(of: try Self.files("switchback: {period: 12h, by: address.city}", rails))
        #expect(guarded.hasPrefix("weir.yaml:26:17: experiments[1].guardrails: A switchback has too few periods"))
        let uneven = faults(
            of: try Self.files("{id: off, offers: none}", "{id: off, share: 30 %, offers: none}")
                .map { CatalogFile(name: $0.name, text: $0.text.replacing("id: on,", with: "id: on, share: 70 %,")) })
        #expect(uneven.contains("The arms of a switchback take turns, so their shares are equal. Remove “share”."))
        let nothing = faults(of: try Self.files("metric: {name: sales, event: Order Completed, value: revenue}\n", ""))
        #expect(nothing.contains("“value” is the catalog's metric, but there is none."))
    }

    @Test("An experiment is shown as the files write it where catalogs are compared")
    func difference() throws {
        let before = try readCatalog(try Self.files())
        func shown(_ old: String, _ new: String) throws -> String {
            let after = try readCatalog(try Self.files(old, new))
            return differences(from: before, to: after).map(\.description).joined(separator: "\n")
        }
        #expect(try shown("not_below: -5 %", "not_below: -4 %").hasPrefix("~ experiments.coffee.guardrails"))
        #expect(
            try shown("[coffee-150]", "[coffee-150, tea-100]")
                == "~ experiments.coffee.arms.coffee-only.offers: [coffee-150] → [coffee-150, tea-100]")
        #expect(try shown("sequential: true", "sequential: false") == "~ experiments.coffee.sequential: true → false")
        #expect(try shown("by: address.city", "by: placement").contains("experiments.stores.switchback.by"))
    }
}
