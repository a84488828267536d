import ArgumentParser
import Foundation
import Logging
import ServiceLifecycle
import UnixSignals
import WeirBudgeting
import WeirCatalog
import WeirConsole
import WeirDemo
import WeirDomain
import WeirEngine
import WeirJSON
import WeirServer
import WeirStatistics
import WeirStorage
import WeirStores
import WeirMeasuring

struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo", abstract: "Replays a year of real grocery shopping and shows what Weir makes of it.",
        discussion: """
            Starts a server on an embedded store, puts the catalog of the 27 real campaigns in force, and replays 2017
            through the HTTP API, in event time. Leaves the console running, unless --headless.

            Examples:
              weir demo
              weir demo --headless --json report.json
              weir demo --headless --cutoff 2017-09-01 --households-from households.txt
            """)

    @Option(help: "The folder with data/ and catalog/.")
    var data = "Examples/complete-journey"

    @Option(help: "The port of the server.")
    var port = 8080

    @Option(help: "Campaigns that start on or after this day are reported; earlier ones only teach.")
    var cutoff = "2017-08-01"

    @Option(help: "A file with one household a line; the replay is restricted to them.")
    var householdsFrom: String?

    @Flag(help: "End after the replay.")
    var headless = false

    @Option(help: "Write the report here.")
    var json: String?

    @Option(help: "Keep the store here; without it the store is a temporary file.")
    var store: String?

    @Option(help: "process or fsync; a replay can be run again, so it need not wait for the disk.")
    var durability = Durability.process

    func validate() throws { try refuse([limitFault("--port", port, 0...65_535)]) }

    func run() async throws {
        guard let cutoff = Timestamp(iso8601: cutoff) else {
            throw ValidationError("--cutoff: “\(cutoff)” is no date. Write it like 2017-08-01.")
        }
        let folder = URL(fileURLWithPath: data)
        let households = try householdsFrom.map { try HouseholdList.read($0) }
        let files = try CatalogFolder(folder.appendingPathComponent("catalog").path).files()
        print("Reading a year of shopping …")
        let journey = try JourneyData(folder: folder.appendingPathComponent("data"), only: households)
        if let householdsFrom, journey.baskets.isEmpty { throw DemoError.noHouseholds(file: householdsFrom) }

        try await withStore { path in
            try await serve(journey, files: files, cutoff: cutoff, store: path)
        }
    }

    private func withStore(_ body: (String) async throws -> Void) async throws {
        if let store {
            if FileManager.default.fileExists(atPath: try StoreLocation(store).path) {
                throw CommandFault(
                    .cannotWrite,
                    "--store: \(store) is there already; a replay begins with an empty store. Name another.")
            }
            return try await body(store)
        }
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("weir-demo-\(getpid())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await body(folder.appendingPathComponent("demo.db").path)
    }

    private func serve(_ journey: JourneyData, files: [CatalogFile], cutoff: Timestamp, store path: String) async throws
    {
        let logger = Logger(label: "weir", level: .error)
        let clock = ManualClock(at: journey.campaigns.first?.start ?? Timestamp(microseconds: 0))
        let engine = try Engine(
            store: try StoreLocation(path).open(durability: durability), clock: clock, logger: logger)
        var settings = ServerSettings()
        settings.port = port
        settings.isOpen = true
        settings.tickSeconds = nil
        settings.version = WeirVersion.current
        let feed = try ConsoleFeed(
            engine: engine, baseURL: "http://127.0.0.1:\(port)", codeVersion: WeirVersion.current)
        let (ports, portFound) = AsyncStream.makeStream(of: Int.self)
        let server = try makeServer(
            engine, settings: settings, logger: logger, pages: consoleRoutes(feed),
            live: feed.measurements, measuring: MeasuringOptions.program(MeasuringLimits()),
            onRunning: { portFound.yield($0) })
        let command = self
        let replay = DemoService {
            guard let port = await ports.first(where: { _ in true }) else { return }
            try await command.replay(
                journey, files: files, cutoff: cutoff, port: port, engine, clock, feed, store: path)
        }
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [
                    .init(service: server),
                    .init(service: FeedService(feed: feed)),
                    .init(service: replay, successTerminationBehavior: headless ? .gracefullyShutdownGroup : .ignore),
                ],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        try await group.run()
    }

    private func replay(
        _ journey: JourneyData, files: [CatalogFile], cutoff: Timestamp, port: Int, _ engine: Engine,
        _ clock: ManualClock, _ feed: ConsoleFeed, store path: String
    ) async throws {
        let address = "http://127.0.0.1:\(port)"
        print("Console: \(address)")
        try await engine.apply(files)
        let demo = Demo(data: journey, baseURL: address, cutoff: cutoff) { time in
            clock.set(time)
            try await engine.catchUp()
        }
        let screen = DemoScreen()
        var report = try await demo.run { progress in
            screen.show(progress, engine)
            feed.show(Replay(name: "2017", currentTime: progress.time, progress: progress.share))
            if let targeting = TargetingComparison(progress.segment, progress.individual, progress.till) {
                feed.show(targeting)
            }
        }
        let figures = engine.figures
        report.outcomes = figures.totals.conversions
        report.outcomeToModelP99Milliseconds = Double(figures.outcomeLatency.quantile(0.99)) / 1e6
        if let budget = engine.budgetReports().first {
            report.budget = DemoReport.Budget(
                limit: budget.limit.majorUnits, spent: budget.spent.majorUnits, reserved: budget.reserved.majorUnits,
                price: budget.price)
        }
        if let targeting = TargetingComparison(report.segment, report.individual, report.till) { feed.show(targeting) }
        screen.finish(report, cutoff: cutoff)
        if let json {
            try ResultFile.write((report.json.text + "\n").utf8, to: json)
            print("Report: \(json)")
        }
        guard !headless else { return }
        print(
            """

            The console stays at \(address) until Ctrl-C. Beside it, any decision can be recomputed from the log:
              weir audit replay --all --store \(path)
            """)
        Terminal.flush()
    }
}

/// Runs once, beside the server.
private struct DemoService: Service {
    let body: @Sendable () async throws -> Void

    /// Being stopped half-way is no failure.
    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown(body)
        } catch  where Task.isShuttingDownGracefully {}
    }

    init(_ body: @escaping @Sendable () async throws -> Void) { self.body = body }
}

/// The households that a replay is restricted to.
private enum HouseholdList {
    static func read(_ path: String) throws -> Set<String> {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { throw DemoError.missingFile(path) }
        var households: Set<String> = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let household = line.trimmingCharacters(in: .whitespaces)
            if household.isEmpty { continue }
            guard household.allSatisfy(\.isNumber) else {
                throw DemoError.badHousehold(file: path, line: index + 1, value: household)
            }
            households.insert(household)
        }
        if households.isEmpty { throw DemoError.noHouseholds(file: path) }
        return households
    }
}

extension TargetingComparison {
    /// Nil while there is nothing to compare.
    init?(_ segment: RankingMetrics?, _ individual: RankingMetrics?, _ till: DemoReport.Till) {
        guard let segment, let individual else { return nil }
        func score(_ label: String, _ metrics: RankingMetrics, isWeir: Bool) -> Score {
            func top(_ share: Double, _ rate: Double) -> TopRate {
                let count = Int(Double(metrics.count) * share)
                let interval = Interval.share(successes: Int((rate * Double(count)).rounded()), trials: count)
                return TopRate(share: share, rate: Estimate(value: rate, low: interval.lower, high: interval.upper))
            }
            return Score(
                label: label, isWeir: isWeir, auc: metrics.auc ?? 0.5, logLoss: metrics.logLoss,
                calibrationError: metrics.calibrationError,
                topRates: [top(0.05, metrics.top5), top(0.1, metrics.top10), top(0.2, metrics.top20)])
        }
        self.init(
            scores: [
                score("Segment average", segment, isWeir: false), score("Weir", individual, isWeir: true),
            ],
            decisions: individual.count, responses: Int((individual.rate * Double(individual.count)).rounded()),
            shows: DemoScreen.shows, doesNotShow: DemoScreen.doesNotShow,
            answered: [
                Answered(label: "offers at the till", count: till.offers),
                Answered(label: "of them answered by the log", count: till.answered),
                Answered(label: "redeemed", count: till.redeemed),
            ])
    }
}
