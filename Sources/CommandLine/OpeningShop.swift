import Foundation
import Logging
import ServiceLifecycle
import WeirCatalog
import WeirDomain
import WeirEngine
import WeirJSON
import WeirOpening
import WeirServer
import WeirStorage
import WeirStores

/// A shop that has just been opened: a server in this process, on an empty store and the starter catalog, spoken to over
/// HTTP as any is. Its clock stands still until it is moved.
struct OpeningShop: OpeningServer {
    private let client: ServerClient
    private let clock: ManualClock
    private let engine: Engine

    /// Opens a shop for as long as `body` runs.
    static func open<Result: Sendable>(
        files: [CatalogFile], at start: Timestamp, _ body: @Sendable (OpeningShop) async throws -> Result
    ) async throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("weir-opening-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let logger = Logger(label: "weir", level: .error)
        let clock = ManualClock(at: start)
        let store = try StoreLocation(folder.appendingPathComponent("shop.db").path).open(durability: .process)
        let engine = try Engine(store: store, clock: clock, logger: logger)
        var settings = ServerSettings()
        settings.port = 0
        settings.isOpen = true
        settings.tickSeconds = nil
        let (ports, portFound) = AsyncStream.makeStream(of: Int.self)
        let server = try makeServer(
            engine, settings: settings, logger: logger, onRunning: { portFound.yield($0) })
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [.init(service: server, successTerminationBehavior: .gracefullyShutdownGroup)], logger: logger
            ))
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                try await group.run()
                portFound.finish()
            }
            guard let port = await ports.first(where: { _ in true }) else {
                try await tasks.waitForAll()
                throw CommandFault(.noServer, "The shop's server has ended before it began.")
            }
            try await engine.apply(files.map { StoredCatalog.File(name: $0.name, text: $0.text) })
            let shop = OpeningShop(
                client: ServerClient(baseURL: "http://127.0.0.1:\(port)", key: nil), clock: clock, engine: engine)
            let result = try await body(shop)
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            return result
        }
    }

    func send(_ messages: [OpeningMessage]) async throws {
        let batch = messages.map { message -> JSON in
            [
                "type": "track", "event": .string(message.event), "userId": .string(message.customer),
                "messageId": .string(message.id), "timestamp": .string(message.time.iso8601),
                "properties": message.properties,
            ]
        }
        let answer = try await client.send("POST", "/v1/batch", ["batch": .array(batch)])
        guard answer["accepted"]?.integer == Int64(batch.count) else {
            throw CommandFault(.refused, "The server did not take all messages: \(answer.text)")
        }
    }

    func decide(_ customer: String, at time: Timestamp) async throws -> OpeningAnswer {
        clock.set(time)
        let answer = try await client.send(
            "POST", "/v1/decide?reasons=false",
            ["customer": .string(customer), "placement": "home", "time": .string(time.iso8601)])
        return OpeningAnswer(
            offer: answer["offer"]?["id"]?.string, probability: answer["probability"]?.double,
            isHeldOut: answer["assignment"]?.string == "held_out")
    }

    func advance(to time: Timestamp) async throws {
        clock.set(time)
        try await engine.catchUp()
    }
}
