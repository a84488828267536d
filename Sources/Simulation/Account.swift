/// What a policy has brought and spent, week by week: true expectations, not what luck made of them.
package struct Account: Sendable, Equatable {
    /// Σ (p₁ − p₀) · margin − p₁ · cost of each week of the world.
    package private(set) var value: [Double] = []
    /// Σ p₁ · cost of each week.
    package private(set) var spend: [Double] = []
    package private(set) var decisions = 0
    package private(set) var offers = 0
    /// What was paid in truth.
    package private(set) var paid = 0.0

    package init() {}

    mutating func book(day: Int, margin: Double, cost: Double, isOffer: Bool) {
        let week = day / 7
        while value.count <= week {
            value.append(0)
            spend.append(0)
        }
        value[week] += margin - cost
        spend[week] += cost
        decisions += 1
        if isOffer { offers += 1 }
    }

    mutating func pay(_ amount: Double) { paid += amount }

    package var totalValue: Double { value.reduce(0, +) }
    package var totalSpend: Double { spend.reduce(0, +) }
    /// From the second quarter on.
    package var laterValue: Double { value.dropFirst(13).reduce(0, +) }
}
