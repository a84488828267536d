package import WeirStorage

/// One reading of the log for everything that is found out from it at a time.
///
/// Identifiers are those of the log's end: a person counts once, under whichever identifier each record came in.
package struct LogPass {
    package let store: any Store
    package let plans: LoggedPlans
    package let identities: IdentityMap

    /// - Throws: What the store throws.
    package init(store: any Store) throws {
        self.store = store
        plans = LoggedPlans(store: store)
        identities = IdentityMap(restoring: try store.links())
    }

    /// Goes through the log once and hands each reader the records that it asks for.
    ///
    /// - Parameters:
    ///   - readers: As they are before the first record.
    ///   - first: Begins after the record with this number.
    ///   - last: Ends with the record of this number; nil for the last one there is when the pass begins.
    /// - Returns: The readers after the last record.
    /// - Throws: What a reader or the store throws.
    package func run<each Reader: LogReader>(
        _ readers: repeat each Reader, after first: Int64 = 0, through last: Int64? = nil
    ) throws -> (repeat each Reader) {
        let running = (repeat Running(each readers))
        var all: [any RunningReader] = []
        repeat all.append(each running)
        let kinds = all.reduce(into: Set<RecordKind>()) { $0.formUnion($1.kinds) }
        let last = try last ?? store.lastSequence()
        try store.forEachRecord(after: first, through: last, kinds: kinds) { record in
            let kind = record.record.kind
            let entry = LogEntry(record, identities: identities, plans: plans)
            for reader in all where reader.kinds.contains(kind) { try reader.read(entry) }
        }
        return (repeat (each running).reader)
    }
}

/// A reader on its way through the log.
private protocol RunningReader: AnyObject {
    var kinds: Set<RecordKind> { get }
    func read(_ entry: LogEntry) throws
}

/// A reference, since the parts of a tuple of many types cannot be changed in place.
private final class Running<Reader: LogReader>: RunningReader {
    var reader: Reader
    /// Asked for once: it may take a while to say.
    let kinds: Set<RecordKind>

    init(_ reader: Reader) {
        self.reader = reader
        kinds = reader.kinds
    }

    func read(_ entry: LogEntry) throws { try reader.read(entry) }
}
