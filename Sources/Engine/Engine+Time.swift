extension Engine {
    /// Hands the time to the committer and returns when everything that is due by then is done and durable.
    public func catchUp() async throws(EngineError) {
        let time = clock.now
        let result = await withCheckedContinuation { continuation in
            journal.append([.clock(time)]) { continuation.resume(returning: $0) }
        }
        _ = try result.get()
    }
}
