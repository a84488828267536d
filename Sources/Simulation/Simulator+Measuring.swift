package import WeirLift
import WeirLogInsight

extension Simulator {
    /// Runs the engine with a holdout in the world that a seed draws, and reads from its log what offers changed, beside
    /// what they changed in truth.
    ///
    /// - Throws: `MeasurementError` where the world is too small for both arms, or what the engine throws.
    package func measured(seed: UInt64) throws -> TruthCheck.Run {
        precondition(world.holdout > 0, "Without a holdout there is nothing to compare with.")
        let run = try EngineRun(Population(world, seed: seed), seed: seed, pricing: .shadowPrice)
        _ = try run.run()
        let analysis = try LiftAnalysis(LiftLog(store: run.store).trial, hasDetails: false)
        let treated = run.changes.filter { $0.isMet && !$0.isHeldOut }
        var truths: [TruthCheck.Truth] = []
        for population in TruthCheck.Population.allCases {
            let changes = population == .everyone ? treated : treated.filter(\.hasOffer)
            guard let effect = population == .everyone ? analysis.everyone : analysis.offered else { continue }
            func mean(_ amount: (Change) -> Double) -> Double {
                changes.reduce(0) { $0 + amount($1) } / Double(changes.count)
            }
            precondition(effect.treated == changes.count, "The log and the truth know the same customers.")
            truths.append(
                .init(
                    population: population, outcome: .conversions, truth: mean(\.conversions),
                    reading: effect[.conversions]!, claimed: mean(\.claimedConversions)))
            truths.append(
                .init(
                    population: population, outcome: .margin, truth: mean(\.margin), reading: effect[.margin]!,
                    claimed: mean(\.claimedMargin)))
        }
        return TruthCheck.Run(
            seed: seed, treated: analysis.everyone.treated, heldOut: analysis.everyone.heldOut,
            heldOutOffered: analysis.offered?.heldOut ?? 0, truths: truths)
    }

    /// Several seeds, some at a time, in their order.
    ///
    /// - Parameter progress: Called with how many seeds are done.
    package func truthCheck(
        seeds: [UInt64], jobs: Int, progress: @Sendable (Int) -> Void = { _ in }
    ) async throws -> TruthCheck {
        let runs = try await inOrder(seeds, jobs: jobs, progress: progress) { try measured(seed: $0) }
        return TruthCheck(
            world: "\(world.name.rawValue), \(world.customers) customers, \(world.days) days, "
                + "\((world.holdout * 1000).rounded() / 10) % held out", runs: runs)
    }
}
