package import WeirDomain

extension Engine {
    /// When something that arrives now has arrived, by the wall clock where the engine's is behind it.
    package var arrival: Timestamp { clock.followsEvents ? SystemClock().now : clock.now }

    /// Tells the clock a moment, and the committer before all else where the clock has moved to it: what was due by then is
    /// done first.
    func hear(_ moment: Timestamp?) -> [JournalEntry] {
        guard let moment, clock.hear(moment) else { return [] }
        return [.clock(moment)]
    }

    /// Hands the time to the committer and returns when everything that is due by then is done and durable.
    public func catchUp() async throws(EngineError) {
        let time = clock.now
        let result = await withCheckedContinuation { continuation in
            journal.append([.clock(time)]) { continuation.resume(returning: $0) }
        }
        _ = try result.get()
    }
}
