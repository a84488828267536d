public struct StoreCounts: Sendable, Equatable {
    public var events = 0
    public var decisions = 0
    public var outcomes = 0
    public var ledgerEntries = 0
    public var profiles = 0
    public var quarantined = 0

    public init() {}
}
