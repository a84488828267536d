import Foundation
import WeirConsole
import WeirDomain

extension GateStatus {
    static let passing = [
        GateStatus(
            name: "policy value", measured: "+1.2 ± 0.8 cents a decision", threshold: "lower bound above 0",
            verdict: .passed),
        GateStatus(name: "calibration", measured: "0.8 pp", threshold: "at most 2 pp", verdict: .passed),
        GateStatus(name: "drift of scores", measured: "PSI 0.04", threshold: "at most 0.25", verdict: .passed),
    ]

    static let mixed = [
        GateStatus(
            name: "policy value", measured: "+0.3 ± 0.9 cents a decision", threshold: "lower bound above 0",
            verdict: .failed, remedy: "Wait for more decisions; about 9,000 would tell this apart from nothing."),
        GateStatus(name: "calibration", measured: "0.8 pp", threshold: "at most 2 pp", verdict: .passed),
        GateStatus(name: "drift of scores", measured: "PSI 0.04", threshold: "at most 0.25", verdict: .passed),
        GateStatus(
            name: "bias across groups", measured: "", threshold: "at most 2 pp between groups", verdict: .unmeasured,
            remedy: "Declare the groups to compare in weir.yaml."),
    ]
}

extension ModelStatus {
    static let online = ModelStatus(
        id: .online, stage: .shadow, since: NowSnapshot.noon - .days(90), learner: "Bayesian logistic regression",
        live: LiveFigures(
            count: 6_210, logLoss: 0.2115, auc: 0.731, calibrationError: 0.0074,
            difference: Estimate(value: 0.0061, low: 0.0022, high: 0.01)))

    static let champion = ModelStatus(
        id: "redemption-gb", stage: .champion, since: NowSnapshot.noon - .days(16),
        learner: "gradient boosting, 212 trees",
        live: LiveFigures(count: 6_210, logLoss: 0.2054, auc: 0.742, calibrationError: 0.0061),
        gates: GateStatus.passing)

    static let shadow = ModelStatus(
        id: "redemption-lr", stage: .shadow, since: NowSnapshot.noon - .days(6), learner: "logistic regression",
        live: LiveFigures(
            count: 2_410, logLoss: 0.2038, auc: 0.744, calibrationError: 0.0082,
            difference: Estimate(value: -0.0016, low: -0.0041, high: 0.0009)),
        gates: GateStatus.mixed,
        comparison: ShadowComparison(
            decisions: 3_400, changed: 408, value: Estimate(value: 0.003, low: -0.006, high: 0.012),
            answers: [
                .init(name: "no offer", given: 1_258, wouldHaveGiven: 1_390),
                .init(name: "$1.50 off dairy", given: 980, wouldHaveGiven: 852),
                .init(name: "$3.00 off basket", given: 702, wouldHaveGiven: 731),
                .init(name: "2 for 1 bakery", given: 460, wouldHaveGiven: 427),
            ]))

    static let candidate = ModelStatus(
        id: "redemption-rf", stage: .candidate, since: NowSnapshot.noon - .days(1), learner: "random forest, 400 trees",
        gates: GateStatus.passing.map {
            GateStatus(name: $0.name, measured: "", threshold: $0.threshold, verdict: .unmeasured, remedy: "Shadow it.")
        })
}

extension ModelsSnapshot {
    static let empty = ModelsSnapshot(generatedTime: NowSnapshot.noon, currency: .usd)

    static let rich = ModelsSnapshot(
        generatedTime: NowSnapshot.noon, currency: .usd,
        goals: [
            Goal(
                id: "redeemed", name: "Coupon redeemed", decidingModel: "redemption-gb",
                decidingSince: NowSnapshot.noon - .days(16), lessons: 41_002, lastLesson: NowSnapshot.noon,
                models: [
                    .champion, .shadow, .online, .candidate,
                    ModelStatus(
                        id: "redemption-2016", stage: .retired, since: NowSnapshot.noon - .days(16),
                        learner: "logistic regression",
                        live: LiveFigures(
                            count: 9_100, logLoss: 0.2201, auc: 0.71, calibrationError: 0.021,
                            difference: Estimate(value: 0.0147, low: 0.0101, high: 0.0193))),
                ]),
            Goal(
                id: "visited", name: "Visited within 14 days",
                models: [
                    ModelStatus(
                        id: .online, stage: .champion, since: NowSnapshot.noon - .days(90),
                        learner: "Bayesian logistic regression")
                ]),
        ])
}

extension ModelSnapshot {
    static let shadow: ModelSnapshot = {
        var snapshot = ModelSnapshot(
            generatedTime: NowSnapshot.noon, currency: .usd, status: .shadow, goal: "redeemed",
            goalName: "Coupon redeemed", decidingModel: "redemption-gb",
            card: Card(
                data: "campaigns.csv", period: "2017-01-01 to 2017-07-31", rows: 812_441, positives: 49_560,
                target: "redeemed",
                learner: "Logistic regression, L2 strength chosen among 7 by log loss on the last fifth of the time.",
                seed: 1, features: ["visits_28d", "recency_days", "coupons_used", "spend_28d", "kind"],
                settings: [.init(name: "l2", value: "0.01"), .init(name: "calibration", value: "Platt")],
                figures: [
                    .init(name: "log loss", value: 0.2011, low: 0.1962, high: 0.206, data: "validation, 812 rows"),
                    .init(name: "AUC", value: 0.7561, data: "validation, 812 rows"),
                ],
                assumptions: ["People of the coming weeks act as those of the last half-year did."],
                limits: ["Says who redeems, not who would have bought anyway."]))
        snapshot.history = [
            StageChange(
                model: "redemption-lr", goal: "redeemed", stage: .shadow, time: NowSnapshot.noon - .days(6),
                actor: "ada", reason: "Simpler than the champion; see whether it is as good."),
            StageChange(
                model: "redemption-lr", goal: "redeemed", stage: .candidate, time: NowSnapshot.noon - .days(8),
                actor: "ada", reason: "Registered."),
        ]
        snapshot.calibration = (0..<10).map { index in
            let predicted = 0.008 + 0.0021 * Double(index * index)
            let observed = predicted * (index == 9 ? 0.8 : 1 + 0.12 * sin(Double(index) * 2))
            let half = 0.006 + 0.05 * observed
            return CalibrationBin(
                predicted: predicted,
                observed: Estimate(value: observed, low: max(0, observed - half), high: observed + half), count: 241)
        }
        snapshot.calibrationData = "2,410 live outcomes"
        snapshot.drift = [
            Drift(column: "score", psi: 0.04, ks: 0.03, verdict: .stable),
            Drift(column: "recency_days", psi: 0.31, ks: 0.14, verdict: .drifted),
            Drift(column: "visits_28d", psi: 0.13, ks: 0.06, verdict: .watch),
            Drift(column: "kind", psi: 0.02, verdict: .stable), Drift(column: "spend_28d"),
        ]
        snapshot.driftDecisions = 3_400
        snapshot.weights = [
            Weight(feature: "coupons_used", amount: Estimate(value: 0.61, low: 0.52, high: 0.7)),
            Weight(feature: "recency_days", amount: Estimate(value: -0.42, low: -0.5, high: -0.34)),
            Weight(feature: "visits_28d", amount: Estimate(value: 0.18, low: 0.09, high: 0.27)),
            Weight(feature: "spend_28d", amount: Estimate(value: 0.03, low: -0.05, high: 0.11)),
        ]
        snapshot.weightUnit = "log-odds per standard deviation"
        snapshot.actions = [
            Action(.promote, blockedBecause: "Two gates do not pass yet: policy value, bias across groups."),
            Action(.retire),
        ]
        snapshot.token = "t0k3n"
        return snapshot
    }()

    /// Straight after its registration.
    static let fresh = ModelSnapshot(
        generatedTime: NowSnapshot.noon, currency: .usd,
        status: ModelStatus(id: "redemption-rf", stage: .candidate, since: NowSnapshot.noon), goal: "redeemed",
        goalName: "Coupon redeemed", card: Card(data: "a.csv", rows: 0, target: "redeemed", learner: "random forest"),
        actions: [Action(.shadow), Action(.retire)], token: "t0k3n")

    static let champion: ModelSnapshot = {
        var snapshot = shadow
        snapshot.status = .champion
        snapshot.weights = [
            Weight(feature: "coupons_used", amount: 0.031), Weight(feature: "recency_days", amount: 0.012),
        ]
        snapshot.weightUnit = "log loss gained by permutation"
        snapshot.actions = [Action(.rollBack), Action(.retire)]
        return snapshot
    }()
}

extension PoliciesSnapshot {
    static let empty = PoliciesSnapshot(generatedTime: NowSnapshot.noon, currency: .usd)

    static let rich = PoliciesSnapshot(
        generatedTime: NowSnapshot.noon, currency: .usd,
        placements: [
            Placement(
                id: "till", name: "Till", policy: "SquareCB γ 20", decisions: 12_400,
                period: (NowSnapshot.noon - .days(28))...NowSnapshot.noon,
                live: Estimate(value: 0.031, low: 0.027, high: 0.035),
                candidates: [
                    Candidate(
                        name: "greedy", value: Estimate(value: 0.046, low: 0.037, high: 0.055),
                        difference: Estimate(value: 0.015, low: 0.007, high: 0.023), estimator: "doubly robust",
                        effectiveSampleSize: 8_120.4, largestWeight: 4.2),
                    Candidate(
                        name: "SquareCB γ 60, model redemption-lr",
                        value: Estimate(value: 0.034, low: 0.027, high: 0.041),
                        difference: Estimate(value: 0.003, low: -0.004, high: 0.01), estimator: "doubly robust",
                        effectiveSampleSize: 6_020, largestWeight: 7.9),
                    Candidate(
                        name: "everyone $3.00 off", value: Estimate(value: 0.004, low: -0.03, high: 0.038),
                        difference: Estimate(value: -0.027, low: -0.06, high: 0.006), estimator: "self-normalised IPS",
                        effectiveSampleSize: 212, largestWeight: 88,
                        warnings: [
                            "Only 212 decisions' worth of the log speaks for it; the interval may be too narrow."
                        ]),
                ]),
            Placement(id: "app", name: "App start", policy: "greedy"),
        ])
}

extension BudgetsSnapshot {
    static let empty = BudgetsSnapshot(generatedTime: NowSnapshot.noon)

    static let rich: BudgetsSnapshot = {
        var steep = BudgetStatus.sample(
            "winback", "Win-back e-mail", limit: 4_000, share: 0.3, days: 90, points: 60, ahead: 1.35)
        steep.shadowPrices = steep.shadowPrices.enumerated().map { index, price in
            BudgetStatus.Price(time: price.time, value: 0.1 * pow(1.12, Double(index)))
        }
        steep.shadowPrice = steep.shadowPrices.last?.value ?? 1
        steep.returnFloor = 0.5
        return BudgetsSnapshot(
            generatedTime: NowSnapshot.noon,
            budgets: [
                Budget(
                    status: .sample("autumn", "Autumn", limit: 24_900, share: 0.62, days: 29, points: 60),
                    marginalReturn: Estimate(value: 3.2, low: 2.8, high: 3.6),
                    recent: Recent(
                        span: .days(1), spent: Money(minorUnits: 81_200, currency: .usd),
                        planned: Money(minorUnits: 79_000, currency: .usd))),
                Budget(status: steep),
            ])
    }()

    static let small: BudgetsSnapshot = {
        var snapshot = rich
        snapshot.budgets[0].status = .sample("autumn", "Autumn", limit: 24_900, share: 0.62, days: 29, points: 4)
        snapshot.budgets.removeLast()
        return snapshot
    }()
}

extension ExplainedDecision {
    /// With all that can be known of it.
    static let reasoned: ExplainedDecision = {
        var decision = sample
        let features: [(String, String, Double)] = [
            ("coupons used, 90 days", "3", 0.82), ("days since last visit", "2", 0.41),
            ("offer: $3.00 off basket", "", -0.2), ("household size", "4", 0.09),
        ]
        for index in decision.candidates.indices.dropLast() {
            let fade = 1 - 0.3 * Double(index)
            decision.candidates[index].contributions = Contributions(
                unit: .logOdds, base: -1.9,
                parts: features.map { Contributions.Part(feature: $0.0, value: $0.1, amount: $0.2 * fade) }, rest: -0.03
            )
            decision.candidates[index].budgetTerms = [
                BudgetTerm(budget: "Autumn", price: 1.07, cost: decision.candidates[index].cost)
            ]
        }
        decision.explanation = DecisionExplanation(
            scorer: .init(id: "redemption-gb", stage: .champion, version: "41002"),
            shadows: [
                .init(
                    model: .init(id: "redemption-lr", stage: .shadow, version: "41002"),
                    scores: [
                        .init(candidate: "$1.50 off dairy", probability: 0.41, utility: 0.66, propensity: 0.7),
                        .init(candidate: "$3.00 off basket", probability: 0.27, utility: 0.51, propensity: 0.2),
                        .init(candidate: "no offer", probability: 0, utility: 0, propensity: 0.1),
                    ])
            ])
        return decision
    }()
}
