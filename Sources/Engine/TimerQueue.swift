import DequeModule
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
    /// Set aside; ascending.
    private var due: Deque<Timer> = []

    package init() {}

    package mutating func insert(_ time: Timestamp, _ decision: DecisionID) {
        heap.insert(Timer(time: time, decision: decision))
    }

    /// Sets aside the timers at or before `now`, which `popDue` still gives in their order.
    ///
    /// - Returns: The decisions of all that are set aside.
    mutating func setDueAside(_ now: Timestamp) -> [DecisionID] {
        while let timer = heap.min, timer.time <= now { due.append(heap.removeMin()) }
        return due.map(\.decision)
    }

    /// The first timer at or before `now`, taken out.
    package mutating func popDue(_ now: Timestamp) -> Timer? {
        guard let first = due.first else {
            guard let first = heap.min, first.time <= now else { return nil }
            return heap.popMin()
        }
        guard first.time <= now else { return nil }
        if let other = heap.min, other < first { return heap.popMin() }
        return due.popFirst()
    }
}
