/// Ways to share a conversion among the channels of its journey.
public enum AttributionModel: String, CaseIterable, Sendable {
    case first
    case last
    case linear
    case position
    case timeDecay = "time_decay"
    case shapley
    case markov
    case shapleyRate = "shapley_rate"

    /// Those that share each conversion by itself come first; the others look at all journeys together.
    static let rules: [AttributionModel] = [.first, .last, .linear, .position, .timeDecay, .shapley]

    public var label: String {
        switch self {
        case .first: "First touch"
        case .last: "Last touch"
        case .linear: "Linear"
        case .position: "Position"
        case .timeDecay: "Time decay"
        case .shapley: "Shapley"
        case .markov: "Markov"
        case .shapleyRate: "Shapley of the rate"
        }
    }
}

/// How attribution is done.
public struct AttributionSettings: Sendable, Equatable {
    public var models = AttributionModel.allCases
    /// A touch this much earlier weighs half, > 0.
    public var halfLifeHours = 168.0
    /// Of the first and of the last touch in the position model; each > 0, together at most 1. What is left is shared
    /// by those between.
    public var firstShare = 0.4
    public var lastShare = 0.4
    /// How many touches a Markov state remembers; ≥ 1.
    public var order = 1
    /// For the intervals; 0 leaves them out.
    public var resamples = 400
    public var confidence = 0.95
    /// Orders of channels drawn (each with its reverse) for the Shapley value of the rate beyond 15 channels.
    public var permutations = 1_000
    public var seed: UInt64 = 0

    public init() {}
}
