import Foundation
import Testing
import WeirDecisioning
import WeirDomain
import WeirLearning
import WeirStatistics

@Suite("Choice probabilities")
struct PropensityTests {
    static let policies: [Policy] = [
        .greedy, .epsilonGreedy(epsilon: 0.3), .softmax(temperature: 1.5), .squareCB(gamma: 2), .thompson(draws: 256),
    ]

    @Test("Over 200,000 fresh decisions each action, “no offer” too, comes as often as was logged", arguments: policies)
    func exact(policy: Policy) throws {
        // One candidate is closed, one loses money.
        var sample = try SampleSituation(
            policy: policy,
            offers: [
                SampleSituation.offer("a"), SampleSituation.offer("b", value: 22),
                SampleSituation.offer("c", cost: 3, value: 2),
                SampleSituation.offer("d", stock: 0),
            ])
        sample.teach()
        let replays = 200_000
        var counts = [Int](repeating: 0, count: 5)
        let first = sample.decided()
        let probabilities = first.candidates.map(\.choiceProbability) + [first.noOfferProbability]
        for number in 1...replays {
            sample.situation.id = DecisionID(number: Int64(number))
            let decision = sample.decided()
            let action = decision.chosen ?? 4
            counts[action] += 1
            guard decision.propensity == probabilities[action], decision.candidates == first.candidates else {
                Issue.record("decision \(number) logged \(decision.propensity)")
                return
            }
        }
        #expect(abs(probabilities.reduce(0, +) - 1) < 1e-12)
        #expect(probabilities[3] == 0)
        var statistic = 0.0
        for (count, probability) in zip(counts, probabilities) {
            let expected = Double(replays) * probability
            if probability == 0 {
                #expect(count == 0)
            } else {
                statistic += pow(Double(count) - expected, 2) / expected
            }
        }
        let possible = probabilities.count { $0 > 0 }
        if case .greedy = policy { #expect(possible == 1) } else { #expect(possible >= 2) }
        guard possible > 1 else { return }
        #expect(chiSquareSurvival(statistic, degreesOfFreedom: Double(possible - 1)) > 0.001)
    }

    @Test("“No offer” is what remains where nothing may be given, with certainty", arguments: policies)
    func nothingOpen(policy: Policy) throws {
        var sample = try SampleSituation(policy: policy)
        sample.situation.consents = [false]
        let decision = sample.decided()
        #expect(decision.chosen == nil && decision.propensity == 1 && decision.noOfferProbability == 1)
        let empty = try SampleSituation(policy: policy) { $0.campaigns = [] }.decided()
        #expect(empty.chosen == nil && empty.propensity == 1 && empty.candidates.isEmpty)
    }

    @Test("Greedy takes the first of equals, and nothing where nothing gains")
    func greedy() throws {
        // Value and priced cost of “b” and “c” are alike; only their own weights would tell them apart.
        let same = [SampleSituation.offer("a", value: 5), SampleSituation.offer("b"), SampleSituation.offer("c")]
        #expect(try SampleSituation(offers: same).decided().chosen == 1)
        let worthless = [SampleSituation.offer("a", cost: 5, value: 5), SampleSituation.offer("b", cost: 9, value: 5)]
        let none = try SampleSituation(offers: worthless).decided()
        #expect(none.candidates[0].utility == 0 && none.chosen == nil)
        let barely = [SampleSituation.offer("a", cost: 5, value: 5), SampleSituation.offer("b", cost: 5, value: 5.01)]
        #expect(try SampleSituation(offers: barely).decided().chosen == 1)
    }

    @Test("SquareCB is inverse to the gap, and the best gets the rest", arguments: [0.5, 5, 1_000])
    func squareCB(gamma: Double) throws {
        var sample = try SampleSituation(policy: .squareCB(gamma: gamma))
        sample.teach()
        let decision = sample.decided()
        let utilities = decision.candidates.map(\.utility) + [0]
        let best = utilities.indices.max { utilities[$0] < utilities[$1] }!
        var expected = utilities.map { 1 / (4 + gamma * (utilities[best] - $0)) }
        expected[best] += 1 - expected.reduce(0, +)
        let found = decision.candidates.map(\.choiceProbability) + [decision.noOfferProbability]
        for (one, other) in zip(found, expected) { #expect(abs(one - other) < 1e-12) }
    }

    @Test("Epsilon-greedy and softmax follow their formulas")
    func formulas() throws {
        var sample = try SampleSituation(policy: .epsilonGreedy(epsilon: 0.2))
        sample.teach()
        let epsilon = sample.decided()
        let utilities = epsilon.candidates.map(\.utility) + [0]
        let best = utilities.indices.max { utilities[$0] < utilities[$1] }!
        for (index, probability) in (epsilon.candidates.map(\.choiceProbability) + [epsilon.noOfferProbability])
            .enumerated()
        {
            #expect(abs(probability - (index == best ? 0.85 : 0.05)) < 1e-12)
        }
        var soft = try SampleSituation(policy: .softmax(temperature: 2))
        soft.models = sample.models
        let decision = soft.decided()
        let sum = utilities.reduce(0) { $0 + exp($1 / 2) }
        for (candidate, utility) in zip(decision.candidates, utilities) {
            #expect(abs(candidate.choiceProbability - exp(utility / 2) / sum) < 1e-12)
        }
    }

    @Test("Thompson's shares are those of draws from the beliefs")
    func thompson() throws {
        let offers = [SampleSituation.offer("a", cost: 2, value: 20), SampleSituation.offer("b", cost: 3, value: 24)]
        var sample = try SampleSituation(policy: .thompson(draws: 4096), offers: offers) {
            $0.goals[0].baseline = .learned
        }
        sample.situation.prices = [3]
        sample.teach(lessons: 30)
        let decision = sample.decided()
        let (model, layout) = (sample.models[0].online, sample.plan.layout)
        let none = layout.input(features: [2], affinities: [], kind: nil, bucket: noOfferBucket("purchase"))
        let baseline = model.belief(none).probability
        let candidates = sample.plan.offers.map { plan in
            let input = layout.input(features: [2], affinities: [0.5], kind: "coupon", bucket: plan.bucket)
            let (cost, value) = (plan.offer.cost.majorUnits, plan.offer.value.majorUnits)
            return (belief: model.belief(input), gain: value - 3 * cost, offset: baseline * value)
        }

        var random = Xoshiro256StarStar(seed: 7)
        var wins = [0, 0, 0]
        for _ in 0..<100_000 {
            let utilities = candidates.map { candidate in
                let deviation = candidate.belief.variance.squareRoot() * random.standardNormal()
                return candidate.gain * sigmoid(candidate.belief.mean + deviation) - candidate.offset
            }
            let best = utilities[0] >= utilities[1] ? 0 : 1
            wins[utilities[best] > 0 ? best : 2] += 1
        }
        let shares = decision.candidates.map(\.choiceProbability) + [decision.noOfferProbability]
        #expect(shares.allSatisfy { $0 > 0.02 })
        for (share, count) in zip(shares, wins) { #expect(abs(share - Double(count) / 100_000) < 0.035) }
    }

    @Test("A choice other than the best is called explored, the best is not", arguments: policies)
    func explored(policy: Policy) throws {
        var sample = try SampleSituation(policy: policy)
        sample.teach()
        for number in Int64(1)...500 {
            sample.situation.id = DecisionID(number: number)
            let decision = sample.decided()
            let chosen = decision.chosen.map { decision.candidates[$0].utility } ?? 0
            let best = max(0, decision.candidates.map(\.utility).max()!)
            #expect(decision.isExplored == (chosen < best))
        }
    }
}
