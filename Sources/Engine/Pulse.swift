public import WeirDomain
public import WeirStatistics

/// The live figures: how much passed, how fast, and how the budgets went.
public struct Pulse: Sendable {
    public var totals: Traffic.Totals
    public var sources: [SourceID: Traffic.Source]
    public var latencies: Latencies
    public var budgets: [BudgetID: [BudgetSample]]

    public var decideLatency: LatencyHistogram { latencies.decide }
    public var outcomeLatency: LatencyHistogram { latencies.outcome }
}

/// How long callers waited since the process began.
public struct Latencies: Sendable {
    /// From asking to the durable answer.
    public var decide = LatencyHistogram()
    /// From the arrival of an outcome to a published model that has learned it.
    public var outcome = LatencyHistogram()
    /// How long the committer was busy with one group.
    public var commit = LatencyHistogram()
}
