/// What `work` makes of each seed, some at a time; in the order of the seeds, whatever comes first.
///
/// - Parameter progress: Called with how many seeds are done.
package func inOrder<Result: Sendable>(
    _ seeds: [UInt64], jobs: Int, progress: (Int) -> Void, _ work: @escaping @Sendable (UInt64) async throws -> Result
) async throws -> [Result] {
    try await withThrowingTaskGroup(of: (Int, Result).self) { group in
        var results = [Result?](repeating: nil, count: seeds.count)
        var next = 0
        var done = 0
        func start() {
            guard next < seeds.count else { return }
            let (index, seed) = (next, seeds[next])
            next += 1
            group.addTask { (index, try await work(seed)) }
        }
        for _ in 0..<jobs { start() }
        while let (index, result) = try await group.next() {
            results[index] = result
            done += 1
            progress(done)
            start()
        }
        return results.map { $0! }
    }
}
