import Logging
import WeirEngine
import WeirStorage

extension Logger {
    init(label: String, level: Level) {
        self.init(label: label)
        logLevel = level
    }
}

/// Runs an engine in this process for as long as `body` needs it.
func withLocalEngine<Result: Sendable>(
    _ options: StoreOptions, _ body: (Engine) async throws -> Result
) async throws -> Result {
    let store = try options.open()
    let engine = try Engine(store: store, clock: SystemClock(), logger: Logger(label: "weir", level: .warning))
    let loop = CommitLoop(engine)
    loop.start()
    do {
        let result = try await body(engine)
        engine.close()
        try await loop.wait()
        try store.close()
        return result
    } catch {
        engine.close()
        try? await loop.wait()
        try? store.close()
        throw error
    }
}
