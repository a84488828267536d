import Synchronization
import WeirLimits

/// How much of bodies may be in memory at once.
///
/// A body takes its room before it is read and gives it back when it is answered. One key or address may have half of it, so
/// that whoever sends many long bodies, or lets them drip, keeps nobody else out.
package final class BodyRoom: Sendable {
    package typealias Subject = RateLimiter.Subject

    private struct State {
        var taken = 0
        var ofSubjects: [Subject: Int] = [:]
    }

    private let state = Mutex(State())
    private let bytes: Int

    /// - Parameter bytes: Of all bodies together.
    package init(bytes: Int = 512 << 20) { self.bytes = bytes }

    /// What is taken now, in bytes.
    package var taken: Int { state.withLock { $0.taken } }

    /// Takes room for a body; one that is alone gets it, however long it is.
    ///
    /// - Returns: Whether there was room.
    package func take(_ count: Int, for subject: Subject) -> Bool {
        state.withLock { state in
            let own = state.ofSubjects[subject] ?? 0
            let fits = state.taken + count <= bytes && own + count <= bytes / 2
            guard fits || state.taken == 0 else { return false }
            state.taken += count
            state.ofSubjects[subject] = own + count
            return true
        }
    }

    package func giveBack(_ count: Int, for subject: Subject) {
        state.withLock { state in
            state.taken -= count
            let own = (state.ofSubjects[subject] ?? 0) - count
            state.ofSubjects[subject] = own > 0 ? own : nil
        }
    }
}
