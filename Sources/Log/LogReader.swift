package import WeirStorage

/// Something that is found out by going through the log: a value that takes the records it asks for, in their order.
package protocol LogReader {
    /// What it must be handed.
    var kinds: Set<RecordKind> { get }

    /// Takes the next record of its kinds.
    ///
    /// - Throws: `DamagedRecord`, or what the store throws.
    mutating func read(_ entry: LogEntry) throws
}

/// Several of a kind, such as the lifts of all campaigns.
extension Array: LogReader where Element: LogReader {
    package var kinds: Set<RecordKind> { reduce(into: []) { $0.formUnion($1.kinds) } }

    package mutating func read(_ entry: LogEntry) throws {
        for index in indices { try self[index].read(entry) }
    }
}

/// One that there may be nothing to find out for.
extension Optional: LogReader where Wrapped: LogReader {
    package var kinds: Set<RecordKind> { self?.kinds ?? [] }

    package mutating func read(_ entry: LogEntry) throws { try self?.read(entry) }
}
