/// What a purchase model needs to know of a customer: how often, how lately and for how long.
package struct PurchaseSummary: Sendable, Hashable {
    /// Days with a purchase after the first one: the literature's x.
    package var repeats: Int
    /// Days from the first purchase to the last: 7 tₓ.
    package var recencyDays: Int
    /// Days from the first purchase to the end of the observation: 7 T.
    package var ageDays: Int
    /// Mean value of a day of repeat purchases; NaN where there is none.
    package var meanValue: Double

    package init(repeats: Int, recencyDays: Int, ageDays: Int, meanValue: Double = .nan) {
        precondition(repeats >= 0 && recencyDays >= 0 && ageDays >= recencyDays, "purchases lie in the observation")
        self.repeats = repeats
        self.recencyDays = recencyDays
        self.ageDays = ageDays
        self.meanValue = meanValue
    }

    /// Weeks from the first purchase to the last: tₓ.
    package var recency: Double { Double(recencyDays) / 7 }
    /// Weeks from the first purchase to the end of the observation: T.
    package var age: Double { Double(ageDays) / 7 }
}
