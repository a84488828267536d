public import WeirCatalog
public import WeirDomain
import WeirJSON
public import WeirLearning
public import WeirProfiles

/// A catalog made ready for deciding: names resolved to indices, rules and messages compiled, keys hashed.
///
/// Made once when a catalog is applied; immutable, so that decisions under way keep theirs while a new one takes over.
public final class CatalogPlan: Sendable {
    public let catalog: Catalog
    /// Counted from 1 by the store.
    public let version: Int
    public let schema: FeatureSchema
    public let layout: ModelLayout
    /// Hash of the catalog's salt.
    public let salt: UInt64
    /// All offers of all campaigns, in catalog order.
    public let offers: [OfferPlan]
    public let campaigns: [CampaignPlan]
    public let goals: [Goal]
    /// In the catalog's order.
    public let experiments: [ExperimentPlan]
    /// The catalog's budgets, then one counted in pieces for each offer with limited stock.
    public let accounts: [Account]
    /// How far back caps look.
    public let longestCap: TimeSpan
    /// All (purpose, channel) pairs that campaigns need consent for.
    public let consents: [ConsentNeed]
    /// The traits that gates, rules and messages read, by their first name: what a decision's log keeps.
    public let traitNames: Set<String>
    private let placementPlans: [PlacementID: PlacementPlan]
    private let offerIndices: [OfferID: Int]
    private let goalIndices: [GoalID: Int]
    private let accountIndices: [BudgetID: Int]

    /// Money or pieces that offers draw on.
    public struct Account: Sendable, Equatable {
        public var id: BudgetID
        public var limit: Money
        /// Nil for stock, which has a limit but no price.
        public var budget: Budget?
    }

    public struct ConsentNeed: Sendable, Hashable {
        public var purpose: Purpose
        public var channel: Channel
    }

    /// - Throws: `FeatureSchemaError`, `RuleError` and the like, for a catalog that was not read by `readCatalog`.
    public init(_ catalog: Catalog, version: Int) throws {
        self.catalog = catalog
        self.version = version
        salt = StableHash.of(catalog.salt)
        let schema = try FeatureSchema(catalog.features)
        let layout = ModelLayout(
            features: catalog.features, kinds: catalog.campaigns.map(\.kind),
            hasLifts: catalog.goals.contains { $0.baseline == .learned })
        self.schema = schema
        self.layout = layout
        goals = catalog.goals
        let goalIndices = Dictionary(uniqueKeysWithValues: zip(catalog.goals.map(\.id), catalog.goals.indices))
        self.goalIndices = goalIndices

        var accounts = catalog.budgets.map { Account(id: $0.id, limit: $0.limit, budget: $0) }
        var accountIndices = Dictionary(uniqueKeysWithValues: zip(catalog.budgets.map(\.id), catalog.budgets.indices))
        var offers: [OfferPlan] = []
        var campaigns: [CampaignPlan] = []
        var consents: [ConsentNeed] = []
        // Read by the suppression gate.
        var traitNames: Set<String> = ["suppressed"]
        traitNames.formUnion(catalog.groups)
        let scalarNames = catalog.features.filter { !$0.isKeyed }.map(\.name)
        let keyedFeatures = catalog.features.filter(\.isKeyed)

        for campaign in catalog.campaigns {
            let need = ConsentNeed(purpose: campaign.purpose, channel: campaign.channel)
            if !consents.contains(need) { consents.append(need) }
            let rule = try campaign.eligibility.map { try Rule(compiling: $0, features: scalarNames) }
            traitNames.formUnion(rule?.traitPaths.compactMap(\.names.first) ?? [])
            let firstOffer = offers.count
            for offer in campaign.offers {
                let message = try MessageTemplate(compiling: offer.message)
                traitNames.formUnion(message.traitPaths.compactMap(\.names.first))
                var draws = campaign.budgets.compactMap { accountIndices[$0] }
                    .map { OfferPlan.Draw(account: $0, amount: offer.cost) }
                if let stock = offer.stock {
                    let id = BudgetID("stock/\(offer.id)")
                    let limit = Money(minorUnits: Int64(stock), currency: .pieces)
                    accountIndices[id] = accounts.count
                    draws.append(
                        OfferPlan.Draw(account: accounts.count, amount: Money(minorUnits: 1, currency: .pieces)))
                    accounts.append(Account(id: id, limit: limit, budget: nil))
                }
                offers.append(
                    OfferPlan(
                        offer: offer, campaign: campaigns.count, goal: goalIndices[campaign.goal] ?? 0, draws: draws,
                        bucket: ModelLayout.bucket(offer: offer.id.rawValue),
                        kind: layout.kinds.firstIndex(of: campaign.kind),
                        affinities: keyedFeatures.map { (offer.affinities[$0.name] ?? []).map(schema.keyHash) },
                        message: message))
            }
            campaigns.append(
                CampaignPlan(
                    campaign: campaign, rule: rule, caps: campaign.caps, consent: consents.firstIndex(of: need)!,
                    holdoutSalt: StableHash.of(catalog.salt + "/" + campaign.id.rawValue),
                    offers: firstOffer..<offers.count))
        }

        let experiments = Self.plans(of: catalog, offers: offers, campaigns: campaigns)
        for experiment in catalog.experiments {
            guard case .trait(let path) = experiment.switchback?.unit else { continue }
            traitNames.formUnion(JSONPath(path).names.prefix(1))
        }
        self.experiments = experiments
        self.traitNames = traitNames
        self.accounts = accounts
        self.accountIndices = accountIndices
        self.offers = offers
        self.campaigns = campaigns
        self.consents = consents
        offerIndices = Dictionary(uniqueKeysWithValues: zip(offers.map(\.offer.id), offers.indices))
        longestCap = (catalog.caps + catalog.campaigns.flatMap(\.caps)).map(\.per).max() ?? .zero
        var plans: [PlacementID: PlacementPlan] = [:]
        for placement in catalog.placements {
            let candidates = offers.indices.filter {
                campaigns[offers[$0].campaign].campaign.placements.contains(placement.id)
            }
            let accounts = Set(candidates.flatMap { offers[$0].draws.map(\.account) }).sorted()
            let atStake = experiments.indices.filter { index in
                let places = experiments[index].experiment.placements
                return (places.isEmpty || places.contains(placement.id))
                    && candidates.contains { experiments[index].isAtStake($0) }
            }
            plans[placement.id] = PlacementPlan(
                placement: placement, candidates: candidates, accounts: accounts, experiments: atStake)
        }
        placementPlans = plans
    }

    /// Experiments of a group share the customers in the catalog's order.
    private static func plans(
        of catalog: Catalog, offers: [OfferPlan], campaigns: [CampaignPlan]
    ) -> [ExperimentPlan] {
        var taken: [String: Double] = [:]
        return catalog.experiments.map { experiment in
            let start = experiment.group.flatMap { taken[$0] } ?? 0
            if let group = experiment.group { taken[group] = start + experiment.share }
            return ExperimentPlan(
                experiment, salt: catalog.salt, start: start,
                offers: offers.map { ($0.offer.id, campaigns[$0.campaign].campaign.id) })
        }
    }

    /// Whether a customer is in the universal holdout.
    public func isHeldOut(_ customer: CustomerID) -> Bool {
        WeirDecisioning.isHeldOut(
            StableHash.of(customer.rawValue), share: catalog.universalHoldout, salt: salt)
    }

    public func placement(_ id: PlacementID) -> PlacementPlan? { placementPlans[id] }
    public func offerIndex(_ id: OfferID) -> Int? { offerIndices[id] }
    public func experiment(_ id: ExperimentID) -> Experiment? {
        catalog.experiments.first { $0.id == id }
    }
    public func goalIndex(_ id: GoalID) -> Int? { goalIndices[id] }
    public func accountIndex(_ id: BudgetID) -> Int? { accountIndices[id] }
    public var placementNames: [String] { placementPlans.keys.map(\.rawValue).sorted() }
}

public struct PlacementPlan: Sendable {
    public let placement: Placement
    /// Indices of the offers that can appear here, in catalog order.
    public let candidates: [Int]
    /// Indices of the accounts that these offers draw on, ascending.
    public let accounts: [Int]
    /// Indices of the experiments whose arms differ in what these offers give.
    public let experiments: [Int]
}

public struct OfferPlan: Sendable {
    public struct Draw: Sendable, Equatable {
        public var account: Int
        public var amount: Money
    }

    public let offer: Offer
    public let campaign: Int
    public let goal: Int
    /// What giving it once reserves.
    public let draws: [Draw]
    public let bucket: UInt32
    public let kind: Int?
    /// For each declared keyed feature the hashes of the offer's keys.
    public let affinities: [[UInt32]]
    public let message: MessageTemplate
}

public struct CampaignPlan: Sendable {
    public let campaign: Campaign
    public let rule: Rule?
    public let caps: [Cap]
    /// Index into the plan's consents.
    public let consent: Int
    /// Campaigns hold out independently of each other.
    let holdoutSalt: UInt64
    public let offers: Range<Int>
}
