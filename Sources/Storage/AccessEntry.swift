public import WeirDomain

/// One line of the access log: who did what, or was refused it.
public struct AccessEntry: Sendable, Equatable {
    public var time: Timestamp
    /// The key's or the person's name, or what else acted, such as `command line`.
    public var actor: String
    /// What was done, such as `sign-in`, `refused`, `key-made`.
    public var action: String
    /// To what: a key, a person, a decision, a model; empty where that is plain.
    public var subject: String
    /// What else matters, such as the roles of a key; never a secret.
    public var detail: String
    /// Where the request came from; empty where there was none.
    public var address: String
    /// How often since the entry before of the same kind; 1 but for refusals, which are counted together.
    public var count: Int

    public init(
        time: Timestamp, actor: String, action: String, subject: String = "", detail: String = "",
        address: String = "", count: Int = 1
    ) {
        self.time = time
        self.actor = actor
        self.action = action
        self.subject = subject
        self.detail = detail
        self.address = address
        self.count = count
    }
}

/// An entry in its place in the log, sealed together with all before it.
public struct SealedAccessEntry: Sendable, Equatable {
    /// Counted from 1, without gaps.
    public var number: Int64
    public var entry: AccessEntry
    /// A hash over the seal before and this entry.
    public var seal: [UInt8]

    public init(number: Int64, entry: AccessEntry, seal: [UInt8]) {
        self.number = number
        self.entry = entry
        self.seal = seal
    }
}
