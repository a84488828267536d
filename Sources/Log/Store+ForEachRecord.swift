package import WeirStorage

extension Store {
    /// Hands over all records of some kinds after a sequence number, in order, without having them all in memory.
    package func forEachRecord(
        after sequence: Int64, kinds: Set<RecordKind>, _ body: (Sequenced) throws -> Void
    ) throws {
        var position = sequence
        while true {
            let page = try records(after: position, kinds: kinds, limit: 5_000)
            guard let last = page.last else { return }
            for entry in page { try body(entry) }
            position = last.sequence
        }
    }
}
