/// Credits of all models from one set of counts.
struct CreditEngine: Sendable {
    /// By model and channel, channels in the journeys' order.
    struct Credits: Sendable {
        var conversions: [[Double]] = []
        /// Empty without values; a model that knows none has an empty one.
        var values: [[Double]] = []
        var effects: [Double] = []
        var probability: Double?
        var rateErrors: [Double] = []
    }

    private let plan: TallyPlan
    private let settings: AttributionSettings
    private let rate: ShapleyOfRate?
    private let hasValue: Bool

    var isRateExact: Bool { rate?.isExact ?? true }

    init(_ journeys: JourneySet, _ settings: AttributionSettings) throws {
        self.settings = settings
        plan = try TallyPlan(journeys, settings)
        rate = settings.models.contains(.shapleyRate) ? ShapleyOfRate(journeys) : nil
        hasValue = journeys.counts.values.contains { $0 != 0 }
    }

    func credits() -> Credits {
        var credits = credits(plan.tally(), plan.journeys.counts)
        if let rate, !rate.isExact, let index = settings.models.firstIndex(of: .shapleyRate) {
            let sampled = rate.sampled(plan.journeys.counts, permutations: settings.permutations, seed: settings.seed)
            credits.conversions[index] = sampled.map { $0.map(\.value) } ?? credits.conversions[index]
            credits.rateErrors = sampled.map { $0.map(\.standardError) } ?? []
        }
        return credits
    }

    func credits(_ counts: JourneyCounts) -> Credits {
        credits(plan.tally(counts, 0..<plan.journeys.rows), counts)
    }

    private func credits(_ tally: AttributionTally, _ counts: JourneyCounts) -> Credits {
        var result = Credits()
        let nothing = [Double](repeating: 0, count: plan.journeys.channels.count)
        for model in settings.models {
            switch model {
            case .markov:
                let chain = MarkovChain(tally, plan.states)
                result.effects = chain.effects
                result.probability = chain.conversionProbability
                result.conversions.append(MarkovChain.credits(chain.effects, total: tally.won.reduce(0, +)))
                if hasValue {
                    let effects = chain.valueEffects ?? nothing
                    result.values.append(MarkovChain.credits(effects, total: tally.worth.reduce(0, +)))
                }
            case .shapleyRate:
                result.conversions.append(isRateExact ? rate?.exact(counts) ?? nothing : nothing)
                if hasValue { result.values.append([]) }
            default:
                result.conversions.append(tally.credits(model))
                if hasValue { result.values.append(tally.credits(model, value: true)) }
            }
        }
        return result
    }
}
