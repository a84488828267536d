package import WeirDomain
package import WeirStatistics

/// How far the replay has come, and what it shows so far.
package struct DemoProgress: Sendable {
    package var time: Timestamp
    package var start: Timestamp
    package var end: Timestamp
    /// (household, campaign) pairs scored before their outcome was known, of how many.
    package var scored = 0
    package var toScore = 0
    package var baskets = 0
    package var allBaskets = 0
    package var till = DemoReport.Till()
    /// Of the campaigns from the cutoff on, as far as scored; an estimate of what will be reported at the end.
    package var segment: RankingMetrics?
    package var individual: RankingMetrics?

    package var share: Double {
        let whole = end.since(start).inSeconds
        return whole > 0 ? min(1, max(0, time.since(start).inSeconds / whole)) : 0
    }
}
