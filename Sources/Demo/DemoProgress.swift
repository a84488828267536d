public import WeirDomain
public import WeirStatistics

/// How far the replay has come, and what it shows so far.
public struct DemoProgress: Sendable {
    public var time: Timestamp
    public var start: Timestamp
    public var end: Timestamp
    /// (household, campaign) pairs scored before their outcome was known, of how many.
    public var scored = 0
    public var toScore = 0
    public var baskets = 0
    public var allBaskets = 0
    public var till = DemoReport.Till()
    /// Of the campaigns from the cutoff on, as far as scored; an estimate of what will be reported at the end.
    public var segment: RankingMetrics?
    public var individual: RankingMetrics?

    public var share: Double {
        let whole = end.since(start).inSeconds
        return whole > 0 ? min(1, max(0, time.since(start).inSeconds / whole)) : 0
    }
}
