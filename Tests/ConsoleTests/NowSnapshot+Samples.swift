import Foundation
import WeirConsole
import WeirDomain

extension NowSnapshot {
    static let noon = Timestamp(iso8601: "2017-11-19T14:02:31Z")!

    /// What a fresh program shows.
    static let empty = NowSnapshot(generatedTime: noon, currency: .usd)

    /// One of everything, small enough to read as a golden file.
    static let small: NowSnapshot = {
        var snapshot = NowSnapshot(
            generatedTime: noon, catalogVersion: "17", modelVersion: "41", currency: .usd, universalHoldout: 0.1)
        snapshot.decisions = Flow(total: 3, perSecond: 0.5, series: [0, 1, 0.5])
        snapshot.outcomes = Flow(total: 1, perSecond: 0.1, series: [0, 0.1])
        snapshot.decideLatency = Latency(p50Milliseconds: 0.42, p99Milliseconds: 3.1)
        snapshot.outcomeToModelP99Seconds = 0.21
        snapshot.budgets = [.sample("autumn", "Autumn", limit: 24_900, share: 0.62, days: 29, points: 4)]
        snapshot.effects = [
            MeasuredEffect(
                label: "Margin", treatedCount: 900, holdoutCount: 100, treatedMean: 4.1, holdoutMean: 3.9,
                difference: Estimate(value: 0.2, low: -0.1, high: 0.5), unit: .money(.usd))
        ]
        snapshot.latest = [.sample(3, .offer("$1.50 off dairy"), why: "best of 4")]
        snapshot.explained = .sample
        snapshot.sources = [
            SourceStatus(
                id: "till", name: "Till receipts", freshness: .seconds(2), lateAfter: .minute,
                minutes: [.ok, .late, .none], accepted: 12, duplicates: 1, quarantined: 0)
        ]
        return snapshot
    }()

    /// A busy afternoon in the middle of a replay.
    static let rich: NowSnapshot = {
        var snapshot = small
        snapshot.mode = .replaying(Replay(name: "2017", currentTime: noon, progress: 0.62))
        snapshot.decisions = Flow(total: 812_441, perSecond: 21.4, series: wave(60, around: 21, by: 5))
        snapshot.outcomes = Flow(total: 41_002, perSecond: 3.2, series: wave(60, around: 3.2, by: 1.1))
        snapshot.budgets = [
            .sample("autumn", "Autumn", limit: 24_900, share: 0.62, days: 29, points: 60),
            .sample("winback", "Win-back e-mail", limit: 4_000, share: 0.3, days: 90, points: 60, ahead: 1.35),
        ]
        snapshot.effects = [
            effect("Margin, all campaigns", 0.18, 0.03, note: "CUPED"), effect("Spring grocery, type A", 0.34, 0.09),
            effect("Mail coupon, type B", 0.21, 0.08), effect("App nudge", 0.12, 0.03),
            effect("Win-back e-mail", 0.05, 0.07), effect("Till print, type C", -0.02, 0.05),
            MeasuredEffect(
                label: "Visited within 14 days", treatedCount: 18_200, holdoutCount: 2_020, treatedMean: 0.412,
                holdoutMean: 0.394, difference: Estimate(value: 0.018, low: 0.002, high: 0.034), unit: .share),
            MeasuredEffect(
                label: "Bought again within 30 days", treatedCount: 212, holdoutCount: 19, treatedMean: 0.41,
                holdoutMean: 0.4, difference: nil, unit: .share, note: "fewer than 30 held out"),
        ]
        snapshot.mix = DecisionMix(noOffer: 0.37, heldOut: 0.1, explored: 0.08, over: "last hour")
        let answers: [(DecisionResult, String)] = [
            (.offer("$1.50 off dairy"), "best of 6"), (.noOffer, "price too high"),
            (.offer("2 for 1 bakery"), "explored, second of 5"), (.heldOut, "universal holdout"),
            (.offer("$1.00 off produce"), "best of 4"), (.noOffer, "no consent: e-mail"),
            (.offer("$3.00 off basket"), "best of 4"), (.noOffer, "cap: 2 a week"),
        ]
        snapshot.latest = (0..<12).map { index in
            .sample(812_441 - index, answers[index % 8].0, why: answers[index % 8].1)
        }
        snapshot.targeting = .sample
        snapshot.sources = [
            source("till", "Till receipts", late: [41, 42], freshness: 2, accepted: 412_883),
            source("web", "Web events", late: [], freshness: 1, accepted: 1_204_112),
            source("mail", "Mail service", late: [], freshness: 1_260, accepted: 9_020, quarantined: 3, silentFrom: 39),
        ]
        return snapshot
    }()

    static func wave(_ count: Int, around middle: Double, by reach: Double) -> [Double] {
        (0..<count).map { index -> Double in
            let place = Double(index)
            let slow: Double = 0.6 * sin(place / 4)
            let quick: Double = 0.4 * sin(place * 1.7 + middle)
            return middle + reach * (slow + quick)
        }
    }

    private static func effect(_ label: String, _ value: Double, _ half: Double, note: String = "") -> MeasuredEffect {
        MeasuredEffect(
            label: label, treatedCount: 18_200, holdoutCount: 2_020, treatedMean: 4.1 + value, holdoutMean: 4.1,
            difference: Estimate(value: value, low: value - half, high: value + half), unit: .money(.usd), note: note)
    }

    private static func source(
        _ id: SourceID, _ name: String, late: [Int], freshness: Double, accepted: Int, quarantined: Int = 0,
        silentFrom: Int = 60
    ) -> SourceStatus {
        SourceStatus(
            id: id, name: name, freshness: .seconds(freshness), lateAfter: .minute * 10,
            minutes: (0..<60).map { late.contains($0) ? .late : $0 >= silentFrom ? .none : .ok }, accepted: accepted,
            duplicates: accepted / 900, quarantined: quarantined)
    }
}

extension BudgetStatus {
    static func sample(
        _ id: BudgetID, _ name: String, limit: Double, share: Double, days: Int, points: Int, ahead: Double = 1.01
    ) -> BudgetStatus {
        func money(_ major: Double) -> Money { Money(minorUnits: Int64((major * 100).rounded()), currency: .usd) }
        let start = NowSnapshot.noon - .days(Double(days) * share)
        let length = TimeSpan.days(Double(days)).inSeconds
        func planned(_ place: Double) -> Double { limit * 0.96 * (place + 0.02 * sin(place * 12.566)) }
        let times = (0..<points).map { Double($0) / Double(points - 1) }
        let series = times.map { place in
            let spent = planned(place) * ahead * (1 + 0.012 * sin(place * 40))
            return Point(
                time: start + .seconds(length * place), spent: place <= share ? money(spent) : nil,
                planned: money(planned(place)))
        }
        let spent = series.last { $0.spent != nil }?.spent ?? money(0)
        let prices = times.map { $0 * share }.map { place in
            Price(
                time: start + .seconds(length * place),
                value: max(1, 1.12 + 0.25 * sin(place * 9) + 0.05 * sin(place * 170)))
        }
        return BudgetStatus(
            id: id, name: name, limit: money(limit), spent: spent, reserved: money(limit * 0.0124),
            plannedByNow: money(planned(share)), start: start, end: start + .seconds(length), series: series,
            projectedEnd: Projection(low: money(limit * 0.93), high: money(limit * 0.992)),
            shadowPrice: prices.last?.value ?? 1, shadowPrices: prices, returnFloor: 1)
    }
}

extension RecentDecision {
    static func sample(_ number: Int, _ result: DecisionResult, why: String) -> RecentDecision {
        RecentDecision(
            id: DecisionID(number: Int64(number)), time: NowSnapshot.noon - .seconds(Double(number % 7)),
            customer: CustomerID("hh-0\(917 + number % 83)"), placement: "till", result: result,
            utility: result.isAnOffer ? 0.42 : nil, why: why, propensity: 0.71, policy: "SquareCB")
    }
}

extension DecisionResult {
    fileprivate var isAnOffer: Bool { if case .offer = self { true } else { false } }
}

extension ExplainedDecision {
    static let sample = ExplainedDecision(
        id: DecisionID(number: 123), time: NowSnapshot.noon, customer: "hh-2019", placement: "the till",
        result: .offer("$3.00 off basket"), policy: "SquareCB", propensity: 0.83, currency: .usd,
        candidates: [
            candidate("$3.00 off basket", 0.31, 1.77, 0.93, 0.83, isChosen: true),
            candidate("$1.50 off dairy", 0.38, 1.13, 0.57, 0.11), candidate("2 for 1 bakery", 0.22, 0.66, 0.44, 0.04),
            Candidate(
                name: "no offer", probability: 0.17, uncertainty: 0.02, value: 0, cost: 0, price: 0, utility: 0,
                propensity: 0.02),
        ],
        gated: [
            Gated(name: "Free delivery", campaign: "App nudge", reason: "consent: push"),
            Gated(name: "$5.00 off next visit", campaign: "Win-back e-mail", reason: "rule: bought 3 days ago"),
        ], versions: Versions(catalog: "17", model: "41", code: "0.1.0"))

    private static func candidate(
        _ name: String, _ probability: Double, _ value: Double, _ cost: Double, _ propensity: Double,
        isChosen: Bool = false
    ) -> Candidate {
        Candidate(
            name: name, campaign: "Spring grocery", probability: probability, uncertainty: 0.04, value: value,
            cost: cost, price: 1.07, utility: value - 1.07 * cost, propensity: propensity, isChosen: isChosen)
    }
}

extension TargetingComparison {
    static let sample = TargetingComparison(
        scores: [
            score("segment average", false, auc: 0.641, loss: 0.2231, gap: 0.0112, rates: [0.141, 0.122, 0.101]),
            score("Weir", true, auc: 0.742, loss: 0.2008, gap: 0.0061, rates: [0.236, 0.184, 0.139]),
        ], decisions: 128_410, responses: 7_833,
        shows: [
            "Scored before the outcome was known, Weir ranks responders above others more often than the table does."
        ],
        doesNotShow: [
            "Whether the coupons caused the responses: everyone in this data was mailed.",
            "What a different choice of coupons would have brought.",
        ], answered: [Answered(label: "redeemed", count: 7_833), Answered(label: "not redeemed", count: 120_577)])

    private static func score(
        _ label: String, _ isWeir: Bool, auc: Double, loss: Double, gap: Double, rates: [Double]
    ) -> Score {
        Score(
            label: label, isWeir: isWeir, auc: auc, logLoss: loss, calibrationError: gap,
            topRates: zip([0.05, 0.1, 0.2], rates).map { share, rate in
                TopRate(share: share, rate: Estimate(value: rate, low: rate - 0.012, high: rate + 0.012))
            })
    }
}
