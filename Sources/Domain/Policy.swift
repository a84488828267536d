/// How utilities become choice probabilities.
public enum Policy: Sendable, Hashable, Codable {
    /// The best candidate, always; ties go to the one that stands first in the catalog.
    case greedy
    /// The best with 1 − ε, else any with equal probability; 0 ≤ epsilon ≤ 1.
    case epsilonGreedy(epsilon: Double)
    /// Proportional to exp(utility ÷ temperature); temperature > 0, in major units of money.
    case softmax(temperature: Double)
    /// Inverse to the gap to the best (Foster and Rakhlin, 2020); gamma > 0, per major unit of money.
    case squareCB(gamma: Double)
    /// Proportional to how often a draw from the posterior makes it the best; draws in 16 ... 4096.
    case thompson(draws: Int)

    public var name: String {
        switch self {
        case .greedy: "greedy"
        case .epsilonGreedy: "epsilon-greedy"
        case .softmax: "softmax"
        case .squareCB: "SquareCB"
        case .thompson: "Thompson"
        }
    }
}
