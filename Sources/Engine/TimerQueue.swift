import HeapModule
package import WeirDomain

/// Moments at which something about a decision is due, earliest first; equal moments by decision.
package struct TimerQueue: Sendable {
    package struct Timer: Comparable, Sendable {
        package var time: Timestamp
        package var decision: DecisionID

        package init(time: Timestamp, decision: DecisionID) {
            self.time = time
            self.decision = decision
        }

        package static func < (left: Timer, right: Timer) -> Bool {
            (left.time, left.decision) < (right.time, right.decision)
        }
    }

    private var heap = Heap<Timer>()

    package init() {}

    package mutating func add(_ time: Timestamp, _ decision: DecisionID) {
        heap.insert(Timer(time: time, decision: decision))
    }

    /// The first timer at or before `now`, taken out.
    package mutating func popDue(_ now: Timestamp) -> Timer? {
        guard let first = heap.min, first.time <= now else { return nil }
        return heap.popMin()
    }
}
