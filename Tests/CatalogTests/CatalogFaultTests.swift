import Testing
import WeirCatalog

@Suite("Faults of a catalog")
struct CatalogFaultTests {
    struct Mistake: Sendable, CustomTestStringConvertible {
        let written: String
        let instead: String
        let fault: String
        var testDescription: String { "\(written) instead of \(instead)" }
    }

    @Test("Each mistake is one fault that names place, value and remedy", arguments: mistakes)
    func mistake(_ mistake: Mistake) throws {
        var sample = try Sample()
        try sample.replace(mistake.instead, with: mistake.written)
        #expect(faults(of: sample.files) == mistake.fault)
    }

    @Test("Two codes that differ in case or blanks only are a fault, the same code twice is none")
    func alikeCodes() throws {
        var sample = try Sample()
        try sample.replace("    cost: 1.00\n", with: "    cost: 1.00\n    coupon: Tea-1\n")
        try sample.replace("coupon: \"51800\"", with: "coupon: \"tea -1\"")
        #expect(faults(of: sample.files).contains("“Tea-1” and “tea -1” at campaigns/spring.yaml:"))
        try sample.replace("coupon: \"tea -1\"", with: "coupon: Tea-1")
        #expect(faults(of: sample.files) == "")
    }

    @Test("An offer gives one code for all or those of a pool, and leaked codes are refused or booked")
    func codes() throws {
        var sample = try Sample()
        try sample.replace("coupon: \"51800\"", with: "codes: {pool: spring}")
        #expect(faults(of: sample.files) == "")
        try sample.replace("codes: {pool: spring}", with: "codes: {pool: spring}\n    coupon: \"51800\"")
        #expect(
            faults(of: sample.files).contains("codes: The offer has a coupon, one code for all, too. Remove “coupon”"))
        try sample.replace("codes: {pool: spring}\n    coupon: \"51800\"", with: "codes: {pools: spring}")
        #expect(faults(of: sample.files).contains("“pool” is missing. Add it, such as `pool: spring`."))
        try sample.replace("codes: {pools: spring}", with: "codes: {pool: spring}")
        try sample.replace("kind: coupon", with: "kind: coupon\nleaked: pay")
        #expect(faults(of: sample.files).contains("leaked: “pay” is not possible here. Known: “refuse”, “book”."))
    }

    static let mistakes = [
        Mistake(
            written: "", instead: "currency: USD\n",
            fault: "weir.yaml:2:1: currency: “currency” is missing. Add it, such as `currency: USD`."),
        Mistake(
            written: "currency: Dollar", instead: "currency: USD",
            fault: "weir.yaml:2:11: currency: “Dollar” is no currency. Write an ISO 4217 code, such as “USD”."),
        Mistake(
            written: "salt: ", instead: "salt: spring rain 1837 ",
            fault: "weir.yaml:2:1: salt: “salt” is missing. Add it, such as `salt: any text, kept for ever`."),
        Mistake(
            written: "holdout: 100 %", instead: "holdout: 10 %",
            fault: "weir.yaml:4:10: holdout: “100 %” is out of range. Write a share from 0 % to less than 100 %."),
        Mistake(
            written: "holdout: ten", instead: "holdout: 10 %",
            fault: "weir.yaml:4:10: holdout: “ten” is no share. Write it like “10 %” or “0.1”."),
        Mistake(
            written: "holdout: [1]", instead: "holdout: 10 %",
            fault: "weir.yaml:4:10: holdout: A list stands where a share is wanted. Write one value."),
        Mistake(
            written: "holdouts: 10 %", instead: "holdout: 10 %",
            fault: "weir.yaml:4:1: holdouts: “holdouts” is no key that may stand here. Did you mean “holdout”?"),
        Mistake(
            written: "marketing: yes", instead: "marketing: granted",
            fault: "weir.yaml:8:16: consent.default.marketing: “yes” is not possible here. Known: “granted”, “denied”."),
        Mistake(
            written: "name: spend_60d", instead: "name: coffee_lately",
            fault:
                "weir.yaml:22:11: features[2].name: “spend_60d” is already the feature at weir.yaml:16. Give one of them another name."
        ),
        Mistake(
            written: "name: coffee-lately", instead: "name: coffee_lately",
            fault:
                "weir.yaml:22:11: features[2].name: “coffee-lately” could not be written in a rule. Use letters, digits and “_”, no digit first, and no word of the rule language."
        ),
        Mistake(
            written: "name: between", instead: "name: refund_rate",
            fault:
                "weir.yaml:37:11: features[4].name: “between” could not be written in a rule. Use letters, digits and “_”, no digit first, and no word of the rule language."
        ),
        Mistake(
            written: "aggregate: total", instead: "aggregate: sum",
            fault:
                "weir.yaml:17:16: features[1].aggregate: “total” is not possible here. Known: “count”, “sum”, “mean”, “recency”, “distinct”, “rate”."
        ),
        Mistake(
            written: "", instead: "    value: revenue\n",
            fault: "weir.yaml:16:5: features[1].value: “value” is missing. Add it, such as `value: revenue`."),
        Mistake(
            written: "", instead: "    per: {event: Order Completed}\n",
            fault: "weir.yaml:37:5: features[4].per: “per” is missing. Add it, such as `per: {event: Order Completed}`."
        ),
        Mistake(
            written: "by: category\n    value: price\n", instead: "by: category\n",
            fault: "weir.yaml:34:12: features[3].value: A count looks at no value. Remove it, or aggregate by “sum”."),
        Mistake(
            written: "by: category\n    per: {event: Visit}\n", instead: "by: category\n",
            fault:
                "weir.yaml:34:10: features[3].per: Only a rate is counted per another event. Remove it, or aggregate by “rate”."
        ),
        Mistake(
            written: "window: 36h", instead: "window: 26w",
            fault: "weir.yaml:34:13: features[3].window: A window counts whole days. Write it like “7d” or “2w”."),
        Mistake(
            written: "window: 26w\n    half_life: 3d", instead: "window: 26w",
            fault: "weir.yaml:34:13: features[3].window: A feature has a window or a half-life. Remove one of them."),
        Mistake(
            written: "window: 26 weeks", instead: "window: 26w",
            fault:
                "weir.yaml:34:13: features[3].window: “26 weeks” is no length of time. Write it like “30m”, “12h”, “14d” or “2w”, more than 0 and at most 5200w."
        ),
        Mistake(
            written: "half_life: 0d", instead: "half_life: 30d",
            fault:
                "weir.yaml:27:16: features[2].half_life: “0d” is no length of time. Write it like “30m”, “12h”, “14d” or “2w”, more than 0 and at most 5200w."
        ),
        Mistake(
            written: "    aggregate: recency\n    half_life: 3d",
            instead: "    aggregate: rate\n    event: Order Refunded\n    per: {event: Order Completed}",
            fault:
                "weir.yaml:39:16: features[4].half_life: A recency cannot fade. Remove “half_life”, or write “window”."),
        Mistake(
            written: "each: products..item\n    by", instead: "each: products\n    by",
            fault:
                "weir.yaml:32:11: features[3].each: “products..item” is no path. Write names with single dots between, such as “shipping.city”."
        ),
        Mistake(
            written: "transform: logarithm", instead: "transform: log",
            fault:
                "weir.yaml:35:16: features[3].transform: “logarithm” is not possible here. Known: “none”, “log”, “presence”, “logit”."
        ),
        Mistake(
            written: "transform: logit", instead: "transform: log",
            fault:
                "weir.yaml:35:16: features[3].transform: Only a rate has a logit. Write “log”, or aggregate by “rate”."
        ),
        Mistake(
            written: "by: category\n    expected: 0.2\n", instead: "by: category\n",
            fault:
                "weir.yaml:34:15: features[3].expected: Only a rate is drawn toward what is expected. Remove it, or aggregate by “rate”."
        ),
        Mistake(
            written: "per: {event: Order Completed}\n    expected: 0.02\n", instead: "per: {event: Order Completed}\n",
            fault:
                "weir.yaml:41:15: features[4].expected: Without `smoothing` it has no weight. Add it: how many events the expected rate weighs."
        ),
        Mistake(
            written: "per: {event: Order Completed, less: Offer Shown}\n", instead: "per: {event: Order Completed}\n",
            fault:
                "weir.yaml:40:41: features[4].per.less: “Offer Shown” stands where a mapping is wanted. Write one “name: value” a line."
        ),
        Mistake(
            written: "model: no", instead: "model: false",
            fault: "weir.yaml:41:12: features[4].model: “no” is neither true nor false. Write “true” or “false”."),
        Mistake(
            written: "  - name: visit\n", instead: "  - id: visit\n",
            fault:
                "weir.yaml:50:5: goals[1].id: “id” is missing. Add it, such as `id: redemption`.\nweir.yaml:50:5: goals[1].name: “name” is no key that may stand here. Known: “id”, “event”, “where”, “coupon”, “window”, “negatives”, “baseline”, “settle_after”, “memory”, “prior”, “reversal”, “clock_tolerance” and 1 more."
        ),
        Mistake(
            written: "    coupon: code\n", instead: "    event: Store Visited\n    where: {staff: false}\n",
            fault:
                "weir.yaml:51:13: goals[1].coupon: Without an event there is no coupon in it. Add `event: Order Completed`, or remove it."
        ),
        Mistake(
            written: "negatives: now", instead: "negatives: immediate",
            fault:
                "weir.yaml:55:16: goals[1].negatives: “now” is not possible here. Known: “window_close”, “immediate”, “reported”, “settle”, “delayed”."
        ),
        Mistake(
            written: "negatives: settle", instead: "negatives: immediate",
            fault:
                "weir.yaml:50:5: goals[1].settle_after: “settle_after” is missing. Add it, such as `settle_after: 21d`."
        ),
        Mistake(
            written: "baseline: nothing", instead: "baseline: learned",
            fault: "weir.yaml:54:15: goals[1].baseline: “nothing” is not possible here. Known: “zero”, “learned”."),
        Mistake(
            written: "policy: {squarecb: {gamma: 0}}", instead: "policy: {squarecb: {gamma: 20}}",
            fault:
                "weir.yaml:60:32: placements[0].policy.squarecb.gamma: “0” is not possible here. Write a number above 0."
        ),
        Mistake(
            written: "policy: {squarecb: {epsilon: 1}}", instead: "policy: {squarecb: {gamma: 20}}",
            fault:
                "weir.yaml:60:24: placements[0].policy.squarecb.gamma: “gamma” is missing. Add it, such as `gamma: 20`.\nweir.yaml:60:25: placements[0].policy.squarecb.epsilon: “epsilon” is no key that may stand here. Known: “gamma”."
        ),
        Mistake(
            written: "policy: squarecb", instead: "policy: {squarecb: {gamma: 20}}",
            fault: "weir.yaml:60:13: placements[0].policy: The policy needs a number. Write `{squarecb: {gamma: 20}}`."),
        Mistake(
            written: "policy: {epsilon_greedy: {epsilon: 1.01}}", instead: "policy: {squarecb: {gamma: 20}}",
            fault:
                "weir.yaml:60:40: placements[0].policy.epsilon_greedy.epsilon: “1.01” is not possible here. Write a number from 0 to 1."
        ),
        Mistake(
            written: "policy: {softmax: {temperature: nan}}", instead: "policy: {squarecb: {gamma: 20}}",
            fault:
                "weir.yaml:60:37: placements[0].policy.softmax.temperature: “nan” is not possible here. Write a number above 0."
        ),
        Mistake(
            written: "policy: tompson", instead: "policy: thompson",
            fault: "weir.yaml:62:13: placements[1].policy: “tompson” is no policy. Did you mean “thompson”?"),
        Mistake(
            written: "policy: {thompson: {draws: 15}}", instead: "policy: thompson",
            fault:
                "weir.yaml:62:32: placements[1].policy.thompson.draws: “15” is not possible here. Write a whole number in 16…4096."
        ),
        Mistake(
            written: "policy: {greedy: {}, thompson: {}}", instead: "policy: thompson",
            fault:
                "weir.yaml:62:13: placements[1].policy: A placement has one policy. Write it like `{squarecb: {gamma: 20}}`."
        ),
        Mistake(
            written: "policy: {ucb: {}}", instead: "policy: thompson",
            fault:
                "weir.yaml:62:14: placements[1].policy.ucb: “ucb” is no policy. Known: “greedy”, “epsilon_greedy”, “softmax”, “squarecb”, “thompson”."
        ),
        Mistake(
            written: "limit: 24000 EUR", instead: "limit: 24000 USD",
            fault:
                "weir.yaml:67:12: budgets[0].limit: “24000 EUR” is in EUR, but the catalog counts in USD. Write the amount in USD: Weir converts nothing."
        ),
        Mistake(
            written: "limit: 24,000 USD", instead: "limit: 24000 USD",
            fault:
                "weir.yaml:67:12: budgets[0].limit: “24,000 USD” is no amount. Write it like “1.50 USD”, with at most 2 digits behind the point and no thousands separators."
        ),
        Mistake(
            written: "limit: 0", instead: "limit: 24000 USD",
            fault: "weir.yaml:67:12: budgets[0].limit: “0” is not above 0. Write more."),
        Mistake(
            written: "to: 2016-12-31 ", instead: "to: 2017-12-31 ",
            fault:
                "weir.yaml:69:9: budgets[0].to: “2016-12-31” is not after “2017-01-01”, the beginning. Write a later end."
        ),
        Mistake(
            written: "to: 2017-02-30 ", instead: "to: 2017-12-31 ",
            fault:
                "weir.yaml:69:9: budgets[0].to: “2017-02-30” is no date. Write it like “2017-03-03” or “2017-03-03T18:00:00Z”."
        ),
        Mistake(
            written: "curve: [2, 0]", instead: "curve: [2, 2, 3, 5]",
            fault:
                "weir.yaml:70:16: budgets[0].curve[1]: “0” is not possible here. Write how much traffic this part of the time has, above 0."
        ),
        Mistake(
            written: "curve: []", instead: "curve: [2, 2, 3, 5]",
            fault: "weir.yaml:70:12: budgets[0].curve: The curve is empty. Write `[1]` for an even flow, or remove it."),
        Mistake(
            written: "curve: 5", instead: "curve: [2, 2, 3, 5]",
            fault:
                "weir.yaml:70:12: budgets[0].curve: “5” stands where a list is wanted. Begin each entry on a line of its own with “- ”."
        ),
        Mistake(
            written: "return_floor: -0.1", instead: "return_floor: 1.2",
            fault: "weir.yaml:71:19: budgets[0].return_floor: “-0.1” is not possible here. Write a number from 0."),
        Mistake(
            written: "overall: 0 per 7d", instead: "overall: 2 per 7d",
            fault:
                "weir.yaml:74:14: caps[0].overall: “0 per 7d” would allow nothing. Write at least 1, or end the campaign instead."
        ),
        Mistake(
            written: "overall: 2 a week", instead: "overall: 2 per 7d",
            fault: "weir.yaml:74:14: caps[0].overall: “2 a week” is no limit. Write it like “2 per 7d”."),
        Mistake(
            written: "everything: 2 per 7d", instead: "overall: 2 per 7d",
            fault:
                "weir.yaml:74:5: caps[0].everything: “everything” is nothing to cap. Known: “offer”, “campaign”, “channel”, “overall”."
        ),
        Mistake(
            written: "chanel: 1 per 1d", instead: "channel: 1 per 1d",
            fault: "weir.yaml:75:5: caps[1].chanel: “chanel” is nothing to cap. Did you mean “channel”?"),
        Mistake(
            written: "placements: [till, newsleter]", instead: "placements: [till, newsletter]",
            fault:
                "campaigns/spring.yaml:5:20: placements[1]: “newsleter” is no known placement. Did you mean “newsletter”?"
        ),
        Mistake(
            written: "placements: [till, till]", instead: "placements: [till, newsletter]",
            fault: "campaigns/spring.yaml:5:20: placements[1]: “till” stands here twice. Remove one."),
        Mistake(
            written: "placements: []", instead: "placements: [till, newsletter]",
            fault: "campaigns/spring.yaml:5:13: placements: The list is empty. Name at least one placement."),
        Mistake(
            written: "goal: redeem", instead: "goal: redemption",
            fault: "campaigns/spring.yaml:9:7: goal: “redeem” is no known goal. Known: “redemption”, “visit”."),
        Mistake(
            written: "budgets: [yaer]", instead: "budgets: [year]",
            fault: "campaigns/spring.yaml:12:11: budgets[0]: “yaer” is no known budget. Did you mean “year”?"),
        Mistake(
            written: "category_afinity: tea", instead: "category_affinity: tea",
            fault:
                "campaigns/spring.yaml:32:7: offers[1].about.category_afinity: “category_afinity” is no known feature. Did you mean “category_affinity”?"
        ),
        Mistake(
            written: "spend_60d: tea", instead: "category_affinity: tea",
            fault:
                "campaigns/spring.yaml:32:7: offers[1].about.spend_60d: “spend_60d” is not split by anything. Name a feature with “by”, or add “by” to this one."
        ),
        Mistake(
            written: "", instead: "channel: till\n",
            fault: "campaigns/spring.yaml:2:1: channel: “channel” is missing. Add it, such as `channel: web`."),
        Mistake(
            written: "from: 2017-05-01", instead: "from: 2017-03-03",
            fault:
                "campaigns/spring.yaml:7:5: to: “2017-04-30” is not after “2017-05-01”, the beginning. Write a later end."
        ),
        Mistake(
            written: "from: 3 March", instead: "from: 2017-03-03",
            fault:
                "campaigns/spring.yaml:6:7: from: “3 March” is no date. Write it like “2017-03-03” or “2017-03-03T18:00:00Z”."
        ),
        Mistake(
            written: "holdout: -5 %", instead: "holdout: 5 %",
            fault:
                "campaigns/spring.yaml:15:10: holdout: “-5 %” is out of range. Write a share from 0 % to less than 100 %."
        ),
        Mistake(
            written: "id: coffee-150", instead: "id: tea-100",
            fault:
                "campaigns/spring.yaml:27:9: offers[1].id: “coffee-150” is already the offer at campaigns/spring.yaml:17. Give one of them another name."
        ),
        Mistake(
            written: "id: tea 100", instead: "id: tea-100",
            fault:
                "campaigns/spring.yaml:27:9: offers[1].id: “tea 100” has characters that an id cannot have. Write “tea-100”."
        ),
        Mistake(
            written: "cost: 1.50 EUR", instead: "cost: 1.50 USD",
            fault:
                "campaigns/spring.yaml:19:11: offers[0].cost: “1.50 EUR” is in EUR, but the catalog counts in USD. Write the amount in USD: Weir converts nothing."
        ),
        Mistake(
            written: "cost: -1.50", instead: "cost: 1.50 USD",
            fault: "campaigns/spring.yaml:19:11: offers[0].cost: “-1.50” is negative. Write 0 or more."),
        Mistake(
            written: "cost: 1.505", instead: "cost: 1.50 USD",
            fault:
                "campaigns/spring.yaml:19:11: offers[0].cost: “1.505” is no amount. Write it like “1.50 USD”, with at most 2 digits behind the point and no thousands separators."
        ),
        Mistake(
            written: "", instead: "    cost: 1.00\n",
            fault: "campaigns/spring.yaml:27:5: offers[1].cost: “cost” is missing. Add it, such as `cost: 1.50 USD`."),
        Mistake(
            written: "stock: -1", instead: "stock: 5000",
            fault:
                "campaigns/spring.yaml:21:12: offers[0].stock: “-1” is not possible here. Write a whole number from 0."),
        Mistake(
            written: "stock: many", instead: "stock: 5000",
            fault:
                "campaigns/spring.yaml:21:12: offers[0].stock: “many” is not possible here. Write a whole number from 0."
        ),
        Mistake(
            written: "spend_6d > 20", instead: "spend_60d > 20",
            fault: "campaigns/spring.yaml:8:12: eligible: “spend_6d” is no known feature. Did you mean “spend_60d”?"),
        Mistake(
            written: "category_affinity > 20", instead: "spend_60d > 20",
            fault:
                "campaigns/spring.yaml:8:12: eligible: “category_affinity” is split by a key and has no single value. Declare a feature without “by”."
        ),
        Mistake(
            written: "baskets_60d >= '2'", instead: "baskets_60d >= 2",
            fault:
                "campaigns/spring.yaml:8:43: eligible: A number and a text are never alike. Compare values of one type."
        ),
        Mistake(
            written: "{{traits.firstName}}", instead: "{{trait.firstName|Hello}}",
            fault:
                "campaigns/spring.yaml:25:15: offers[0].message: “traits” is no source of placeholders. Did you mean “trait”?"
        ),
        Mistake(
            written: "{{offer.cost}}", instead: "{{offer.name}}",
            fault:
                "campaigns/spring.yaml:25:42: offers[0].message: Offers show no “cost”. Known: “id”, “name”, “coupon”."),
        Mistake(
            written: "{{context.store", instead: "{{context.store|any store}}",
            fault: "campaigns/spring.yaml:25:60: offers[0].message: The placeholder has no end. Close it with “}}”."),
        Mistake(
            written: "id: spring\nid: summer\n", instead: "id: spring\n",
            fault: "campaigns/spring.yaml:2:1: “id” stands twice among the keys of one mapping. Keep one."),
        Mistake(
            written: "kind: coupon: paper", instead: "kind: coupon",
            fault:
                "campaigns/spring.yaml:4:13: This is not YAML: mapping values are not allowed in this context. Check the indentation, and quote texts that hold “: ” or “ #”."
        ),
        Mistake(
            written: "kind: [coupon]", instead: "kind: coupon",
            fault: "campaigns/spring.yaml:4:7: kind: A list stands where a text is wanted. Write one value."),
    ]
}
