import Synchronization

/// How often each limit was met since the process began.
package final class LimitCounts: Sendable {
    private let counts = Mutex<[Limits.Kind: Int]>([:])

    package init() {}

    /// Counts that a limit was met.
    ///
    /// - Parameter count: How many times at once; ≥ 0.
    package func countHit(of kind: Limits.Kind, _ count: Int = 1) {
        if count > 0 { counts.withLock { $0[kind, default: 0] += count } }
    }

    /// For each limit how often it was met, none left out.
    package var all: [(kind: Limits.Kind, count: Int)] {
        let counts = counts.withLock { $0 }
        return Limits.Kind.allCases.map { ($0, counts[$0] ?? 0) }
    }

    package subscript(kind: Limits.Kind) -> Int { counts.withLock { $0[kind] ?? 0 } }
}
