import Dispatch
import Synchronization

/// Computes parts side by side; their results are in order.
package func parallel<Result: Sendable>(parts: Int, _ body: @Sendable (Int) -> Result) -> [Result] {
    guard parts > 1 else { return parts == 1 ? [body(0)] : [] }
    let results = Mutex([Result?](repeating: nil, count: parts))
    DispatchQueue.concurrentPerform(iterations: parts) { part in
        let result = body(part)
        results.withLock { $0[part] = result }
    }
    return results.withLock { $0.map { $0! } }
}
