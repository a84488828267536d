/// How much somebody may still do at a moment: refills evenly, holds so much at most, and may go into debt by one request.
///
/// A request is let in before it is known what it holds; what it held is charged afterwards, and whoever comes next waits
/// until the debt is paid.
package struct TokenBucket: Sendable, Equatable {
    /// May be below 0.
    package private(set) var tokens: Double
    package private(set) var seconds: Double

    /// - Parameter seconds: The moment, on any clock that does not go back.
    package init(full rate: Rate, at seconds: Double) {
        tokens = rate.burst
        self.seconds = seconds
    }

    /// Whether one more request may come in.
    ///
    /// - Returns: Nil where it may; else after how many seconds it may.
    package mutating func wait(_ rate: Rate, at now: Double) -> Double? {
        refill(rate, at: now)
        return tokens >= 1 ? nil : (1 - tokens) / rate.perSecond
    }

    package mutating func charge(_ cost: Double, _ rate: Rate, at now: Double) {
        refill(rate, at: now)
        tokens -= cost
    }

    /// Whether it is as if nobody had ever come.
    package mutating func isFull(_ rate: Rate, at now: Double) -> Bool {
        refill(rate, at: now)
        return tokens >= rate.burst
    }

    private mutating func refill(_ rate: Rate, at now: Double) {
        tokens = min(rate.burst, tokens + max(0, now - seconds) * rate.perSecond)
        seconds = max(seconds, now)
    }
}

/// How much is allowed a second, and how much at once after a pause.
package struct Rate: Sendable, Equatable {
    /// > 0.
    package var perSecond: Double
    /// ≥ 1.
    package var burst: Double

    package init(perSecond: Double, burst: Double) {
        self.perSecond = perSecond
        self.burst = burst
    }
}
