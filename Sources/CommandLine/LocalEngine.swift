import Logging
import WeirEngine

extension Logger {
    init(label: String, level: Level) {
        self.init(label: label) { label in SafeLogHandler(StreamLogHandler.standardOutput(label: label)) }
        logLevel = level
    }
}

/// Runs an engine in this process for as long as `body` needs it.
func withLocalEngine<Result: Sendable>(
    _ options: StoreOptions, _ body: (Engine) async throws -> Result
) async throws -> Result {
    let store = try options.open()
    // The commands are short: what is due meanwhile is done by the server, or at the next start.
    return try await Engine.run(
        on: store, logger: Logger(label: "weir", level: .warning), ticks: nil, body)
}
