import WeirCatalog
import WeirDomain
import WeirJSON
import WeirLearning
import WeirProfiles

/// Makes a catalog ready for deciding, campaign by campaign.
struct CatalogCompiler {
    let catalog: Catalog
    let schema: FeatureSchema
    let layout: ModelLayout
    let goalIndices: [GoalID: Int]
    private(set) var accounts: [CatalogPlan.Account]
    private(set) var offers: [OfferPlan] = []
    private(set) var campaigns: [CampaignPlan] = []
    private(set) var consents: [CatalogPlan.ConsentNeed] = []
    private(set) var traitNames: Set<String>
    private var accountIndices: [BudgetID: Int]
    private let scalarNames: [String]
    private let keyedFeatures: [FeatureDeclaration]

    init(_ catalog: Catalog, inputsAreBounded: Bool) throws {
        self.catalog = catalog
        var reversals: [EventPattern] = []
        for case let reversal? in catalog.goals.map(\.reversal) where !reversals.contains(reversal) {
            reversals.append(reversal)
        }
        schema = try FeatureSchema(catalog.features, orders: catalog.orders, reversals: reversals)
        layout = ModelLayout(
            features: catalog.features, kinds: catalog.campaigns.map(\.kind),
            hasLifts: catalog.goals.contains { $0.baseline == .learned },
            isBounded: inputsAreBounded)
        goalIndices = Dictionary(uniqueKeysWithValues: zip(catalog.goals.map(\.id), catalog.goals.indices))
        accounts = catalog.budgets.map { CatalogPlan.Account(id: $0.id, limit: $0.limit, budget: $0) }
        accountIndices = Dictionary(uniqueKeysWithValues: zip(catalog.budgets.map(\.id), catalog.budgets.indices))
        // Read by the suppression gate.
        traitNames = ["suppressed"]
        traitNames.formUnion(catalog.groups)
        scalarNames = catalog.scalarFeatures
        keyedFeatures = catalog.features.filter(\.isKeyed)
    }

    // MARK: Campaigns

    mutating func compile(_ campaign: Campaign) throws {
        let need = CatalogPlan.ConsentNeed(purpose: campaign.purpose, channel: campaign.channel)
        let consent = consents.firstIndex(of: need) ?? consents.count
        if consent == consents.count { consents.append(need) }
        let rule = try campaign.eligibility.map { try Rule(compiling: $0, features: scalarNames) }
        traitNames.formUnion(rule?.traitPaths.compactMap(\.names.first) ?? [])
        let firstOffer = offers.count
        for offer in campaign.offers { try compile(offer, of: campaign) }
        campaigns.append(
            CampaignPlan(
                campaign: campaign, rule: rule, caps: campaign.caps + catalog.caps, consent: consent,
                holdoutSalt: StableHash.of(catalog.salt + "/" + campaign.id.rawValue),
                offers: firstOffer..<offers.count))
    }

    private mutating func compile(_ offer: Offer, of campaign: Campaign) throws {
        let message = try MessageTemplate(compiling: offer.message)
        traitNames.formUnion(message.traitPaths.compactMap(\.names.first))
        var draws = campaign.budgets.compactMap { accountIndices[$0] }
            .map { OfferPlan.Draw(account: $0, amount: offer.cost) }
        if let stock = offer.stock {
            draws.append(
                OfferPlan.Draw(account: accounts.count, amount: Money(minorUnits: 1, currency: .pieces)))
            openStock(of: offer, pieces: stock)
        }
        let pool = offer.codes.map { openPool($0.pool) }
        offers.append(
            OfferPlan(
                offer: offer, basket: catalog.basket, campaign: campaigns.count, goal: goalIndices[campaign.goal] ?? 0,
                draws: draws, pool: pool,
                bucket: ModelLayout.bucket(offer: offer.id.rawValue),
                kind: layout.kinds.firstIndex(of: campaign.kind),
                affinities: keyedFeatures.map { (offer.affinities[$0.name] ?? []).map(schema.keyHash) },
                message: message))
    }

    private mutating func openStock(of offer: Offer, pieces: Int) {
        let id = BudgetID("stock/\(offer.id)")
        accountIndices[id] = accounts.count
        accounts.append(
            CatalogPlan.Account(
                id: id, limit: Money(minorUnits: Int64(pieces), currency: .pieces), budget: nil))
    }

    /// The account of a pool, which several offers may share.
    private mutating func openPool(_ pool: CouponPoolID) -> Int {
        let id = BudgetID("pool/\(pool)")
        if let known = accountIndices[id] { return known }
        accountIndices[id] = accounts.count
        accounts.append(CatalogPlan.Account(id: id, limit: .zero(.pieces), budget: nil, pool: pool))
        return accounts.count - 1
    }

    // MARK: Experiments

    mutating func keepTraitsOfExperiments() {
        for experiment in catalog.experiments {
            guard case .trait(let path) = experiment.switchback?.unit else { continue }
            traitNames.formUnion(JSONPath(path).names.prefix(1))
        }
    }

    /// Experiments of a group share the customers in the catalog's order.
    func experiments() -> [ExperimentPlan] {
        var taken: [String: Double] = [:]
        return catalog.experiments.map { experiment in
            let start = experiment.group.flatMap { taken[$0] } ?? 0
            if let group = experiment.group { taken[group] = start + experiment.share }
            return ExperimentPlan(
                experiment, salt: catalog.salt, start: start,
                offers: offers.map { ($0.offer.id, campaigns[$0.campaign].campaign.id) })
        }
    }

    // MARK: Placements

    func plan(of placement: Placement, experiments: [ExperimentPlan]) -> PlacementPlan {
        let candidates = offers.indices.filter {
            campaigns[offers[$0].campaign].campaign.placements.contains(placement.id)
        }
        let accounts = Set(
            candidates.flatMap { offers[$0].draws.map(\.account) + [offers[$0].pool].compactMap(\.self) }
        )
        .sorted()
        let atStake = experiments.indices.filter { index in
            let places = experiments[index].experiment.placements
            return (places.isEmpty || places.contains(placement.id))
                && candidates.contains { experiments[index].isAtStake($0) }
        }
        return PlacementPlan(
            placement: placement, candidates: candidates, accounts: accounts,
            slots: candidates.map { offers[$0].draws.map { accounts.firstIndex(of: $0.account)! } },
            poolSlots: candidates.map { offers[$0].pool.map { accounts.firstIndex(of: $0)! } },
            experiments: atStake)
    }
}
