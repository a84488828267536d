import WeirDomain

extension World {
    /// Constants from the Complete Journey year of a grocer, printed by `Examples/complete-journey/fit-grocer.py`.
    ///
    /// From the data: trips per week (households with at least a trip a month), traffic by weekday and month, the mean
    /// basket, the spread of households' tastes, and how unequally households redeem coupons: their rates have a
    /// coefficient of variation of 1.2, and a rank correlation of 0.49 with their use of other coupons, which is all
    /// that could be seen of it beforehand (0.7 after allowing for the noise of both). Assumed, since no log without an
    /// experiment can tell: a margin of a quarter of the basket, what the incentives change on average, and their costs.
    mutating func fitGrocer() {
        visitsLogMean = 0.0
        visitsLogDeviation = 0.79
        baseFollowsVisits = true
        weekdays = [0.968, 0.943, 0.918, 0.943, 0.947, 1.116, 1.165]
        months = [0.968, 0.986, 0.981, 0.994, 1.032, 1.016, 1.039, 1.014, 0.987, 1.001, 0.993, 0.989]
        margin = Money(minorUnits: 737, currency: .usd)
        sensitivityMean = 0.5
        sensitivityDeviation = 0.94  // Of the logarithm: √ln(1 + 1.2²).
        sensitivityIsSkewed = true
        visibleShare = 0.7
        tasteDeviation = 0.75
        tasteEffect = 0.3
        // Households are reached about once a week, however often they shop.
        budgetPerVisit = 0.06
    }
}
