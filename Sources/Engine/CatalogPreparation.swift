import WeirDecisioning
import WeirDomain
import WeirLog
import WeirStorage

/// Something that another catalog needs of the past, worked out from the log before it is in force.
protocol PreparedPart: Sendable {
    /// The kinds of records that it reads.
    var kinds: Set<RecordKind> { get }

    /// Takes in a record, in the order of the log. A link says that two customers turned out to be one.
    mutating func read(_ entry: Sequenced, _ identities: Guarded<IdentityMap>) throws
}

/// All that a catalog needs of the past: read beside the traffic as far as the log has come, caught up by the committer.
struct CatalogPreparation: Sendable {
    private(set) var parts: [any PreparedPart]
    /// Records up to this one have been read.
    private(set) var position: Int64 = 0
    /// The version of the catalog that was in force when this began; nil where none was.
    let previous: Int?

    /// Begins: nothing has been read.
    ///
    /// - Parameter figures: What the followers show, in the order of `Followers.list`.
    init(
        for plan: CatalogPlan, instead previous: CatalogPlan?, given figures: [(any Follower.Type, any Sendable)],
        at now: Timestamp, _ shared: SharedState
    ) throws {
        self.previous = previous?.version
        parts = []
        for (type, figures) in figures {
            if let part = try type.preparation(for: plan, instead: previous, givenAny: figures, at: now, shared) {
                parts.append(part)
            }
        }
    }

    /// Of one part alone.
    init(_ part: some PreparedPart) {
        parts = [part]
        previous = nil
    }

    /// Reads on, at most `limit` records.
    ///
    /// - Returns: Whether the end of the log was reached.
    mutating func read(_ shared: SharedState, limit: Int) throws -> Bool {
        let kinds = parts.reduce(into: Set<RecordKind>()) { $0.formUnion($1.kinds) }
        guard !kinds.isEmpty else { return true }
        let page = try shared.store.records(after: position, kinds: kinds, limit: limit)
        for entry in page {
            for index in parts.indices where parts[index].kinds.contains(entry.record.kind) {
                try parts[index].read(entry, shared.identities)
            }
        }
        position = page.last?.sequence ?? position
        return page.count < limit
    }

    /// Reads what is left of the log.
    mutating func catchUp(_ shared: SharedState) throws {
        while try !read(shared, limit: 5_000) {}
    }

    /// The part of a type; nil where the catalog needs none.
    func part<Part: PreparedPart>(_ type: Part.Type) -> Part? { parts.lazy.compactMap { $0 as? Part }.first }
}

/// A catalog on its way into force.
package final class CatalogChange: Sendable {
    let plan: CatalogPlan
    /// Move its limits; posted when it was handed in.
    let entries: [LedgerEntry]
    private let preparation: Guarded<CatalogPreparation?>

    /// - Parameter preparation: As far as it has come; nil leaves all of it to the commit.
    init(_ plan: CatalogPlan, entries: [LedgerEntry], _ preparation: CatalogPreparation?) {
        self.plan = plan
        self.entries = entries
        self.preparation = Guarded(preparation)
    }

    /// Reads what the log got since it was prepared, or all where it was prepared for another moment than this.
    func catchUp(_ followers: Followers, _ context: FollowerContext, _ shared: SharedState) throws {
        try preparation.withLock { preparation in
            if preparation == nil || preparation?.previous != context.plan?.version {
                preparation = try CatalogPreparation(
                    for: plan, instead: context.plan, given: followers.figures, at: context.now, shared)
            }
            try preparation!.catchUp(shared)
        }
    }

    /// The part of a type; nil where the catalog needs none.
    func part<Part: PreparedPart>(_ type: Part.Type) -> Part? { preparation.withLock { $0?.part(type) } }
}

extension Follower {
    /// `preparation` for figures whose type is not known.
    fileprivate static func preparation(
        for plan: CatalogPlan, instead previous: CatalogPlan?, givenAny figures: any Sendable, at now: Timestamp,
        _ shared: SharedState
    ) throws -> (any PreparedPart)? {
        guard let figures = figures as? Figures else { preconditionFailure("Those are not the figures of \(self).") }
        return try preparation(for: plan, instead: previous, given: figures, at: now, shared)
    }
}
