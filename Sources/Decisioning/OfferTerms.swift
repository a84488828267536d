import WeirDomain
import WeirJSON
import WeirProfiles
import WeirStatistics

/// What one use of an offer is expected to cost and to be worth, for one person at one moment; in major units.
public struct ExpectedUse: Sendable, Equatable {
    /// The margin of the outcome, before the cost.
    public var value: Double
    public var cost: Double

    package init(value: Double, cost: Double) {
        self.value = value
        self.cost = cost
    }
}

/// What an offer's cost or value depends on, made ready for deciding.
///
/// What a basket will be worth is not known before the order, so what a use costs is averaged over what it may be: the
/// person's own orders, each as one, and baskets of the catalog's `basket`, together as its weight. A cap, a minimum or a step
/// then counts for as often as it is reached, which one mean basket could not tell.
struct OfferTerms: Sendable {
    private let discount: Discount?
    private let valueShare: BasketShare?
    /// Minor units of one major unit.
    private let scale: Double
    /// In minor units, with a basket of which nothing is known.
    private let usualCost: Double
    private let usualValue: Double
    /// As how many orders of the person's own the usual ones count.
    private let weight: Double

    /// Nil for an offer whose cost and value are fixed.
    init?(_ offer: Offer, _ prior: BasketPrior?) {
        guard offer.discount != nil || offer.valueShare != nil else { return nil }
        discount = offer.discount
        valueShare = offer.valueShare
        var scale = 1.0
        for _ in 0..<offer.cost.currency.minorDigits { scale *= 10 }
        self.scale = scale
        weight = prior?.weight ?? 1
        let baskets = prior?.baskets ?? []
        usualValue = Double(offer.value.minorUnits)
        usualCost =
            if let discount, discount.goesByBasket, !baskets.isEmpty {
                baskets.reduce(0) { $0 + Double(discount.cost(ofBasket: $1)) } / Double(baskets.count)
            } else {
                Double((offer.discount?.usual ?? offer.cost).minorUnits)
            }
    }

    /// - Parameters:
    ///   - purchase: What the request says of the basket.
    ///   - baskets: What the person's own orders were worth, in minor units.
    func expectedUse(of purchase: Purchase, baskets: [Int64]) -> ExpectedUse {
        let known = Double(baskets.count)
        var cost = usualCost
        if let discount {
            if let exact = discount.cost(of: purchase) {
                cost = Double(exact)
            } else if discount.goesByBasket {
                let sum = baskets.reduce(0) { $0 + Double(discount.cost(ofBasket: $1)) }
                cost = (sum + weight * usualCost) / (known + weight)
            }
        }
        var value = usualValue
        if let valueShare {
            if let basket = purchase.basket {
                value = Double(valueShare.of(basket))
            } else {
                let sum = baskets.reduce(0) { $0 + Double(valueShare.of($1)) }
                value = (sum + weight * usualValue) / (known + weight)
            }
        }
        return ExpectedUse(value: value / scale, cost: cost / scale)
    }
}

extension BasketPrior {
    /// Baskets of which each is as likely as another, in minor units: the middles of as many equal parts of a lognormal
    /// distribution.
    var baskets: [Int64] {
        // Quantiles of the standard normal distribution at (i + ½) ÷ 8.
        let upper = [0.157_310_684_610_171, 0.488_776_411_114_669, 0.887_146_559_018_876, 1.534_120_544_352_547]
        let sigma = Portable.log(1 + spread * spread).squareRoot()
        let shapes = (upper.reversed().map { -$0 } + upper).map { Portable.exp(sigma * $0) }
        let mean = shapes.reduce(0, +) / Double(shapes.count)
        return shapes.map { Int64(saturating: (Double(self.mean.minorUnits) * $0 / mean).rounded()) }
    }
}

extension CatalogPlan {
    /// What a request's context says of the basket.
    func purchase(inContext context: JSON) -> Purchase {
        (catalog.orders ?? Orders()).purchase(inContext: context, in: catalog.currency)
    }

    /// What a person's orders were worth; empty where no offer goes by the basket.
    func baskets(of profile: Profile) -> [Int64] {
        hasTerms ? profile.baskets(in: catalog.currency, limit: Self.rememberedBaskets) : []
    }

    /// So many orders tell what a person's next may be worth; those before them tell of other times.
    private static let rememberedBaskets = 16
}
