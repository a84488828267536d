/// Runs policies in a world, seed by seed.
package struct Simulator: Sendable {
    package let world: World

    package init(_ world: World) { self.world = world }

    /// One policy in the world that a seed draws.
    package func run(_ policy: PolicyName, seed: UInt64) throws -> Account {
        try run([policy], seed: seed)[policy]!
    }

    /// Several policies, all meeting the same people at the same moments with the same luck.
    package func run(_ policies: [PolicyName], seed: UInt64) throws -> [PolicyName: Account] {
        let population = Population(world, seed: seed)
        var accounts: [PolicyName: Account] = [:]
        for policy in policies where policy != .meanBasket || world.baskets != nil {
            accounts[policy] =
                switch policy {
                case .uniform: Uniform.run(population)
                case .segments: Segments.run(population)
                case .unpriced: try EngineRun(population, seed: seed, pricing: .firstCome).run()
                case .meanBasket: try EngineRun(population, seed: seed, pricing: .meanBasket).run()
                case .weir: try EngineRun(population, seed: seed, pricing: .shadowPrice).run()
                case .seeing: Oracle.run(population, isSeen: true)
                case .oracle: Oracle.run(population)
                }
        }
        return accounts
    }

    /// Several seeds, some at a time; the result is in their order, whatever comes first.
    ///
    /// - Parameter progress: Called with how many seeds are done.
    package func run(
        _ policies: [PolicyName], seeds: [UInt64], jobs: Int, progress: @Sendable (Int) -> Void = { _ in }
    ) async throws -> [[PolicyName: Account]] {
        try await inOrder(seeds, jobs: jobs, progress: progress) { try run(policies, seed: $0) }
    }
}
