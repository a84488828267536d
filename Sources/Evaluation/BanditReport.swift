package import WeirJSON
package import WeirLearning
package import WeirReporting

/// What an exploration policy earned on a stream of decisions, and whether its propensities hold.
package struct BanditReport: Presentable {
    private let replay: ContextualBanditReplay
    private let stream: ContextualBanditStream
    private let policy: String
    private let seconds: Double

    /// - Parameters:
    ///   - policy: As it was asked for.
    ///   - seconds: Of the whole replay.
    package init(
        _ replay: ContextualBanditReplay, _ stream: ContextualBanditStream, policy: String, seconds: Double
    ) {
        self.replay = replay
        self.stream = stream
        self.policy = policy
        self.seconds = seconds
    }

    /// One row with all figures.
    package var tables: [ReportTable] {
        let members = json.members ?? []
        return [
            ReportTable(name: "replay", columns: members.map { .init($0.name, $0.name) }, of: [json])
        ]
    }

    package var json: JSON {
        let baselines = stream.baselines
        return .object([
            .init("decisions", .integer(Int64(replay.decisions))),
            .init("actions", .integer(Int64(stream.names.count))),
            .init("policy", .string(policy)),
            .init("average_reward", .number(replay.averageReward)),
            .init("second_half", .number(replay.secondHalf)),
            .init("random", .number(baselines.random)),
            .init("best_fixed", .number(baselines.bestFixed)),
            .init("greedy_share", .number(replay.greedyShare)),
            .init("smallest_propensity", .number(replay.smallestPropensity)),
            .init("promised_by_propensities", .number(replay.promised)),
            .init("surprise_deviations", .number(replay.surprise)),
            .init("off_policy_estimate", .number(replay.offPolicy)),
            .init("off_policy_standard_error", .number(replay.offPolicyError)),
            .init("predictions_per_second", .number(rate(replay.decisions, replay.choosingNanoseconds))),
            .init("learns_per_second", .number(rate(replay.decisions, replay.learningNanoseconds))),
            .init("replay_seconds", .number(seconds)),
        ])
    }

    package var text: String {
        let baselines = stream.baselines
        func share(_ value: Double) -> String { Self.text(value, digits: 4) }
        let error = replay.offPolicyError
        let isExact = abs(replay.surprise) <= 4 && abs(replay.offPolicy - replay.averageReward) <= 4 * error
        return """
            \(replay.decisions) decisions among \(stream.names.count) actions, policy \(policy)
            average reward   \(share(replay.averageReward)), second half \(share(replay.secondHalf))
            random           \(share(baselines.random))
            best fixed       \(share(baselines.bestFixed))
            best guess taken \(Self.text(100 * replay.greedyShare, digits: 1)) %, least likely choice \
            \(share(replay.smallestPropensity))
            propensities     promise \(share(replay.promised)); off-policy estimate \
            \(share(replay.offPolicy)) ± \(share(error)): \(isExact ? "they hold" : "THEY DO NOT HOLD")
            speed            \(Int(rate(replay.decisions, replay.choosingNanoseconds))) predictions/s, \
            \(Int(rate(replay.decisions, replay.learningNanoseconds))) learns/s, \(Self.text(seconds, digits: 2)) s in all

            """
    }

    private func rate(_ count: Int, _ nanoseconds: UInt64) -> Double {
        nanoseconds == 0 ? 0 : Double(count) * 1e9 / Double(nanoseconds)
    }

    private static func text(_ value: Double, digits: Int) -> String {
        let scale = (0..<digits).reduce(1.0) { power, _ in power * 10 }
        let whole = Int64((value * scale).rounded())
        let sign = whole < 0 ? "-" : ""
        let text = String(whole.magnitude)
        let padded = String(repeating: "0", count: max(0, digits + 1 - text.count)) + text
        return "\(sign)\(padded.dropLast(digits)).\(padded.suffix(digits))"
    }
}
