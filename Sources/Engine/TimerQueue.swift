import HeapModule
import WeirDomain

/// Moments at which something about a decision is due, earliest first; equal moments by decision.
struct TimerQueue: Sendable {
    struct Timer: Comparable, Sendable {
        var time: Timestamp
        var decision: DecisionID

        static func < (left: Timer, right: Timer) -> Bool { (left.time, left.decision) < (right.time, right.decision) }
    }

    private var heap = Heap<Timer>()

    mutating func add(_ time: Timestamp, _ decision: DecisionID) { heap.insert(Timer(time: time, decision: decision)) }

    /// The first timer at or before `now`, taken out.
    mutating func popDue(_ now: Timestamp) -> Timer? {
        guard let first = heap.min, first.time <= now else { return nil }
        return heap.popMin()
    }
}
