package import WeirStorage

extension Store {
    /// Hands over all records of some kinds after one sequence number and up to another, in order, without having them all
    /// in memory.
    package func forEachRecord(
        after sequence: Int64, through last: Int64 = .max, kinds: Set<RecordKind>, _ body: (Sequenced) throws -> Void
    ) throws {
        var position = sequence
        while position < last {
            let page = try records(after: position, kinds: kinds, limit: 5_000)
            guard let end = page.last?.sequence else { return }
            for entry in page {
                guard entry.sequence <= last else { return }
                try body(entry)
            }
            position = end
        }
    }
}
