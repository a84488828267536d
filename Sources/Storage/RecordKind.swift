/// The number of a type of record; each type names its own beside its row.
public struct RecordKind: Sendable, Hashable {
    /// Counted from 1; unique and never used for something else.
    package let number: UInt8

    package init(number: UInt8) { self.number = number }
}

extension RecordKind: CaseIterable {
    /// In the order of their numbers.
    public static let allCases: [RecordKind] = {
        struct Listing: RecordTypeVisitor {
            var kinds: [RecordKind] = []
            mutating func visit<Row: StoredRow>(_ type: Row.Type) { kinds.append(Row.recordKind) }
        }
        var listing = Listing()
        Record.forEachType(&listing)
        return listing.kinds
    }()
}
