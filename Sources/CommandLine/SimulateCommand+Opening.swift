import ArgumentParser
import WeirCatalog
import WeirDomain
import WeirOpening
import WeirSimulation

/// What `weir simulate --opening` takes beside what all simulations do.
struct OpeningOptions: ParsableArguments {
    @Flag(help: "The first ten weeks of a shop: a server with the starter catalog, driven over HTTP.")
    var opening = false

    @Option(help: "With --opening: small (20 visits a day), middle (100), large (400) or all; several with commas.")
    var traffic = "all"

    @Option(help: "With --opening, how long after a visit its order comes: minutes, hours, days, heavy, weekly or all.")
    var delay = "hours"

    @Option(help: "With --opening: a catalog folder in place of the starter's; its offers must bear the same names.")
    var catalog: String?
}

extension SimulateCommand {
    static let openingDays = 70

    func openingWorlds() throws -> [OpeningWorld] {
        let traffics = try read(opening.traffic, "--traffic", OpeningWorld.Traffic.allCases)
        let delays = try read(opening.delay, "--delay", OpeningDelay.allCases)
        return try read(world ?? "same", "--world", OpeningWorld.Name.allCases).flatMap { name in
            delays.flatMap { delay in
                traffics.map { OpeningWorld(name, delay: delay, traffic: $0, days: days ?? Self.openingDays) }
            }
        }
    }

    func runOpening() async throws {
        let worlds = try openingWorlds()
        let progress = ProgressLine("Opening shops")
        var comparisons: [OpeningComparison] = []
        for (index, world) in worlds.enumerated() {
            let runs = try await inOrder(
                (0..<seeds).map { UInt64(firstSeed + $0) }, jobs: jobs,
                progress: { done in
                    progress.show(
                        index * seeds + done, of: worlds.count * seeds,
                        "shops, world \(world.name.rawValue), \(world.traffic.rawValue)")
                }
            ) { try await run(world, seed: $0) }
            comparisons.append(OpeningComparison(world, runs))
        }
        progress.finish()
        try report.give(comparisons.report(seeds: seeds, from: UInt64(firstSeed)))
    }

    private func run(_ world: OpeningWorld, seed: UInt64) async throws -> OpeningRun {
        let run = OpeningRun(world, seed: seed)
        return try await OpeningShop.open(files: try files(for: run, seed: seed), at: world.start) { shop in
            var run = run
            try await run.run(on: shop)
            return run
        }
    }

    /// The starter catalog with as much money as there is, for as long as the simulation runs.
    private func files(for run: OpeningRun, seed: UInt64) throws -> [CatalogFile] {
        if let catalog = opening.catalog { return try CatalogFolder(catalog).files() }
        let root = StarterCatalog.root(salt: "opening \(seed)", year: 2026)
        let limit = run.limit.map { "\(Int($0))" } ?? "50000000"
        let end = (run.world.start + .days(Double(run.world.days))).isoDate
        return [
            CatalogFile(
                name: "weir.yaml",
                text: root.replacing("limit: 5000 USD", with: "limit: \(limit) USD")
                    .replacing("from: 2026-01-01", with: "from: \(run.world.start.isoDate)")
                    .replacing("to: 2027-12-31", with: "to: \(end)")),
            CatalogFile(name: "campaigns/welcome.yaml", text: StarterCatalog.campaign),
        ]
    }
}
