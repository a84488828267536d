package import WeirDomain
package import WeirStatistics

/// How long after a visit its order comes.
package enum OpeningDelay: String, Sendable, CaseIterable {
    /// Exponential, two minutes on average.
    case minutes
    /// Exponential, three hours on average.
    case hours
    /// Exponential, a day and a half on average; one in a hundred comes after a week.
    case days
    /// Log-normal: half within ten minutes, one in nine after two hours, one in 150 after a day.
    case heavy
    /// All at the next Saturday or the night before.
    case weekly

    /// Draws one, in seconds.
    package func draw(at time: Timestamp, _ random: inout SplitMix64) -> Double {
        switch self {
        case .minutes: Self.exponential(120, &random)
        case .hours: Self.exponential(3 * 3_600, &random)
        case .days: Self.exponential(Self.meanOfDays, &random)
        case .heavy: 600 * Portable.exp(2 * random.standardNormal())
        // Day 0 is a Thursday. Up to twelve hours short of a whole number of days, so that it is inside a week.
        case .weekly: Double(7 - (time.day + 5) % 7) * 86_400 - 43_200 * random.unit()
        }
    }

    /// How probably one is shorter.
    package func share(within span: TimeSpan) -> Double {
        let seconds = Double(span.microseconds) / 1e6
        return switch self {
        case .minutes: 1 - Portable.exp(-seconds / 120)
        case .hours: 1 - Portable.exp(-seconds / (3 * 3_600))
        case .days: 1 - Portable.exp(-seconds / Self.meanOfDays)
        case .heavy: StandardNormal.cumulative(Portable.log(seconds / 600) / 2)
        case .weekly: 1
        }
    }

    private static let meanOfDays = 1.5 * 86_400

    private static func exponential(_ mean: Double, _ random: inout SplitMix64) -> Double {
        -Portable.log(1 - random.unit()) * mean
    }
}
