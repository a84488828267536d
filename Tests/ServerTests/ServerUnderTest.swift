import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Synchronization
import WeirDomain
import WeirEngine
import WeirJSON
import WeirReporting
import WeirServer
import WeirStorage

/// A server on a port of its own, with a store in memory and a clock that stands still.
struct ServerUnderTest: Sendable {
    let store: MemoryStore
    let clock: ManualClock
    let engine: Engine
    private let client: any TestClientProtocol
    var port: Int? { client.port }

    static let start = Timestamp(iso8601: "2026-03-01T12:00:00Z")!

    /// - Parameters:
    ///   - files: The catalog; nil for none.
    ///   - pages: Routes beside the API.
    ///   - keys: Needed by every request where there are any; else the server is open.
    static func run(
        files: [StoredCatalog.File]? = shop, keys: [StoredKey] = [], store: MemoryStore = MemoryStore(),
        followsRequests: Bool = false, origins: [String] = [],
        settings engineSettings: EngineSettings = EngineSettings(),
        pages: (Engine) throws -> [Route] = { _ in [] },
        measuring: MeasuringProgram? = nil,
        _ body: @Sendable @escaping (ServerUnderTest) async throws -> Void
    ) async throws {
        for key in keys { try store.save(key) }
        let clock = ManualClock(at: start, followsRequests: followsRequests)
        let engine = try Engine(store: store, clock: clock, settings: engineSettings)
        if let files {
            try engine.apply(files) { _ in }
            while try engine.commitOnce() {}
        }
        var settings = ServerSettings()
        settings.isOpen = keys.isEmpty
        settings.origins = origins
        settings.tickSeconds = nil
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let counter = Mutex<UInt64>(0)
        let server = try makeServer(
            engine, settings: settings, logger: logger, pages: try pages(engine), measuring: measuring,
            random: {
                counter.withLock { counter in
                    counter += 1
                    return StableHash.mixed(counter)
                }
            })
        try await server.test(.live) { client in
            try await body(ServerUnderTest(store: store, clock: clock, engine: engine, client: client))
        }
    }

    func send(
        _ method: HTTPRequest.Method, _ uri: String, _ body: ByteBuffer? = nil, headers: HTTPFields = [:]
    ) async throws -> Answer {
        let response = try await client.executeRequest(uri: uri, method: method, headers: headers, body: body)
        return Answer(status: response.status.code, headers: response.headers, text: String(buffer: response.body))
    }

    func get(_ uri: String, headers: HTTPFields = [:]) async throws -> Answer {
        try await send(.get, uri, headers: headers)
    }

    func post(_ uri: String, _ body: String, headers: HTTPFields = [:]) async throws -> Answer {
        try await send(.post, uri, ByteBuffer(string: body), headers: headers)
    }

    func delete(_ uri: String, _ body: String, headers: HTTPFields = [:]) async throws -> Answer {
        try await send(.delete, uri, ByteBuffer(string: body), headers: headers)
    }
}

struct Answer: Sendable {
    var status: Int
    var headers: HTTPFields
    var text: String

    /// Null where the text is not JSON.
    var json: JSON { (try? JSON(parsing: text)) ?? .null }
    var code: String? { json["code"]?.string }
    /// Where the faults are.
    var pointers: [String] { (json["errors"]?.array ?? []).compactMap { $0["pointer"]?.string } }

    subscript(name: String) -> JSON { json[name] ?? .null }
}

/// A catalog with one offer for everyone and one for nobody yet.
let shop = [
    StoredCatalog.File(
        name: "weir.yaml",
        text: """
            currency: USD
            salt: test
            consent: {default: {marketing: granted}}
            features:
              - {name: orders_60d, aggregate: count, event: Order Completed, window: 60d}
            goals:
              - {id: purchase, event: Order Completed, window: 7d}
            placements:
              - {id: home, name: Home, policy: greedy}
              - {id: till, name: Till, policy: {squarecb: {gamma: 20}}}
            budgets:
              - {id: promotions, name: Promotions, limit: 100 USD, from: 2026-01-01, to: 2027-01-01}
            """),
    StoredCatalog.File(name: "campaigns/welcome.yaml", text: campaign(cost: "4.90 USD")),
    StoredCatalog.File(
        name: "campaigns/regulars.yaml",
        text: """
            id: regulars
            name: Regulars
            kind: discount
            placements: [home]
            eligible: "orders_60d > 3"
            goal: purchase
            purpose: marketing
            channel: web
            budgets: promotions
            offers:
              - {id: sample, name: A sample, cost: 1 USD, value: 18 USD, message: A sample.}
            """),
]

func campaign(cost: String) -> String {
    """
    id: welcome
    name: Welcome
    kind: discount
    placements: [home, till]
    goal: purchase
    purpose: marketing
    channel: web
    budgets: promotions
    offers:
      - id: shipping
        name: Free shipping
        cost: \(cost)
        value: 18 USD
        coupon: SHIP
        message: "Hello {{trait.firstName|there}}."
    """
}

extension [StoredCatalog.File] {
    /// As POST /v1/catalog takes it.
    var body: String {
        let files = map { JSON.object([.init("name", .string($0.name)), .init("text", .string($0.text))]) }
        return JSON.object([.init("files", .array(files))]).text
    }
}
