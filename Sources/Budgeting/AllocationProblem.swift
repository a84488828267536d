/// Who could get which offers, at what value and cost, and what may be spent.
///
/// Offers lie one after another, customer by customer in order of arrival. Each customer gets at most one.
public struct AllocationProblem: Sendable {
    /// What each budget may spend at most; ≥ 0, in any unit.
    public let limits: [Double]
    /// By budget: a unit of cost must bring at least this value at the margin; ≥ 0.
    public let floors: [Double]
    /// The sets of budgets that offers draw on; an offer's cost falls on each budget of its set.
    public let sources: [[Int]]
    /// The first offer of each customer, and behind them the number of offers.
    public private(set) var starts: ContiguousArray<Int> = [0]
    /// By offer: the index of its source.
    public private(set) var source: ContiguousArray<UInt16> = []
    /// By offer: the expected gain against no offer, before the cost; may be negative.
    public private(set) var value: ContiguousArray<Double> = []
    /// By offer: the expected cost; ≥ 0.
    public private(set) var cost: ContiguousArray<Double> = []

    /// - Parameters:
    ///   - floors: One for each budget; none are 0.
    ///   - sources: Nil where each offer draws on one budget, whose index its source then is.
    public init(limits: [Double], floors: [Double]? = nil, sources: [[Int]]? = nil) {
        let floors = floors ?? limits.map { _ in 0 }
        let sources = sources ?? limits.indices.map { [$0] }
        precondition(floors.count == limits.count, "each budget needs a floor")
        precondition((limits + floors).allSatisfy { $0 >= 0 && $0.isFinite }, "limits and floors are amounts")
        precondition(sources.allSatisfy { $0.allSatisfy(limits.indices.contains) }, "sources name budgets")
        self.limits = limits
        self.floors = floors
        self.sources = sources
    }

    /// A problem made of whole columns, without copying them.
    ///
    /// - Parameter starts: Rising from 0 to the number of offers.
    public init(
        limits: [Double], floors: [Double]? = nil, sources: [[Int]]? = nil, starts: ContiguousArray<Int>,
        source: ContiguousArray<UInt16>, value: ContiguousArray<Double>, cost: ContiguousArray<Double>
    ) {
        self.init(limits: limits, floors: floors, sources: sources)
        precondition(source.count == value.count && cost.count == value.count && starts.last == value.count)
        precondition(zip(starts, starts.dropFirst()).allSatisfy { $0 <= $1 } && starts.first == 0)
        precondition(source.allSatisfy { $0 < self.sources.count }, "offers name sources")
        precondition(value.allSatisfy(\.isFinite) && cost.allSatisfy { $0 >= 0 && $0.isFinite })
        self.starts = starts
        self.source = source
        self.value = value
        self.cost = cost
    }

    public var customers: Int { starts.count - 1 }

    /// The offers of a customer.
    public func offers(of customer: Int) -> Range<Int> { starts[customer]..<starts[customer + 1] }

    /// Appends an offer to those of the customer who comes next; `endCustomer` closes the list.
    public mutating func appendOffer(source: Int, value: Double, cost: Double) {
        precondition(sources.indices.contains(source) && value.isFinite && cost >= 0 && cost.isFinite)
        self.source.append(UInt16(source))
        self.value.append(value)
        self.cost.append(cost)
    }

    public mutating func endCustomer() { starts.append(value.count) }

    /// Every `stride`-th customer, with limits in proportion.
    func sampled(every stride: Int) -> AllocationProblem {
        var sample = AllocationProblem(limits: limits.map { $0 / Double(stride) }, floors: floors, sources: sources)
        for customer in Swift.stride(from: 0, to: customers, by: stride) {
            for offer in offers(of: customer) {
                sample.appendOffer(source: Int(source[offer]), value: value[offer], cost: cost[offer])
            }
            sample.endCustomer()
        }
        return sample
    }
}

/// What a customer could get.
public struct AllocationOffer: Sendable, Hashable {
    /// The index of the set of budgets that it draws on.
    public var source: Int
    /// The expected gain against no offer, before the cost.
    public var value: Double
    /// The expected cost; ≥ 0.
    public var cost: Double

    public init(source: Int, value: Double, cost: Double) {
        self.source = source
        self.value = value
        self.cost = cost
    }
}

extension Double {
    /// Whether a limit holds an amount, however the amount's parts are added up: costs that fit it exactly fit it.
    ///
    /// What rounding adds to a sum is far below a millionth of a minor unit; without that allowance 0.1 three times would not
    /// fit 0.3.
    func holds(_ amount: Double) -> Bool { amount <= self * (1 + 1e-12) || amount <= 0 }
}

/// Which offers were chosen, and how good that is.
public struct Allocation: Sendable {
    /// By customer: the index of the offer among all offers, −1 for none.
    public var choices: ContiguousArray<Int>
    /// Of the chosen offers.
    public var value: Double
    /// No choice within the limits has a higher value. A budget with a floor counts what it left unspent at the floor: then
    /// the bound is for choices that spend as much of it.
    public var upperBound: Double
    /// By budget; never above its limit.
    public var spend: [Double]
    /// By budget: what a further unit of its limit would bring.
    public var prices: [Double]

    public init(
        choices: ContiguousArray<Int>, value: Double, upperBound: Double, spend: [Double], prices: [Double]
    ) {
        self.choices = choices
        self.value = value
        self.upperBound = upperBound
        self.spend = spend
        self.prices = prices
    }

    /// How many customers get an offer.
    public var treated: Int { choices.count { $0 >= 0 } }

    /// The share by which the value could be higher at most.
    public var gap: Double { upperBound > 0 ? max(0, 1 - value / upperBound) : 0 }
}
