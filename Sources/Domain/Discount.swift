/// What one use of an offer gives away where that depends on the order it is used in.
///
/// All reckoning is in whole minor units of `most`'s currency; what falls between two is rounded to the nearest, halves up.
public struct Discount: Sendable, Hashable, Codable {
    /// What it takes off, and off what.
    public enum Rule: Sendable, Hashable, Codable {
        /// By the worth of the basket; in rising order of their minimum, of which the last that is reached counts.
        case basket([Step])
        /// A share of what the order's shipping costs, in millionths, from a minimum worth of the basket on.
        case shipping(millionths: Int64, minimum: Int64)
        /// Of every so many pieces one is free; the cheapest are.
        case cheapest(of: Int)
        /// Points, of which `per` are worth `worth` minor units.
        case points(Int, per: Int, worth: Int64)
    }

    /// What a basket gets from a minimum on.
    public struct Step: Sendable, Hashable, Codable {
        /// ≥ 0.
        public var minimum: Int64
        public var reduction: Reduction

        public init(minimum: Int64 = 0, reduction: Reduction) {
            self.minimum = minimum
            self.reduction = reduction
        }
    }

    public enum Reduction: Sendable, Hashable, Codable {
        /// Of the basket, in 0 < millionths ≤ 1,000,000.
        case percent(millionths: Int64)
        /// > 0.
        case amount(Int64)
    }

    public var rule: Rule
    /// The most that one use can cost: reserved when the offer is given.
    public var most: Money
    /// What a use is expected to cost where the basket cannot tell; nil means the most.
    public var usual: Money?

    public init(_ rule: Rule, most: Money, usual: Money? = nil) {
        self.rule = rule
        self.most = most
        self.usual = usual
    }
}

/// A share of the basket's worth.
public struct BasketShare: Sendable, Hashable, Codable {
    /// In 0 < millionths ≤ 1,000,000.
    public var millionths: Int64

    public init(millionths: Int64) { self.millionths = millionths }

    /// The share of a basket, in its minor units.
    package func of(_ basket: Int64) -> Int64 { basket.share(millionths) }
}

/// What baskets are worth where nothing is known of a person.
public struct BasketPrior: Sendable, Hashable, Codable {
    /// > 0.
    public var mean: Money
    /// Standard deviation over the mean, ≥ 0.
    public var spread: Double
    /// As how many of a person's own orders it counts, > 0.
    public var weight: Double

    public init(mean: Money, spread: Double = 0.6, weight: Double = 2) {
        self.mean = mean
        self.spread = spread
        self.weight = weight
    }
}

// MARK: - Reckoning

extension Discount {
    /// What a use costs, in minor units, 0 ≤ cost ≤ `most`; nil where the purchase does not say what it goes by.
    public func cost(of purchase: Purchase) -> Int64? {
        switch rule {
        case .basket: purchase.basket.map { cost(ofBasket: $0) }
        case .shipping(let millionths, let minimum):
            if minimum > 0, let basket = purchase.basket, basket < minimum {
                0
            } else if minimum > 0, purchase.basket == nil {
                nil
            } else {
                purchase.shipping.map { min($0.share(millionths), most.minorUnits) }
            }
        case .cheapest(let count): purchase.pieces.map { min(Self.cheapest(of: count, among: $0), most.minorUnits) }
        case .points(let count, let per, let worth):
            min((Int64(count)).scaled(by: worth, over: Int64(per)), most.minorUnits)
        }
    }

    /// What a discount by the basket costs for one of a worth; the most for one that goes by something else.
    package func cost(ofBasket basket: Int64) -> Int64 {
        guard case .basket(let steps) = rule else { return most.minorUnits }
        guard let step = steps.last(where: { $0.minimum <= basket }) else { return 0 }
        let reduction =
            switch step.reduction {
            case .percent(let millionths): basket.share(millionths)
            case .amount(let amount): amount
            }
        return min(reduction, most.minorUnits, basket)
    }

    private static func cheapest(of count: Int, among pieces: [Purchase.Piece]) -> Int64 {
        var free = pieces.reduce(Int64(0)) { Int64(saturatingSum: $0, $1.count) } / Int64(count)
        var cost: Int64 = 0
        for piece in pieces.sorted(by: { $0.price < $1.price }) where free > 0 {
            let taken = min(free, piece.count)
            free -= taken
            let (worth, overflow) = taken.multipliedReportingOverflow(by: piece.price)
            cost = Int64(saturatingSum: cost, overflow ? .max : worth)
        }
        return cost
    }

    /// Whether it goes by what the basket is worth, of which a person's own orders tell something.
    package var goesByBasket: Bool { if case .basket = rule { true } else { false } }
}

extension Int64 {
    /// Of a number ≥ 0, rounded to the nearest, halves up.
    fileprivate func share(_ millionths: Int64) -> Int64 { scaled(by: millionths, over: 1_000_000) }

    /// This · factor ÷ divisor, all ≥ 0 and the divisor > 0, rounded to the nearest, halves up; at most `Int64.max`.
    fileprivate func scaled(by factor: Int64, over divisor: Int64) -> Int64 {
        let product = magnitude.multipliedFullWidth(by: factor.magnitude)
        guard product.high < divisor.magnitude else { return .max }
        let (quotient, remainder) = divisor.magnitude.dividingFullWidth(product)
        let isUp = remainder >= divisor.magnitude - remainder
        return Int64(clamping: quotient) == .max ? .max : Int64(clamping: quotient + (isUp ? 1 : 0))
    }

    fileprivate init(saturatingSum left: Int64, _ right: Int64) {
        let (sum, overflow) = left.addingReportingOverflow(right)
        self = overflow ? .max : sum
    }
}
