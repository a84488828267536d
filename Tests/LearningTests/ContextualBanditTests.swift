import Foundation
import Testing
import WeirDomain
import WeirLearning
import WeirStatistics

extension ContextualBandit {
    fileprivate func choose(shared: [Double], features: [Double], actions: [UInt32], into choice: inout Choice) {
        choose(shared: shared.span, features: features.span, actions: actions.span, into: &choice)
    }

    fileprivate mutating func learn(shared: [Double], features: [Double], action: UInt32, reward: Double) {
        learn(shared: shared.span, features: features.span, action: action, reward: reward)
    }
}

@Suite("Contextual bandit")
struct ContextualBanditTests {
    static let policies: [Policy] = [
        .greedy, .epsilonGreedy(epsilon: 0.1), .softmax(temperature: 0.05), .squareCB(gamma: 50),
        .thompson(draws: 64), .thompson(draws: 500),
    ]
    static let weights = (bias: -1.5, shared: [0.8, -0.4], own: [1.2, -0.7, 0.4])

    static func probability(_ shared: ArraySlice<Double>, _ own: ArraySlice<Double>) -> Double {
        let logit = zip(weights.shared, shared).reduce(weights.bias) { $0 + $1.0 * $1.1 }
        return sigmoid(zip(weights.own, own).reduce(logit) { $0 + $1.0 * $1.1 })
    }

    /// Decisions among `actions` whose rewards follow `weights`.
    static func stream(_ decisions: Int, actions: Int = 5, seed: UInt64, scale: Double = 1) throws
        -> ContextualBanditStream
    {
        var random = Xoshiro256StarStar(seed: seed)
        var shared: [ContiguousArray<Double>] = [[], []]
        var own: [ContiguousArray<Double>] = [[], [], []]
        var rewards: ContiguousArray<Double> = []
        var ids: [Int32] = []
        var codes: [Int32] = []
        for decision in 0..<decisions {
            let moment = (0..<2).map { _ in random.standardNormal() }
            for action in 0..<actions {
                let features = (0..<3).map { _ in random.standardNormal() }
                ids.append(Int32(decision))
                codes.append(Int32(action))
                rewards.append(random.unit() < probability(moment[...], features[...]) ? 1 : 0)
                for index in 0..<2 { shared[index].append(moment[index]) }
                for index in 0..<3 { own[index].append(scale * features[index]) }
            }
        }
        return try ContextualBanditStream(
            decisions: ids, decisionNames: (0..<decisions).map { "\($0)" }, actions: codes,
            names: (0..<actions).map { "action \($0)" }, rewards: rewards,
            shared: shared.enumerated().map { ("s\($0.offset + 1)", $0.element) },
            own: own.enumerated().map { ("a\($0.offset + 1)", $0.element) })
    }

    static func bandit(_ policy: Policy = .thompson(draws: 64)) -> ContextualBandit {
        ContextualBandit(sharedFeatures: 2, actionFeatures: 3, policy: policy)
    }

    static func buckets(_ count: Int) -> [UInt32] {
        (0..<count).map { ContextualBandit.bucket(action: "action \($0)") }
    }

    @Test("Before it has learnt it expects the prior of every action, and of equals each may be chosen")
    func prior() {
        let bandit = Self.bandit()
        var choice = ContextualBandit.Choice()
        let same = [Double](repeating: 0, count: 12)
        bandit.choose(shared: [0, 0], features: same, actions: Self.buckets(4), into: &choice)
        for expectation in choice.expectations { #expect(abs(expectation - sigmoid(-2.2)) < 0.05) }
        #expect(Set(choice.expectations).count == 1)
        for propensity in choice.propensities { #expect(propensity > 0.05 && propensity < 0.6) }
    }

    @Test("Probabilities sum to 1, and draws follow them", arguments: policies, [0, 60, 2_000])
    func exactPropensities(policy: Policy, lessons: Int) throws {
        let stream = try Self.stream(max(lessons, 1), seed: 3)
        var bandit = Self.bandit(policy)
        if lessons > 0 { _ = bandit.replay(stream, seed: 1) }
        var random = Xoshiro256StarStar(seed: 8)
        var choice = ContextualBandit.Choice()
        for _ in 0..<3 {
            let shared = (0..<2).map { _ in random.standardNormal() }
            // Close to each other, so that there is something to explore.
            let features = (0..<18).map { _ in 0.1 * random.standardNormal() }
            bandit.choose(shared: shared, features: features, actions: Self.buckets(6), into: &choice)
            #expect(abs(choice.propensities.reduce(0, +) - 1) < 1e-12)
            #expect(choice.propensities.allSatisfy { $0 >= 0 })

            let draws = 20_000
            var counts = [Int](repeating: 0, count: 6)
            for _ in 0..<draws { counts[choice.draw(random.unit())] += 1 }
            var chiSquare = 0.0
            for (count, propensity) in zip(counts, choice.propensities) {
                if propensity == 0 {
                    #expect(count == 0)
                } else {
                    let gap = Double(count) - propensity * Double(draws)
                    chiSquare += gap * gap / (propensity * Double(draws))
                }
            }
            #expect(chiSquare < 25.7)  // 5 degrees of freedom, p = 0.0001.
        }
    }

    @Test("The last draw below 1 falls on an action that may be chosen")
    func lastDraw() {
        var choice = ContextualBandit.Choice()
        let bandit = Self.bandit(.greedy)
        let features: [Double] = [1, 0, 0, 0, 0, 0]
        bandit.choose(shared: [0, 0], features: features, actions: Self.buckets(2), into: &choice)
        #expect(
            choice.draw(0) == choice.best && choice.draw(1 - 0x1p-53) == choice.best && choice.draw(1) == choice.best)
    }

    @Test("Wider draws explore more, and a width near 0 is greedy")
    func width() throws {
        let stream = try Self.stream(500, seed: 5)
        var shares: [Double] = []
        for width in [1e-9, 0.45, 1, 3] {
            var settings = ContextualBandit.Settings()
            settings.width = width
            var bandit = ContextualBandit(sharedFeatures: 2, actionFeatures: 3, settings: settings)
            shares.append(bandit.replay(stream, seed: 1).greedyShare)
        }
        #expect(shares == shares.sorted(by: >) && shares[0] > 0.95 && shares[3] < 0.8, "\(shares)")
    }

    @Test(
        "It finds the weights that rewards were drawn from, whatever the features' scale",
        arguments: [0.01, 1, 10_000.0])
    func recovery(scale: Double) throws {
        let stream = try Self.stream(30_000, seed: 11, scale: scale)
        var bandit = Self.bandit(.epsilonGreedy(epsilon: 1))
        _ = bandit.replay(stream, seed: 2)
        var random = Xoshiro256StarStar(seed: 4)
        var choice = ContextualBandit.Choice()
        var squares = 0.0
        for _ in 0..<500 {
            let shared = (0..<2).map { _ in random.standardNormal() }
            let own = (0..<3).map { _ in random.standardNormal() }
            bandit.choose(
                shared: shared, features: own.map { $0 * scale }, actions: Self.buckets(1), into: &choice)
            let error = choice.expectations[0] - Self.probability(shared[...], own[...])
            squares += error * error
        }
        #expect((squares / 500).squareRoot() < 0.02)
    }

    @Test(
        "It learns which action suits which moment where actions have no features of their own",
        arguments: UInt64(0)..<5)
    func crosses(seed: UInt64) {
        var random = Xoshiro256StarStar(seed: seed)
        var bandit = ContextualBandit(sharedFeatures: 2, actionFeatures: 0)
        var choice = ContextualBandit.Choice()
        let buckets = Self.buckets(3)
        var late = 0
        for decision in 0..<4_000 {
            let isMorning = Bool.random(using: &random)
            let shared: [Double] = isMorning ? [1, 0] : [0, 1]
            bandit.choose(shared: shared, features: [], actions: buckets, into: &choice)
            let chosen = choice.draw(random.unit())
            let isRight = chosen == (isMorning ? 0 : 2)
            if decision >= 3_000, isRight { late += 1 }
            let reward: Double = random.unit() < (isRight ? 0.5 : 0.2) ? 1 : 0
            bandit.learn(shared: shared, features: [], action: buckets[chosen], reward: reward)
        }
        #expect(late > 850)
    }

    @Test("It beats chance and every fixed action, and its propensities hold", arguments: policies)
    func replay(policy: Policy) throws {
        let stream = try Self.stream(4_000, seed: 21)
        var bandit = Self.bandit(policy)
        let replay = bandit.replay(stream, seed: 1)
        let baselines = stream.baselines
        var oracle = 0.0
        for decision in 0..<stream.decisions {
            oracle +=
                (stream.starts[decision]..<stream.starts[decision + 1]).map { row in
                    Self.probability(
                        stream.shared[decision * 2..<decision * 2 + 2], stream.features[row * 3..<row * 3 + 3])
                }.max()! / Double(stream.decisions)
        }
        #expect(replay.averageReward > baselines.bestFixed + 0.6 * (oracle - baselines.bestFixed))
        #expect(replay.averageReward > baselines.random + 0.6 * (oracle - baselines.random))
        #expect(abs(replay.surprise) < 4)
        #expect(abs(replay.offPolicy - replay.averageReward) < 4 * replay.offPolicyError)
        #expect(replay.smallestPropensity > 0 && bandit.lessons == stream.decisions)
    }

    @Test("Neither the actions' order nor their names decide what is earned", arguments: UInt64(0)..<4)
    func shuffled(seed: UInt64) throws {
        let stream = try Self.stream(4_000, seed: 31)
        let shuffled = stream.shuffled(seed: seed)
        #expect(shuffled != stream)
        #expect(abs(shuffled.baselines.random - stream.baselines.random) < 1e-12)
        #expect(abs(shuffled.baselines.bestFixed - stream.baselines.bestFixed) < 1e-12)
        #expect(shuffled.features.sorted() == stream.features.sorted())
        var one = Self.bandit()
        var other = Self.bandit()
        let gap = one.replay(stream, seed: 1).averageReward - other.replay(shuffled, seed: 2).averageReward
        #expect(abs(gap) < 0.04)
    }

    @Test("The same rows in another order get the same probabilities", arguments: policies)
    func orderOfRows(policy: Policy) throws {
        var bandit = Self.bandit(policy)
        _ = bandit.replay(try Self.stream(300, seed: 2), seed: 1)
        var random = Xoshiro256StarStar(seed: 6)
        let features = (0..<15).map { _ in random.standardNormal() }
        let order = [3, 0, 4, 2, 1]
        var straight = ContextualBandit.Choice()
        var turned = ContextualBandit.Choice()
        let buckets = Self.buckets(5)
        bandit.choose(shared: [1, -1], features: features, actions: buckets, into: &straight)
        bandit.choose(
            shared: [1, -1], features: order.flatMap { features[$0 * 3..<$0 * 3 + 3] },
            actions: order.map { buckets[$0] }, into: &turned)
        for (position, action) in order.enumerated() {
            #expect(abs(turned.propensities[position] - straight.propensities[action]) < 1e-12)
        }
    }

    @Test("Only the chosen actions' rewards are learned from")
    func blindness() throws {
        let stream = try Self.stream(300, seed: 41)
        var bandit = Self.bandit()
        var again = Self.bandit()
        var random = Xoshiro256StarStar(seed: 9)
        var choice = ContextualBandit.Choice()
        _ = bandit.replay(stream, seed: 9)
        // By hand, with nothing but the chosen reward at hand: the same bandit, to the last bit.
        for decision in 0..<stream.decisions {
            let rows = stream.starts[decision]..<stream.starts[decision + 1]
            let shared = Array(stream.shared[decision * 2..<decision * 2 + 2])
            let features = Array(stream.features[rows.lowerBound * 3..<rows.upperBound * 3])
            let buckets = Self.buckets(5)
            again.choose(shared: shared, features: features, actions: buckets, into: &choice)
            let chosen = choice.draw(random.unit())
            again.learn(
                shared: shared, features: Array(features[chosen * 3..<chosen * 3 + 3]),
                action: buckets[chosen], reward: stream.rewards[rows.lowerBound + chosen])
        }
        #expect(again == bandit)
        var other = Self.bandit()
        _ = other.replay(stream, seed: 10)
        #expect(other != bandit)
    }

    @Test("Until it has seen how wide its features are, it believes what OnlineLogistic with its priors believes")
    func reference() {
        let bandit = Self.bandit()
        var hyperparameters = OnlineLogistic.Hyperparameters()
        hyperparameters.featurePrecision = bandit.settings.featurePrecision
        hyperparameters.offerBiasPrecision = bandit.settings.actionBiasPrecision
        hyperparameters.offerCrossPrecision = bandit.settings.crossPrecision
        let pattern = EventPattern(name: "e")
        let layout = ModelLayout(
            features: (0..<5).map { index in
                FeatureDeclaration(
                    name: "x\(index)", aggregate: .count, pattern: pattern, key: nil, transform: .none, center: 0,
                    scale: 1,
                    isModelInput: true)
            }, kinds: [])
        var reference = OnlineLogistic(layout: layout, hyperparameters: hyperparameters)
        var learner = bandit
        var random = Xoshiro256StarStar(seed: 12)
        var choice = ContextualBandit.Choice()
        for lesson in 1...127 {
            // Floats below 1, so that both see the same numbers and no prior tightens.
            let values = (0..<5).map { _ in Double(Float(random.unit())) }
            let action = Self.buckets(3).randomElement(using: &random)!
            let input = layout.input(features: values.map(Float.init), affinities: [Float](), kind: nil, bucket: action)
            let features = Array(values[2...])
            learner.choose(shared: Array(values[..<2]), features: features, actions: [action], into: &choice)
            #expect(abs(choice.expectations[0] - reference.belief(input).probability) < 1e-7)
            let reward: Double = random.unit() < 0.3 ? 1 : 0
            learner.learn(shared: Array(values[..<2]), features: features, action: action, reward: reward)
            reference.learn(input, label: reward, sequence: Int64(lesson))
        }
    }

    @Test("A lesson moves the expectation toward its reward", arguments: [0.0, 0.5, 1], UInt64(0)..<5)
    func towardReward(reward: Double, seed: UInt64) throws {
        var bandit = Self.bandit()
        _ = bandit.replay(try Self.stream(50, seed: seed), seed: seed)
        var random = Xoshiro256StarStar(seed: seed)
        var choice = ContextualBandit.Choice()
        for _ in 0..<10 {
            let shared = (0..<2).map { _ in random.standardNormal() }
            let own = (0..<3).map { _ in random.standardNormal() }
            bandit.choose(shared: shared, features: own, actions: Self.buckets(1), into: &choice)
            let before = choice.expectations[0]
            for _ in 0..<300 {
                bandit.learn(shared: shared, features: own, action: Self.buckets(1)[0], reward: reward)
            }
            bandit.choose(shared: shared, features: own, actions: Self.buckets(1), into: &choice)
            #expect(abs(choice.expectations[0] - reward) < max(abs(before - reward), 0.02))
        }
    }

    @Test("Rows that are no decisions are refused, each with its row and remedy")
    func badRows() throws {
        func error(
            ids: [Int32] = [0, 0, 1, 1], actions: [Int32] = [0, 1, 0, 1],
            rewards: ContiguousArray<Double> = [0, 1, 1, 0],
            shared: ContiguousArray<Double> = [1, 1, 2, 2], own: ContiguousArray<Double> = [1, 2, 3, 4]
        ) -> ContextualBanditStreamError? {
            do {
                _ = try ContextualBanditStream(
                    decisions: ids, decisionNames: ["first", "second"], actions: actions, names: ["x", "y"],
                    rewards: rewards, shared: [("s1", shared)], own: [("a1", own)])
                return nil
            } catch {
                return error
            }
        }
        #expect(error() == nil)
        #expect(error(ids: [0, 1, 0, 1]) == .scattered(row: 2, decision: "first"))
        #expect(error(ids: [0, 0, -1, 1]) == .missing(row: 2, column: "decision"))
        #expect(error(actions: [0, 1, 1, 1]) == .repeatedAction(row: 3, action: "y"))
        #expect(error(actions: [0, -1, 0, 1]) == .missing(row: 1, column: "action"))
        #expect(error(rewards: [0, 1.0.nextUp, 1, 0]) == .reward(row: 1, value: 1.0.nextUp))
        #expect(error(rewards: [-0.1, 1, 1, 0]) == .reward(row: 0, value: -0.1))
        #expect(error(rewards: [0, 1, .nan, 0]) == .missing(row: 2, column: "reward"))
        #expect(error(rewards: [0, 0.25, 1, 0]) == nil)
        #expect(error(shared: [1, 1, 2, 3]) == .sharedDiffers(row: 3, column: "s1"))
        #expect(error(own: [1, 2, .infinity, 4]) == .notFinite(row: 2, column: "a1", value: .infinity))
        #expect(error(own: [1, 2, 3, .nan]) == .missing(row: 3, column: "a1"))
        #expect(error(ids: [], actions: [], rewards: [], shared: [], own: []) == .empty)
        #expect(error(ids: [0, 1, 0, 1])!.description.contains("Sort the rows"))
    }
}
