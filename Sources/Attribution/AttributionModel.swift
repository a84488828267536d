/// Ways to share a conversion among the channels of its journey.
package enum AttributionModel: String, CaseIterable, Sendable {
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

    package var label: String {
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
package struct AttributionSettings: Sendable, Equatable {
    package var models = AttributionModel.allCases
    /// A touch this much earlier weighs half, > 0.
    package var halfLifeHours = 168.0
    /// Of the first and of the last touch in the position model; each > 0, together at most 1. What is left is shared
    /// by those between.
    package var firstShare = 0.4
    package var lastShare = 0.4
    /// How many touches a Markov state remembers; ≥ 1.
    package var order = 1
    /// For the intervals; 0 leaves them out.
    package var resamples = 400
    package var confidence = 0.95
    /// Orders of channels drawn (each with its reverse) for the Shapley value of the rate beyond 15 channels.
    package var permutations = 1_000
    package var seed: UInt64 = 0

    package init() {}
}
