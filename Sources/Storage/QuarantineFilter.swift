public import WeirDomain

/// Some of the messages in the quarantine; all of them where nothing is asked.
public struct QuarantineFilter: Sendable, Equatable {
    public var source: SourceID?
    /// They came earlier.
    public var before: Timestamp?

    public init(source: SourceID? = nil, before: Timestamp? = nil) {
        self.source = source
        self.before = before
    }
}

/// How much of one source waits in the quarantine.
public struct QuarantineCount: Sendable, Equatable {
    public var source: SourceID
    public var messages: Int
    /// Of the messages as they were sent.
    public var bytes: Int

    public init(source: SourceID, messages: Int, bytes: Int) {
        self.source = source
        self.messages = messages
        self.bytes = bytes
    }
}

extension Store {
    /// Gives up many messages, a few at a time, so that nobody who commits waits long.
    ///
    /// - Parameter limit: At most so many, the oldest first.
    /// - Returns: How many.
    public func purgeQuarantine(_ filter: QuarantineFilter, atMost limit: Int = .max) throws -> Int {
        // What comes while this goes on stays: it would never end beside a sender that does not.
        let last = try lastSequence()
        var count = 0
        while count < limit {
            let numbers = try quarantineNumbers(filter, through: last, limit: min(1_000, limit - count))
            if numbers.isEmpty { break }
            try removeFromQuarantine(numbers)
            count += numbers.count
        }
        return count
    }
}
