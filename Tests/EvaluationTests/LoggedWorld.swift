import WeirEvaluation
import WeirStatistics

/// A world whose truth is known exactly: kinds of people, actions, chances of a reward, and two policies.
struct LoggedWorld {
    static let kinds = 12
    static let actions = 5
    /// Chance of a reward by kind and action.
    var chances: [[Double]] = []
    var logging: [[Double]] = []
    var evaluated: [[Double]] = []
    /// What a wrong but sensible model expects.
    var expected: [[Double]] = []

    /// - Parameters:
    ///   - rate: About the mean chance of a reward.
    ///   - explored: Share of the logging policy that is uniform, which bounds the weights by actions ÷ explored.
    init(rate: Double, explored: Double, seed: UInt64) {
        var random = Xoshiro256StarStar(seed: seed)
        for _ in 0..<Self.kinds {
            let chances = (0..<Self.actions).map { _ in min(0.95, rate * (0.3 + 1.4 * random.unit())) }
            let best = chances.firstIndex(of: chances.max()!)!
            let habit = Int(random.unit() * Double(Self.actions))
            func mixed(_ favourite: Int, _ explored: Double) -> [Double] {
                (0..<Self.actions).map { explored / Double(Self.actions) + ($0 == favourite ? 1 - explored : 0) }
            }
            self.chances.append(chances)
            logging.append(mixed(habit, explored))
            evaluated.append(mixed(best, 0.2))
            expected.append(chances.map { 0.5 * $0 + 0.5 * rate * 0.8 })
        }
    }

    func value(_ policy: [[Double]]) -> Double {
        var sum = 0.0
        for kind in 0..<Self.kinds {
            for action in 0..<Self.actions { sum += policy[kind][action] * chances[kind][action] }
        }
        return sum / Double(Self.kinds)
    }

    var truth: Double { value(evaluated) }

    /// - Parameter repeats: How many decisions each customer has; their luck goes together.
    func log(count: Int, seed: UInt64, repeats: Int = 1, evaluating policy: [[Double]]? = nil) throws -> LoggedRounds {
        var random = Xoshiro256StarStar(seed: seed)
        let policy = policy ?? evaluated
        var rewards: [Double] = []
        var propensities: [Double] = []
        var probabilities: [Double] = []
        var logged: [Double] = []
        var mean: [Double] = []
        var customers: [Int] = []
        for customer in 0..<count / repeats {
            let kind = Int(random.unit() * Double(Self.kinds))
            let luck = random.unit()
            for _ in 0..<repeats {
                let draw = random.unit()
                var action = 0
                var sum = logging[kind][0]
                while sum <= draw, action < Self.actions - 1 {
                    action += 1
                    sum += logging[kind][action]
                }
                rewards.append(luck < chances[kind][action] ? 1 : 0)
                propensities.append(logging[kind][action])
                probabilities.append(policy[kind][action])
                logged.append(expected[kind][action])
                mean.append(zip(policy[kind], expected[kind]).reduce(0) { $0 + $1.0 * $1.1 })
                customers.append(customer)
            }
        }
        return try LoggedRounds(
            rewards: rewards, propensities: propensities, probabilities: probabilities,
            expected: .init(logged: logged, evaluated: mean), customers: repeats > 1 ? customers : nil)
    }
}
