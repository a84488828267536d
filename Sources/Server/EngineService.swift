package import Logging
package import ServiceLifecycle
import Synchronization
package import WeirEngine
import WeirStorage

/// Keeps the engine going: commits, tells it the time, and brings everything to rest at the end.
///
/// Comes before the server in its group, so that it ends after it: by then nobody asks any more, and what was asked has
/// been answered.
package struct EngineService: Service {
    private let engine: Engine
    private let tickSeconds: Double?
    private let logger: Logger
    /// How often it is looked whether the store is where it was opened; three looks at file names.
    private static let watchInterval = Duration.milliseconds(250)

    /// - Parameter tickSeconds: How often the engine is told the time; nil where something else does.
    package init(_ engine: Engine, tickSeconds: Double?, logger: Logger) {
        self.engine = engine
        self.tickSeconds = tickSeconds
        self.logger = logger
    }

    /// Returns when the engine has been closed and everything is committed.
    ///
    /// - Throws: What the store threw. Memory is then ahead of the store, so the process must end.
    package func run() async throws {
        let loop = CommitLoop(engine)
        loop.start()
        let ticker = tickSeconds.map { seconds in
            Task { [engine] in
                while (try? await Task.sleep(for: .seconds(seconds))) != nil { engine.tick() }
            }
        }
        defer { ticker?.cancel() }
        let moved = Mutex<StoreError?>(nil)
        let watch = Task { [engine] in
            while (try? await Task.sleep(for: Self.watchInterval)) != nil {
                do {
                    try engine.store.checkPlace()
                } catch {
                    // What would be answered from now on would be lost with the files that nobody can find any more.
                    moved.withLock { $0 = error as? StoreError }
                    return engine.close()
                }
            }
        }
        defer { watch.cancel() }
        do {
            try await withTaskCancellationHandler {
                try await withGracefulShutdownHandler {
                    try await loop.wait()
                } onGracefulShutdown: { [engine] in
                    engine.close()
                }
            } onCancel: { [engine] in
                engine.close()
            }
        } catch {
            logger.critical("The store failed; the server stops.", metadata: ["error": "\(error)"])
            throw error
        }
        try engine.store.close()
        if let error = moved.withLock({ $0 }) {
            logger.critical("The store is no longer in its place; the server stops.", metadata: ["error": "\(error)"])
            throw error
        }
    }
}
