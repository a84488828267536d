/// Money that offers draw on, and how it is meant to flow.
public struct Budget: Sendable, Hashable, Codable {
    public var id: BudgetID
    public var name: String
    /// > 0; never exceeded by what is spent and reserved together.
    public var limit: Money
    public var start: Timestamp
    /// After `start`.
    public var end: Timestamp
    /// Relative traffic expected in equal parts of the time between start and end, for the spend curve; each > 0. One
    /// entry means an even flow.
    public var curve: [Double]
    /// The shadow price never falls below it: what one unit of cost must bring at least; ≥ 0.
    public var returnFloor: Double

    public init(
        id: BudgetID, name: String, limit: Money, start: Timestamp, end: Timestamp, curve: [Double] = [1],
        returnFloor: Double = 1
    ) {
        self.id = id
        self.name = name
        self.limit = limit
        self.start = start
        self.end = end
        self.curve = curve
        self.returnFloor = returnFloor
    }
}
