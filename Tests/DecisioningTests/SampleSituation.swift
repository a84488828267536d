import WeirDecisioning
import WeirDomain
import WeirJSON
import WeirLearning
import WeirProfiles
import WeirStatistics

/// A plan with one placement `home` and a person in front of it.
struct SampleSituation {
    var catalog: Catalog
    var situation: Situation
    var plan: CatalogPlan
    var models: [GoalModel]

    static let noon = Timestamp(iso8601: "2026-03-01T12:00:00Z")!
    static func dollars(_ amount: Double) -> Money { Money(minorUnits: Int64(amount * 100), currency: .usd) }

    static func offer(_ id: OfferID, cost: Double = 1, value: Double = 20, stock: Int? = nil) -> Offer {
        Offer(id: id, name: id.rawValue, cost: dollars(cost), value: dollars(value), stock: stock)
    }

    static func campaign(_ id: CampaignID, goal: GoalID = "purchase", offers: [Offer]) -> Campaign {
        Campaign(
            id: id, name: id.rawValue, kind: "coupon", placements: ["home"], goal: goal, purpose: "marketing",
            channel: "web",
            budgets: ["spring"], offers: offers)
    }

    /// - Parameter change: Changes the catalog before it is compiled.
    init(
        policy: Policy = .greedy, offers: [Offer] = [offer("a"), offer("b", value: 30), offer("c", value: 10)],
        _ change: (inout Catalog) -> Void = { _ in }
    ) throws {
        var catalog = Catalog(
            salt: "sample", currency: .usd,
            features: [
                FeatureDeclaration(name: "orders", aggregate: .count, pattern: EventPattern(name: "Order Completed")),
                FeatureDeclaration(
                    name: "views", aggregate: .count, pattern: EventPattern(name: "View"), key: JSONPath("category")),
            ],
            goals: [Goal(id: "purchase", pattern: EventPattern(name: "Order Completed"), window: .day)],
            placements: [Placement(id: "home", name: "Home", policy: policy)],
            budgets: [
                Budget(
                    id: "spring", name: "Spring", limit: Self.dollars(100), start: Self.noon - .day,
                    end: Self.noon + .day)
            ],
            campaigns: [Self.campaign("spring", offers: offers)])
        change(&catalog)
        let plan = try CatalogPlan(catalog, version: 1)
        self.catalog = catalog
        self.plan = plan
        models = plan.goals.map { _ in GoalModel(OnlineLogistic(layout: plan.layout)) }
        let placement = plan.placement("home")!
        situation = Situation(
            id: DecisionID(number: 1), customer: "ada", placement: "home", time: Self.noon, catalogVersion: 1,
            modelVersion: 0, features: [2], affinities: [Float](repeating: 0.5, count: placement.candidates.count),
            consents: plan.consents.map { _ in true }, cappedBy: placement.candidates.map { _ in nil },
            available: placement.accounts.map { plan.accounts[$0].limit.minorUnits },
            prices: placement.accounts.map { plan.accounts[$0].budget == nil ? 0 : 1 })
    }

    /// Gives the models something to tell people and offers apart by.
    mutating func teach(lessons: Int = 400, seed: UInt64 = 1) {
        var random = SplitMix64(seed: seed)
        for sequence in 1...lessons {
            for goal in models.indices {
                let offer = plan.offers.randomElement(using: &random)!
                let input = plan.layout.input(
                    features: [Float.random(in: 0...5, using: &random)],
                    affinities: [Float.random(in: 0...5, using: &random)],
                    kind: "coupon", bucket: offer.bucket)
                models[goal].online.learn(input, label: random.unit() < 0.3 ? 1 : 0, sequence: Int64(sequence))
            }
        }
    }

    func decided() -> Decision { decide(situation, plan: plan, models: models) }

    func gates() -> [ClosedGate?] { decided().candidates.map(\.gate) }
}
