public import WeirDomain

import Foundation
import Synchronization

/// Where the engine reads the time; the only clock in it.
public protocol EngineClock: Sendable {
    var now: Timestamp { get }
    /// Whether requests may say for which moment they ask, as a replay of the past does.
    var followsRequests: Bool { get }
    /// Whether it moves with what it is told, so that what happened has arrived when it happened.
    var followsEvents: Bool { get }
    /// Is told a moment at which something happened.
    ///
    /// - Returns: Whether the clock has moved to it.
    func hear(_ moment: Timestamp) -> Bool
}

extension EngineClock {
    public var followsEvents: Bool { false }
    public func hear(_ moment: Timestamp) -> Bool { false }
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

/// The clock of a server that is told the past, moment by moment: it follows what it is told, never back, and never beyond
/// the wall clock. So windows close, budgets pace and reports speak as of the moment that the replay has reached.
public final class ReplayClock: EngineClock {
    private let told: Mutex<Timestamp?>

    /// - Parameter moment: Where an earlier replay into the same store ended; nil for the first.
    public init(from moment: Timestamp? = nil) { told = Mutex(moment) }

    public var now: Timestamp { told.withLock { $0 } ?? SystemClock().now }
    public var followsRequests: Bool { true }
    public var followsEvents: Bool { true }

    public func hear(_ moment: Timestamp) -> Bool {
        guard moment <= SystemClock().now else { return false }
        return told.withLock { told in
            if let last = told, moment <= last { return false }
            told = moment
            return true
        }
    }
}
