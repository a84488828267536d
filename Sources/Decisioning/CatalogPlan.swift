public import WeirDomain
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
    /// Whether what some offer costs or is worth depends on the basket.
    let hasTerms: Bool
    public let campaigns: [CampaignPlan]
    public let goals: [Goal]
    /// For each goal where the own weights of "no offer" begin; nil where nothing happens without an offer.
    let noOfferBuckets: [UInt32?]
    /// In the catalog's order.
    public let experiments: [ExperimentPlan]
    /// The catalog's budgets, then one counted in pieces for each offer with limited stock and for each pool of codes.
    public let accounts: [Account]
    /// How far back caps look.
    public let longestCap: TimeSpan
    /// All (purpose, channel) pairs that campaigns need consent for.
    public let consents: [ConsentNeed]
    /// For each of them what holds where a person has given no answer.
    let consentsByDefault: [Bool]
    /// The traits that gates, rules and messages read, by their first name: what a decision's log keeps.
    public let traitNames: Set<String>
    private let placementPlans: [PlacementID: PlacementPlan]
    private let offerIndices: [OfferID: Int]
    private let goalIndices: [GoalID: Int]

    /// Money, pieces or codes that offers draw on.
    public struct Account: Sendable, Equatable {
        public var id: BudgetID
        public var limit: Money
        /// Nil for stock, which has a limit but no price, and for pools of codes.
        public var budget: Budget?
        /// Of a pool, whose codes are counted where they are kept; its limit is nothing.
        public var pool: CouponPoolID?
    }

    public struct ConsentNeed: Sendable, Hashable {
        public var purpose: Purpose
        public var channel: Channel
    }

    /// - Parameters:
    ///   - version: Counted from 1 by the store.
    ///   - inputsAreBounded: Whether one person's numbers can move a model only so far; false for catalogs from before there
    ///     were such bounds.
    /// - Throws: `InvalidFeatures`, `RuleError` and the like, for a catalog that was not read by `readCatalog`.
    public init(_ catalog: Catalog, version: Int, inputsAreBounded: Bool = true) throws {
        self.catalog = catalog
        self.version = version
        salt = StableHash.of(catalog.salt)
        var compiler = try CatalogCompiler(catalog, inputsAreBounded: inputsAreBounded)
        for campaign in catalog.campaigns { try compiler.compile(campaign) }
        compiler.keepTraitsOfExperiments()
        let experiments = compiler.experiments()
        schema = compiler.schema
        layout = compiler.layout
        goals = catalog.goals
        noOfferBuckets = catalog.goals.map { $0.baseline == .zero ? nil : noOfferBucket($0.id) }
        goalIndices = compiler.goalIndices
        offers = compiler.offers
        hasTerms = compiler.offers.contains { $0.terms != nil }
        offerIndices = Dictionary(
            uniqueKeysWithValues: zip(compiler.offers.map(\.offer.id), compiler.offers.indices))
        campaigns = compiler.campaigns
        self.experiments = experiments
        accounts = compiler.accounts
        longestCap = (catalog.caps + catalog.campaigns.flatMap(\.caps)).map(\.per).max() ?? .zero
        consents = compiler.consents
        consentsByDefault = compiler.consents.map { catalog.consentByDefault[$0.purpose] ?? false }
        traitNames = compiler.traitNames
        placementPlans = Dictionary(
            uniqueKeysWithValues: catalog.placements.map { ($0.id, compiler.plan(of: $0, experiments: experiments)) })
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
    public var placementNames: [String] { placementPlans.keys.map(\.rawValue).sorted() }
}
