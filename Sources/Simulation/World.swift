package import WeirDomain
import WeirStatistics

/// A world whose truth is known: customers, what they would do with each offer and without one, and the calendar.
///
/// All figures were set before any policy was run in it. Customers differ in how often they come, how readily they buy
/// anyway, how strongly an incentive moves them and which categories they like. What a shop can see of that is sent as
/// events; a part of how strongly somebody is moved shows in nothing but the response itself.
package struct World: Sendable, Equatable {
    package enum Name: String, Sendable, CaseIterable, Codable {
        case grocer, steady, drift, delay, seasonal, strategic, null, baskets
    }

    /// One incentive: a discount of some depth on one category.
    package struct Incentive: Sendable, Equatable {
        package var category: Int
        /// 0 is the shallow one, 1 the deep one.
        package var depth: Int
        package var cost: Money
    }

    package let name: Name
    package var customers = 2_000
    package var days = 365
    /// Days of organic behaviour, without any offer, that are known before the first decision.
    package var historyDays = 180
    /// What may be spent over all days; nil means `budgetPerVisit` for each visit that is expected.
    package var budget: Money?
    /// Share of customers who never get an offer, in 0 ≤ share < 1; policies are compared without any.
    package var holdout = 0.0

    // MARK: Customers

    /// Visits per week, log-normal.
    var visitsLogMean = 0.0
    var visitsLogDeviation = 0.6
    /// Logit of a purchase at a visit without an offer, normal.
    var baseMean = -1.8
    var baseDeviation = 0.7
    /// Whether the readiness to buy follows from how often somebody comes, as in a shop where nearly every visit is one.
    var baseFollowsVisits = false
    /// Rise of the logit that the shallow incentive causes, before taste.
    var sensitivityMean = 0.45
    var sensitivityDeviation = 0.55
    /// Log-normal rather than normal: a few are moved much, most hardly.
    var sensitivityIsSkewed = false
    /// Correlation of the sensitivity with what can be seen: the interest in sales. The rest is not knowable from behaviour.
    var visibleShare = 0.9
    /// How much the liking of a category adds, per standard deviation.
    var tasteEffect = 0.45
    /// Spread of the liking in the logarithm of a category's share of what is looked at.
    var tasteDeviation = 1.0
    /// Strength of the deep incentive; the shallow one's is 1.
    var deepStrength = 1.7
    /// Whether incentives do anything at all.
    var isMoved = true

    // MARK: Money

    /// Contribution of a purchase before the incentive's cost.
    package var margin = Money(minorUnits: 800, currency: .usd)
    package var costs = [Money(minorUnits: 100, currency: .usd), Money(minorUnits: 250, currency: .usd)]
    package static let categories = 4
    /// Enough for about a tenth of what giving everybody an incentive at each visit would cost.
    var budgetPerVisit = 0.045

    /// What incentives take off, where that follows from the basket; nil where each has its fixed cost.
    var baskets: Baskets?

    // MARK: Calendar

    /// Relative traffic on Monday ... Sunday, and in January ... December.
    var weekdays = [Double](repeating: 1, count: 7)
    var months = [Double](repeating: 1, count: 12)
    /// Added to everybody's logit in January ... December.
    var moods = [Double](repeating: 0, count: 12)
    /// The day from which people respond otherwise; nil for never.
    package var driftDay: Int?
    /// Days until a purchase is known, on average, and at most.
    var delayMean = 0.0
    var delayLimit = 13.0

    // MARK: Strategy

    /// Share of customers who wait for offers once they have got used to them.
    var strategicShare = 0.0
    /// By how much each recent offer lowers the logit of their purchases without one; at most three offers count.
    var waiting = 0.0
    var habitHalfLifeDays = 21.0
    /// Correlation of the interest in sales with the readiness to buy anyway.
    var saleFollowsBase = 0.0

    package init(_ name: Name) {
        self.name = name
        switch name {
        case .steady: break
        case .null: isMoved = false
        case .drift: driftDay = 26 * 7
        case .delay: delayMean = 5
        case .seasonal:
            weekdays = [0.8, 0.8, 0.9, 1.0, 1.2, 1.3, 1.0]
            months = [0.7, 0.7, 0.8, 0.9, 1.0, 1.0, 0.8, 0.8, 1.0, 1.1, 1.7, 1.5]
            moods = [-0.2, -0.2, -0.1, 0, 0, 0, -0.1, -0.1, 0, 0.1, 0.4, 0.4]
        case .strategic:
            strategicShare = 0.4
            waiting = 0.35
            saleFollowsBase = 0.5
        case .grocer: fitGrocer()
        case .baskets: giveShares()
        }
    }

    package var incentives: [Incentive] {
        costs.indices.flatMap { depth in
            (0..<Self.categories).map { Incentive(category: $0, depth: depth, cost: costs[depth]) }
        }
    }

    package static let start = Timestamp(iso8601: "2025-01-01")!
    package var start: Timestamp { Self.start }
    package var end: Timestamp { start + .days(Double(days)) }

    /// The calendar's months as far as the world goes: first day of each and the day after the last.
    package var monthStarts: [Int] {
        let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        var starts = [0]
        while starts.last! < days { starts.append(min(days, starts.last! + lengths[(starts.count - 1) % 12])) }
        return starts
    }

    /// Relative traffic on a day counted from the start; negative days lie in the year before.
    func traffic(on day: Int) -> Double { weekdays[weekday(of: day)] * months[month(of: day)] }

    /// How much a standardised score moves somebody; where a part of the score is not seen, the mean over that part.
    func sensitivity(_ score: Double, unseen: Double = 0) -> Double {
        let deviation = sensitivityDeviation
        guard sensitivityIsSkewed else { return sensitivityMean + deviation * score }
        return sensitivityMean * Portable.exp(deviation * score + deviation * deviation * (unseen * unseen - 1) / 2)
    }

    func mood(on day: Int) -> Double { moods[month(of: day)] }

    func month(of day: Int) -> Int {
        let dayOfYear = ((day % 365) + 365) % 365
        var rest = dayOfYear
        for (month, length) in [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31].enumerated() {
            if rest < length { return month }
            rest -= length
        }
        return 11
    }

    /// 0 is Monday; the start is a Wednesday.
    private func weekday(of day: Int) -> Int { (((day + 2) % 7) + 7) % 7 }

    /// What each of the world's months is expected to have of all traffic: the forecast that every policy is told.
    package var forecast: [Double] {
        let starts = monthStarts
        let sums = zip(starts, starts.dropFirst()).map { ($0..<$1).reduce(0) { $0 + traffic(on: $1) } }
        let total = sums.reduce(0, +)
        return sums.map { $0 / total }
    }

    /// The budget in force: what was asked for, or what the expected visits call for.
    package var limit: Money {
        if let budget { return budget }
        let perWeek = Portable.exp(visitsLogMean + visitsLogDeviation * visitsLogDeviation / 2)
        let traffic = (0..<days).reduce(0) { $0 + self.traffic(on: $1) }
        let visits = Double(customers) * perWeek / 7 * traffic
        return Money(minorUnits: Int64((visits * budgetPerVisit * 100).rounded()), currency: .usd)
    }
}
