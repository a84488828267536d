import Synchronization
public import WeirCatalog
public import WeirDecisioning
import WeirDomain
public import WeirStorage

extension Engine {
    /// Puts a catalog in force while traffic flows: decisions under way keep the old one, later ones see the new one.
    ///
    /// What it needs of the past (features or experiments that are declared anew) is worked out from the log first,
    /// beside the traffic where a `CommitLoop` runs; a second catalog waits until the first is in force.
    ///
    /// - Throws: `CatalogFaults`, `LedgerError` where a limit lies below what is committed, or `EngineError`; nothing has
    ///   then changed.
    @discardableResult
    public func apply(_ files: [StoredCatalog.File]) async throws -> CatalogPlan {
        try await withCheckedThrowingContinuation { continuation in
            request(files) { continuation.resume(with: $0) }
        }
    }

    /// The same for files of a folder, from `CatalogFile.files`, or for such as the program itself holds.
    @discardableResult
    public func apply(_ files: [CatalogFile]) async throws -> CatalogPlan {
        try await apply(files.map { StoredCatalog.File(name: $0.name, text: $0.text) })
    }

    /// Says what `apply` would refuse, and changes nothing.
    ///
    /// - Throws: As `apply` does.
    @discardableResult
    public func check(_ files: [StoredCatalog.File]) throws -> CatalogPlan {
        let plan = try compile(files)
        try treasury.withLock { treasury in
            var tried = treasury
            _ = try tried.adopt(plan, at: clock.now)
        }
        return plan
    }

    /// Asks for a catalog to be put in force; `completion` is called when it is, or when it is refused.
    package func request(
        _ files: [StoredCatalog.File], completion: @escaping @Sendable (Result<CatalogPlan, any Error>) -> Void
    ) {
        let request = CatalogQueue.Request(files: files, completion: completion)
        if !catalogs.append(request) { applyAtOnce(request) }
    }

    /// Like `apply`, for callers that commit by themselves: the commit works out what the catalog needs of the past.
    @discardableResult
    public func apply(
        _ files: [StoredCatalog.File], completion: @escaping @Sendable (Result<Void, EngineError>) -> Void
    ) throws -> CatalogPlan {
        try handIn(files, try compile(files), nil) { completion($0.map { _ in }) }
    }

    /// How far the catalog on its way into force has come; nil where none is.
    public var catalogProgress: CatalogProgress? { catalogs.progress }

    private func applyAtOnce(_ request: CatalogQueue.Request) {
        do {
            try handIn(request.files, try compile(request.files), nil) { request.completion($0.mapError { $0 }) }
        } catch {
            request.completion(.failure(error))
        }
    }

    // MARK: Beside the traffic

    /// From now on somebody calls `prepareNextCatalog` for each catalog that is asked for.
    package func prepareCatalogsApart() { catalogs.open() }

    /// Prepares the next catalog that waits, as far as the log has come, and hands it in.
    ///
    /// - Parameters:
    ///   - pause: Called after each step, so that the traffic gets its share of the machine.
    ///   - recordsPerStep: How many records are read at a time; what comes in meanwhile is left for the commit.
    ///   - completion: Called when it is in force or refused, after its caller was told.
    /// - Returns: Whether there was one.
    package func prepareNextCatalog(
        pause: () -> Void, recordsPerStep: Int = 2_000, completion: @escaping @Sendable () -> Void
    ) -> Bool {
        guard let request = catalogs.take() else { return false }
        @Sendable func finish(_ result: Result<CatalogPlan, any Error>) {
            catalogs.report(nil)
            request.completion(result)
            completion()
        }
        do {
            // Refused now, not after minutes of work.
            let plan = try check(request.files)
            let current = published.withLock { $0 }
            var preparation = try CatalogPreparation(
                for: plan, instead: current.plan, given: current.figures, at: clock.now, shared)
            while try !preparation.read(shared, limit: recordsPerStep) {
                if catalogs.isClosed { throw EngineError.stopped }
                catalogs.report(
                    CatalogProgress(
                        version: plan.version, position: preparation.position, end: try store.lastSequence()))
                pause()
            }
            try handIn(request.files, plan, preparation) { finish($0.mapError { $0 }) }
        } catch {
            finish(.failure(error))
        }
        return true
    }

    private func compile(_ files: [StoredCatalog.File]) throws -> CatalogPlan {
        try Recovery(store: store).compile(stored(files, version: lastCatalog.withLock { $0 + 1 }))
    }

    private func stored(_ files: [StoredCatalog.File], version: Int) -> StoredCatalog {
        StoredCatalog(version: version, appliedTime: clock.now, files: files.sorted { $0.name < $1.name })
    }

    /// Hands a catalog to the committer.
    @discardableResult
    private func handIn(
        _ files: [StoredCatalog.File], _ prepared: CatalogPlan, _ preparation: CatalogPreparation?,
        completion: @escaping @Sendable (Result<CatalogPlan, EngineError>) -> Void
    ) throws -> CatalogPlan {
        try lastCatalog.withLock { last in
            let stored = stored(files, version: last + 1)
            // Another was handed in meanwhile: the same catalog under the next number.
            let plan = prepared.version == stored.version ? prepared : try Recovery(store: store).compile(stored)
            // The limits move now, as reservations do: were it later, what decisions reserve meanwhile could make a limit
            // impossible that is written already. Queued under the lock, so that the log has the money before its use.
            try treasury.withLock { treasury in
                let entries = try treasury.adopt(plan, at: stored.appliedTime)
                let change = CatalogChange(plan, entries: entries, preparation)
                journal.append([.record(.catalog(stored), .catalog(change))]) { completion($0.map { _ in plan }) }
            }
            last += 1
            return plan
        }
    }
}
