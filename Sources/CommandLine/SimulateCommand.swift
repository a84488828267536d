import ArgumentParser
import Foundation
import WeirDomain
import WeirLift
import WeirSimulation
import WeirMeasuring

struct SimulateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate", abstract: "Compares policies in worlds whose truth is known.",
        discussion: """
            Customers with known potential outcomes are driven through the real engine in simulated time. Five policies \
            get the same budget: one offer for everybody, fixed segments in monthly batches, individual scores without \
            pricing, Weir's loop, and an oracle that knows the truth. The same seed gives the same figures.

            Examples:
              weir simulate --world steady --seeds 3
              weir simulate --world all --seeds 20 --json

            With --measure the engine runs alone, with a holdout; what its log says of the offers' effect is set beside \
            the truth, and beside what last touch would claim.
              weir simulate --measure --holdout 10% --seeds 100 --customers 500 --days 90 --output truth.html

            With --opening a shop of known truth opens with the starter catalog, on a real server; week by week, what is \
            believed of the offers given stands beside what is true, and what they earn beside simpler ways. Its worlds \
            are same, visible, hidden, null and tight.
              weir simulate --opening --world visible --traffic middle --seeds 3
            """)

    @Option(help: "grocer, steady, drift, delay, seasonal, strategic, null, baskets or all (default: steady).")
    var world: String?

    @Option(
        help:
            "uniform, segments, unpriced, mean_basket (in baskets alone), weir, seeing, oracle or all; several with commas."
    )
    var policy = "all"

    @Option(help: "How many seeds.")
    var seeds = 20

    @Option(help: "The first seed.")
    var firstSeed = 0

    @Option(help: "Customers in each world.")
    var customers: Int?

    @Option(help: "Simulated days.")
    var days: Int?

    @Option(
        help: "What may be spent in all, in dollars; unless given, a tenth of what offers for everybody would cost.")
    var budget: Double?

    @Option(help: "Seeds at a time.")
    var jobs = 2

    @Flag(help: "Check what can be read from the log against the truth; one world.")
    var measure = false

    @Option(help: "With --measure: share of customers who never get an offer, such as 10%.")
    var holdout = "10%"

    @Option(help: "Also write the policies' figures to this file.")
    var csv: String?

    @OptionGroup var opening: OpeningOptions

    @OptionGroup var report: ReportOptions

    func validate() throws {
        try refuse([
            limitFault("--seeds", seeds, 1...100_000),
            customers.flatMap { limitFault("--customers", $0, 1...10_000_000) },
            days.flatMap { limitFault("--days", $0, 7...3_650) }, limitFault("--jobs", jobs, 1...1_024),
            limitFault("--first-seed", firstSeed, 0...1_000_000_000_000),
            budget.flatMap { limitFault("--budget", $0, 0.01...1e12, "dollars") },
        ])
        if opening.opening {
            _ = try openingWorlds()
            if measure { throw ValidationError("--measure and --opening are two simulations; write one of them.") }
            for (name, isGiven) in [
                ("--policy", policy != "all"), ("--customers", customers != nil), ("--budget", budget != nil),
            ] where isGiven {
                throw ValidationError("\(name) says nothing of an opening shop; leave it out.")
            }
            if csv != nil { throw ValidationError("--csv goes with policies; with --opening write --format csv.") }
            return
        }
        guard let share, share > 0, share < 1 else {
            throw ValidationError("--holdout is “\(holdout)”; write a share between 0% and 100%, such as 10%.")
        }
        guard try worlds().count == 1 || !measure else { throw ValidationError("With --measure name one world.") }
        if !measure, report.chosen == .html {
            throw ValidationError("A page goes with --measure or --opening; policies come as text, json or csv.")
        }
        if measure, seeds < 2 { throw ValidationError("--seeds is \(seeds); --measure takes 2 or more.") }
        guard try !policies().allSatisfy({ $0 == .meanBasket }) || worlds().contains(where: { $0.name == .baskets })
        else {
            throw ValidationError(
                "--policy mean_basket says something in the world baskets alone; add --world baskets.")
        }
    }

    /// Of `10%`, `10 %` or `0.1`.
    private var share: Double? {
        let text = holdout.replacing(" ", with: "")
        return text.hasSuffix("%") ? Double(text.dropLast()).map { $0 / 100 } : Double(text)
    }

    func run() async throws {
        if opening.opening { return try await runOpening() }
        if measure { return try await checkReadings() }
        let policies = try policies()
        let progress = ProgressLine("Simulating")
        var comparisons: [Comparison] = []
        let worlds = try worlds()
        for (index, world) in worlds.enumerated() {
            let runs = try await Simulator(world).run(
                policies, seeds: (0..<seeds).map { UInt64(firstSeed + $0) }, jobs: jobs
            ) { done in
                progress.show(index * seeds + done, of: worlds.count * seeds, "seeds, world \(world.name.rawValue)")
            }
            comparisons.append(Comparison(world, runs))
        }
        progress.finish()
        try report.give(ComparisonList(comparisons)) {
            throw CommandFault(
                .wrongUse, "A page goes with --measure or --opening; policies come as text, json or csv.")
        }
        if let csv { try write(comparisons, to: csv) }
    }

    private func checkReadings() async throws {
        var world = try worlds()[0]
        world.holdout = share!
        let progress = ProgressLine("Simulating")
        let check = try await Simulator(world).truthCheck(
            seeds: (0..<seeds).map { UInt64(firstSeed + $0) }, jobs: jobs
        ) { progress.show($0, of: seeds, "seeds") }
        progress.finish()
        try report.give(check.report)
    }

    private func write(_ comparisons: [Comparison], to path: String) throws {
        let lines = [Comparison.csvHeader] + comparisons.flatMap(\.csvLines)
        try ResultFile.write((lines.joined(separator: "\n") + "\n").utf8, to: path)
    }

    private func worlds() throws -> [World] {
        let names = try read(world ?? "steady", "--world", World.Name.allCases)
        return names.map { name in
            var world = World(name)
            if let customers { world.customers = customers }
            if let days { world.days = days }
            if let budget { world.budget = Money(minorUnits: Int64((budget * 100).rounded()), currency: .usd) }
            return world
        }
    }

    private func policies() throws -> [PolicyName] { try read(policy, "--policy", PolicyName.allCases) }

    func read<Name: RawRepresentable>(
        _ text: String, _ option: String, _ all: [Name]
    ) throws -> [Name] where Name.RawValue == String {
        if text == "all" { return all }
        return try text.split(separator: ",").map { part in
            guard let name = Name(rawValue: String(part)) else {
                let known = all.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("\(option) has no “\(part)”. Write one of \(known), or all.")
            }
            return name
        }
    }
}
