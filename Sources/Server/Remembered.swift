import WeirAccess
import WeirDomain

/// What a provider has told, kept for some time; asked for once, however many wait for it.
actor Remembered<Value: Sendable> {
    /// In seconds.
    private static var lifetime: Int64 { 3_600 }
    /// After it could not be had, seconds until it is asked for again.
    private static var pause: Int64 { 3 }
    /// How often it is had anew before its time: whoever sends made-up keys must not make us ask without end.
    private static var renewals: Rate { Rate(perSecond: 1.0 / 30, burst: 3) }

    private let ask: @Sendable () async -> Result<Value, ProviderFault>
    private let now: @Sendable () -> Timestamp
    private var known: (value: Value, time: Timestamp)?
    private var failure: (fault: ProviderFault, time: Timestamp)?
    private var asking: Task<Result<Value, ProviderFault>, Never>?
    private var bucket: TokenBucket

    init(
        now: @escaping @Sendable () -> Timestamp, _ ask: @escaping @Sendable () async -> Result<Value, ProviderFault>
    ) {
        self.now = now
        self.ask = ask
        bucket = TokenBucket(full: Self.renewals, at: Double(now().microseconds) / 1e6)
    }

    func value() async throws(ProviderFault) -> Value {
        if let known, isWithin(Self.lifetime, known.time) { return known.value }
        if let failure, isWithin(Self.pause, failure.time) { throw failure.fault }
        return try await asked()
    }

    /// The newest value, if it has not been asked for too often.
    func renewed() async throws(ProviderFault) -> Value {
        let seconds = Double(now().microseconds) / 1e6
        guard bucket.wait(Self.renewals, at: seconds) == nil else { return try await value() }
        bucket.charge(1, Self.renewals, at: seconds)
        return try await asked()
    }

    private func asked() async throws(ProviderFault) -> Value {
        if let asking { return try await asking.value.get() }
        let ask = ask
        let task = Task { await ask() }
        asking = task
        let result = await task.value
        asking = nil
        switch result {
        case .success(let value):
            known = (value, now())
            failure = nil
        case .failure(let fault): failure = (fault, now())
        }
        return try result.get()
    }

    private func isWithin(_ seconds: Int64, _ time: Timestamp) -> Bool {
        (0..<seconds * 1_000_000).contains(now().microseconds - time.microseconds)
    }
}
