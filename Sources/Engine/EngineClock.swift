public import WeirDomain

import Foundation
import Synchronization

/// Where the engine reads the time; the only clock in it.
public protocol EngineClock: Sendable {
    var now: Timestamp { get }
    /// Whether requests may say for which moment they ask, as a replay of the past does.
    var followsRequests: Bool { get }
}

/// The machine's wall clock.
public struct SystemClock: EngineClock {
    public init() {}

    public var now: Timestamp { Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1e6)) }
    public var followsRequests: Bool { false }
}

/// A clock that stands still until it is told to move: for replays of the past and for simulation.
public final class ManualClock: EngineClock {
    private let time: Mutex<Timestamp>
    public let followsRequests: Bool

    public init(at start: Timestamp, followsRequests: Bool = true) {
        time = Mutex(start)
        self.followsRequests = followsRequests
    }

    public var now: Timestamp { time.withLock { $0 } }

    /// Moves to `moment`, backward too: a clock that jumps back is a fault that the engine must survive.
    public func set(_ moment: Timestamp) { time.withLock { $0 = moment } }
}
