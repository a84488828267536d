import ArgumentParser
import Foundation
import WeirDomain
import WeirJSON
import WeirSimulation

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
            """)

    @Option(help: "grocer, steady, drift, delay, seasonal, strategic, null or all.")
    var world = "steady"

    @Option(help: "uniform, segments, unpriced, weir, seeing, oracle or all; several with commas.")
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

    @Flag(help: "Print one line of JSON.")
    var json = false

    @Option(help: "Also write the figures to this file.")
    var csv: String?

    func validate() throws {
        for (name, value, least) in [
            ("--seeds", seeds, 1), ("--customers", customers ?? 1, 1), ("--days", days ?? 7, 7), ("--jobs", jobs, 1),
            ("--first-seed", firstSeed, 0),
        ] where value < least {
            throw ValidationError("\(name) is \(value); write a whole number from \(least).")
        }
        if let budget, !(budget >= 0.01 && budget <= 1e12) {
            throw ValidationError("--budget is \(budget); write an amount in dollars above 0.")
        }
        _ = try worlds()
        _ = try policies()
    }

    func run() async throws {
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
            let comparison = Comparison(world, runs)
            comparisons.append(comparison)
            if !json {
                progress.finish()
                print(comparison.table + "\n")
            }
        }
        progress.finish()
        if json { print(JSON.object([JSON.Member("worlds", .array(comparisons.map(\.json)))]).text) }
        if let csv { try write(comparisons, to: csv) }
    }

    private func write(_ comparisons: [Comparison], to path: String) throws {
        let lines = [Comparison.csvHeader] + comparisons.flatMap(\.csvLines)
        do {
            try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: path))
        } catch {
            throw ValidationError("--csv \(path) cannot be written: \(error.localizedDescription)")
        }
    }

    private func worlds() throws -> [World] {
        let names = try read(world, "--world", World.Name.allCases)
        return names.map { name in
            var world = World(name)
            if let customers { world.customers = customers }
            if let days { world.days = days }
            if let budget { world.budget = Money(minorUnits: Int64((budget * 100).rounded()), currency: .usd) }
            return world
        }
    }

    private func policies() throws -> [PolicyName] { try read(policy, "--policy", PolicyName.allCases) }

    private func read<Name: RawRepresentable>(
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
