import Testing
import WeirDecisioning
import WeirDomain
import WeirJSON
import WeirStatistics

@Suite("Offers priced by the basket")
struct OfferTermsTests {
    static let rules: [Discount.Rule] = [
        .basket([.init(reduction: .percent(millionths: 200_000))]),
        .basket([
            .init(minimum: 30_00, reduction: .amount(5_00)),
            .init(minimum: 90_00, reduction: .percent(millionths: 100_000)),
        ]),
        .shipping(millionths: 500_000, minimum: 10_00), .cheapest(of: 3), .points(500, per: 100, worth: 1_00),
    ]

    /// The offer with a cost that depends on the order.
    static func withTerms(_ offer: Offer, using random: inout SplitMix64) -> Offer {
        var offer = offer
        offer.cost = SampleSituation.dollars(15)
        offer.discount = Discount(
            rules.randomElement(using: &random)!, most: offer.cost,
            usual: Bool.random(using: &random) ? SampleSituation.dollars(4) : nil)
        if Bool.random(using: &random) { offer.valueShare = BasketShare(millionths: 400_000) }
        return offer
    }

    private func percentage(spread: Double) throws -> SampleSituation {
        var offer = SampleSituation.offer("a", cost: 15, value: 20)
        offer.discount = Discount(Self.rules[0], most: offer.cost)
        return try SampleSituation(offers: [offer, SampleSituation.offer("b", cost: 12)]) {
            $0.basket = BasketPrior(mean: SampleSituation.dollars(60), spread: spread)
        }
    }

    @Test("An offer of fixed cost is decided as it was, and its record is of the older form")
    func fixed() throws {
        let sample = try SampleSituation()
        let record = DecisionRecord(situation: sample.situation, decision: sample.decided(), plan: sample.plan)
        #expect(record.bytes[0] == 1)
        #expect(record.terms == nil && record.decision.candidates.allSatisfy { $0.use == nil })
    }

    @Test("Where the basket is sure, an expected cost is priced as a fixed one")
    func sure() throws {
        var sample = try percentage(spread: 0)
        let decision = sample.decided()
        #expect(decision.candidates[0].use == ExpectedUse(value: 20, cost: 12))
        #expect(decision.candidates[0].cost == decision.candidates[0].probability * 12)
        #expect(decision.candidates[1].use == nil)
        sample.situation.context = ["basket": "1e400", "shipping": -3]
        #expect(sample.decided().candidates[0].use == ExpectedUse(value: 20, cost: 12))
    }

    @Test("A cap counts as often as it is reached: an unsure basket costs less than its mean lets expect")
    func unsure() throws {
        let cost = try #require(try percentage(spread: 1).decided().candidates[0].use).cost
        // Over the lognormal distribution it is 9.00; eight quantiles come near.
        #expect(abs(cost - 9) < 0.5, "\(cost)")
    }

    @Test("The person's own orders outweigh the usual basket as they become more")
    func own() throws {
        var sample = try percentage(spread: 0)
        var costs: [Double] = []
        for count in [0, 1, 4, 16] {
            sample.situation.baskets = [Int64](repeating: 10_00, count: count)
            costs.append(try #require(sample.decided().candidates[0].use).cost)
        }
        let expected: [Double] = [12, 26.0 / 3, 32.0 / 6, 56.0 / 18]
        #expect(zip(costs, expected).allSatisfy { abs($0 - $1) < 1e-12 }, "\(costs)")
    }

    @Test("Another policy on the log sees the same uses", arguments: UInt64(0)..<20)
    func counterfactual(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let offers = (0..<3).map { Self.withTerms(SampleSituation.offer(OfferID("o\($0)")), using: &random) }
        var sample = try SampleSituation(policy: .thompson(draws: 64), offers: offers)
        sample.situation.baskets = [40_00, 90_00]
        let record = DecisionRecord(situation: sample.situation, decision: sample.decided(), plan: sample.plan)
        let read = try DecisionRecord(decoding: record.bytes)
        let again = read.choiceProbabilities(policy: .thompson(draws: 64), plan: sample.plan)
        for (index, candidate) in record.decision.candidates.enumerated() {
            #expect(abs(again[index] - candidate.choiceProbability) < 0.02)
        }
    }
}
