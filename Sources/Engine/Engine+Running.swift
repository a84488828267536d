public import Logging
public import WeirStorage

extension Engine {
    /// Runs an engine on a store for as long as `body` needs it: commits what comes in, and tells it the time.
    ///
    /// However `body` ends, what was handed in is committed and the store is closed when this returns.
    ///
    /// - Parameters:
    ///   - store: Belongs to the engine from now on.
    ///   - ticks: How often the engine looks at the clock, so that windows close although nothing comes in; nil where
    ///     something else calls `tick` or `catchUp`.
    ///   - isolation: The caller's, so that `body` may use what belongs to its actor.
    /// - Throws: What `body` throws, else what the store threw: memory is then ahead of the store, so that the process
    ///   must not go on with this engine.
    public static func run<Result: Sendable>(
        on store: any Store, clock: any EngineClock = SystemClock(), settings: EngineSettings = EngineSettings(),
        logger: Logger = Logger(label: "weir.engine"), ticks: Duration? = .milliseconds(200),
        isolation: isolated (any Actor)? = #isolation, _ body: (Engine) async throws -> Result
    ) async throws -> Result {
        let engine: Engine
        do { engine = try Engine(store: store, clock: clock, settings: settings, logger: logger) } catch {
            try? store.close()  // Why it could not be read says more than a file that does not close.
            throw error
        }
        let loop = CommitLoop(engine)
        loop.start()
        let ticker = ticks.map { interval in
            Task { while (try? await Task.sleep(for: interval)) != nil { engine.tick() } }
        }
        defer { ticker?.cancel() }
        do {
            let result = try await body(engine)
            engine.close()
            try await loop.wait()
            try store.close()
            return result
        } catch {
            engine.close()
            // The first error is the cause of those that would follow.
            try? await loop.wait()
            try? store.close()
            throw error
        }
    }
}
