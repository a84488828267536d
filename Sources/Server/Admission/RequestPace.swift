/// How slowly a connection may speak.
package struct PaceLimits: Sendable, Equatable {
    /// Until the first request's head is there, from the moment at which the connection was made.
    package var headSeconds = 15.0
    /// From then on the body must come at `minimumBytesPerSecond`, but for so long.
    package var bodyGraceSeconds = 10.0
    package var minimumBytesPerSecond = 512.0
    /// How long an answer may wait for a client that does not read it.
    package var unreadSeconds = 60.0

    package init() {}
}

/// Whether a connection speaks fast enough; without clock or channel.
///
/// What waits between two requests is left to the server's own limit of idle time, which looks at whole heads too.
package struct RequestPace: Sendable, Equatable {
    private enum Phase: Equatable {
        case firstHead(since: Double)
        case body(since: Double, bytes: Int)
        case quiet
    }

    private let limits: PaceLimits
    private var phase: Phase
    private var unwritableSince: Double?

    /// - Parameter seconds: The moment, on any clock that does not go back.
    package init(_ limits: PaceLimits, at seconds: Double) {
        self.limits = limits
        phase = .firstHead(since: seconds)
    }

    package mutating func headCame(at now: Double) { phase = .body(since: now, bytes: 0) }

    package mutating func bodyCame(_ bytes: Int) {
        if case .body(let since, let before) = phase { phase = .body(since: since, bytes: before + bytes) }
    }

    package mutating func requestEnded() { phase = .quiet }

    /// Whether the connection is to be closed.
    ///
    /// - Parameter isWritable: Whether the client takes what is written.
    package mutating func isTooSlow(at now: Double, isWritable: Bool) -> Bool {
        if isWritable {
            unwritableSince = nil
        } else if now - (unwritableSince ?? now) > limits.unreadSeconds {
            return true
        } else {
            unwritableSince = unwritableSince ?? now
        }
        switch phase {
        case .quiet: return false
        case .firstHead(let since): return now - since > limits.headSeconds
        case .body(let since, let bytes):
            return Double(bytes) < (now - since - limits.bodyGraceSeconds) * limits.minimumBytesPerSecond
        }
    }
}
