import WeirDomain

/// How much may wait in the quarantine.
package struct QuarantineLimits: Sendable, Equatable {
    /// Messages of all sources; of more the oldest leave, of the source that has the most.
    package var messages = 100_000
    /// Of the messages as they were sent, by all sources.
    package var bytes = 256 << 20
    /// What has waited longer is given up.
    package var days = 90
    /// What one source may have of all; further messages of it are counted, not kept.
    package var shareOfSource = 0.25

    package init() {}

    var age: TimeSpan { .days(Double(days)) }
}
