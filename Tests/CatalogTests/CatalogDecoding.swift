import WeirCatalog
import WeirDomain
import WeirJSON

/// What must hold of rules, messages and catalogs, whatever was written: for the fuzzer, and for what it found.
enum CatalogDecoding {
    private static let traits: JSON = [
        "vip": true, "age": 41, "name": "Ada", "tags": ["a", 2, nil], "deep": ["er": -9_223_372_036_854_775_808],
    ]
    private static let context: JSON = ["basket": 1e308, "page": "home", "count": 0]

    /// What is wrong with how a rule, and a message with placeholders, is read; nil where nothing is.
    static func ruleFault(_ bytes: [UInt8]) -> String? {
        let text = String(decoding: bytes, as: UTF8.self)
        do throws(RuleError) {
            let rule = try Rule(compiling: text, features: ["spend_60d", "orders"], keyed: ["views"])
            for feature: Float in [0, -1, 12.5, .infinity, .nan] {
                let holds = rule.holds(features: [feature, 3], traits: traits, context: context)
                guard rule.holds(features: [feature, 3], traits: traits, context: context) == holds else {
                    return "It holds once and then it does not"
                }
            }
            guard rule.holds(features: [0, 0], traits: .emptyObject, context: .emptyObject) || !rule.text.isEmpty else {
                return "An empty rule"
            }
        } catch {
            if let fault = fault(error, in: text) { return fault }
        }
        do throws(RuleError) {
            let template = try MessageTemplate(compiling: text)
            let offer = Offer(id: "a", name: "A", cost: .zero(.usd), value: .zero(.usd), coupon: "C")
            _ = template.render(offer: offer, traits: traits, context: context)
        } catch {
            if let fault = fault(error, in: text) { return fault }
        }
        return nil
    }

    private static func fault(_ error: RuleError, in text: String) -> String? {
        if error.message.isEmpty { return "A refusal without a reason" }
        return (1...text.count + 1).contains(error.column) ? nil : "Column \(error.column) of \(text.count)"
    }

    /// What is wrong with how a catalog is read; nil where nothing is.
    ///
    /// - Parameter bytes: The root, a line `%%`, and a campaign; without such a line a root alone.
    static func catalogFault(_ bytes: [UInt8]) -> String? {
        let text = String(decoding: bytes, as: UTF8.self)
        let parts = text.split(separator: "\n%%\n", maxSplits: 1, omittingEmptySubsequences: false)
        let files = zip(["weir.yaml", "campaigns/a.yaml"], parts).map { CatalogFile(name: $0, text: String($1)) }
        do throws(CatalogFaults) {
            let catalog = try readCatalog(files)
            guard differences(from: catalog, to: catalog).isEmpty else { return "A catalog differs from itself" }
            _ = differences(from: nil, to: catalog)
        } catch {
            if error.faults.isEmpty { return "A refusal without a fault" }
            for fault in error.faults where fault.message.isEmpty || fault.line < 1 || fault.column < 1 {
                return "A fault without a place or a reason: \(fault)"
            }
        }
        return nil
    }

    static let ruleSeeds = [
        "spend_60d > 20 and trait.vip",
        "not (orders = 0 or trait.tags contains 'a') and context.page in ['home', \"x\"]",
        "orders / 0 >= -1e3 and trait.deep.er != 5", "trait.name is missing",
        "Hello {{trait.name}}, {{ offer.coupon }}!",
        "((((((orders)))))) < 3", "orders between 1 and 3", "{{context.basket}}{{",
    ].map { Array($0.utf8) }
}

extension CatalogDecoding {
    static let catalogSeeds = [
        """
        currency: USD
        salt: change me
        holdout: 10 %
        time_zone: Europe/Berlin
        consent:
          default: {marketing: granted}
        identity: {merge_users: allowed}
        orders: {event: Order Completed, id: order_id, value: [revenue, total]}
        amounts: {decimal: comma, paths: []}
        features:
          - {name: orders_60d, aggregate: count, event: Order Completed, window: 60d, center: 0.3, scale: 0.5}
          - {name: views, aggregate: count, event: Product Viewed, key: category, half_life: 7d}
          - {name: rate, aggregate: rate, event: A, per: {event: B}, smoothing: 2, expected: 0.1, range: 0..1}
        goals:
          - {id: purchase, event: Order Completed, value: revenue, window: 7d, negatives: delayed, baseline: learned}
        placements:
          - {id: home, name: Home, policy: {softmax: {temperature: 0.5}}}
          - {id: mail, policy: thompson}
        budgets:
          - {id: spring, amount: 1000 USD, start: 2026-03-01, end: 2026-06-01, pacing: even}
        caps: [{scope: overall, limit: 3, per: 7d}]
        metric: {event: Order Completed, value: revenue, window: 14d}
        %%
        id: spring
        name: Spring
        kind: coupon
        placements: [home]
        goal: purchase
        purpose: marketing
        channel: web
        budgets: [spring]
        holdout: 5 %
        eligibility: orders_60d > 1 and not trait.vip
        offers:
          - {id: a, name: Five off, cost: 5 USD, value: 20 USD, coupon: SPRING, message: "Hello {{trait.name}}", stock: 10}
          - &b {id: b, name: Free, cost: 1.50 USD, value: 2e1 USD}
        """,
        "currency: [USD\n- :\n\t\"", "a: &a [*a, *a]\nb: !!binary AAAA\n? {x: y}\n: |\n  text\n",
        "currency: USD\ncurrency: USD\n",
    ].map { Array($0.utf8) }
}
