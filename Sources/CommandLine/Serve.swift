public import ArgumentParser
import Foundation
public import Logging
import ServiceLifecycle
import UnixSignals
import WeirCatalog
import WeirDecisioning
import WeirDomain
import WeirEngine
import WeirServer
import WeirStorage
import WeirStores
import WeirMeasuring

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Runs the server: collection, decisions, console.",
        discussion: """
            Where nobody could manage it yet it makes a first key, an administrator's, and writes it beside the store into a
            file that only its owner can read. Stop it with Ctrl-C or SIGTERM: it
            answers what is under way, commits, and ends.

            Examples:
              weir serve --catalog shop --open
              weir serve --store /var/lib/weir/shop.db --host 0.0.0.0 --port 443 \\
                --tls-certificate fullchain.pem --tls-key privkey.pem
              weir serve --store shop.db --public-url https://weir.example --oidc-issuer https://login.example/realms/shop \\
                --oidc-client weir --oidc-secret-file secret.txt --oidc-role marketing=marketer
            """)

    @Option(help: "The address to listen on.")
    var host = "127.0.0.1"

    @Option(help: "The port; 0 takes a free one.")
    var port = 8080

    @Option(help: "A catalog folder to put in force at the start, where it differs from the one in the store.")
    var catalog: String?

    @Flag(help: "Take requests without keys; only on this machine's own address.")
    var open = false

    @Flag(help: "Replay the past into an empty store: the clock follows the moments that requests and events name.")
    var replay = false

    @Option(name: .customLong("tls-certificate"), help: "A PEM file with the certificate chain; makes it HTTPS.")
    var certificate: String?

    @Option(name: .customLong("tls-key"), help: "The certificate's private key, a PEM file.")
    var privateKey: String?

    @Option(
        name: .customLong("origin"), parsing: .singleValue,
        help: "An origin whose pages may send and ask from a browser, such as https://shop.example; may be repeated.")
    var origins: [String] = []

    @Option(help: "As browsers reach it, such as https://weir.example, where a proxy before it has another name.")
    var publicURL: String?

    @Option(help: "trace, debug, info, notice, warning, error or critical.")
    var logLevel = Logger.Level.notice

    @OptionGroup(title: "Sign-in by OpenID Connect") var signIn: SignInOptions
    @OptionGroup(title: "Limits") var admission: AdmissionOptions
    @OptionGroup var measuring: MeasuringOptions
    @OptionGroup var store: StoreOptions

    func validate() throws { try refuse([limitFault("--port", port, 0...65_535)]) }

    func run() async throws {
        let logger = Logger(label: "weir", level: logLevel)
        let files = try catalog.map { folder -> [CatalogFile] in
            _ = try CatalogFolder(folder).catalog()
            return try CatalogFolder(folder).files()
        }
        let openID = try signIn.settings()
        let store = try store.open()
        if !open { try makeFirstKey(in: store, beside: try StoreLocation(self.store.store).path) }
        let clock: any EngineClock = replay ? ReplayClock(from: try store.newestMoment()) : SystemClock()
        var engineSettings = EngineSettings()
        engineSettings.sharedGroupBound = 512
        let engine = try Engine(store: store, clock: clock, settings: engineSettings, logger: logger)

        var settings = ServerSettings()
        settings.host = host
        settings.port = port
        settings.isOpen = open
        settings.origins = origins
        settings.certificatePath = certificate
        settings.privateKeyPath = privateKey
        settings.publicOrigin = publicURL.map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
        settings.version = WeirVersion.current
        settings.openID = openID
        admission.apply(to: &settings)
        let scheme = certificate == nil ? "http" : "https"
        let feed = try ConsoleFeed(
            engine: engine, baseURL: "\(scheme)://\(host):\(port)", codeVersion: WeirVersion.current)
        let host = host
        let server = try makeServer(
            engine, settings: settings, logger: logger, pages: consoleRoutes(feed),
            live: feed.measurements, measuring: measuring.program(),
            onRunning: { port in
                do {
                    if let files { try await applyIfNew(files, to: engine) }
                    print("Weir is at \(scheme)://\(host):\(port)")
                    if engine.plan == nil {
                        print("No catalog yet: weir init shop && weir apply shop --url \(scheme)://\(host):\(port)")
                    }
                    Terminal.flush()
                } catch {
                    logger.critical("The catalog was not put in force.", metadata: ["error": "\(error)"])
                }
            })
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [
                    .init(service: server, successTerminationBehavior: .gracefullyShutdownGroup),
                    .init(service: FeedService(feed: feed)),
                ],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        try await group.run()
    }

    /// A service's log is read by others than its administrator; so the key goes into a file of its own.
    private func makeFirstKey(in store: any Store, beside path: String) throws {
        guard try store.keys().isEmpty, try store.users().isEmpty else { return }
        let file = path + ".first-key"
        unlink(file)
        let descriptor = Foundation.open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw CommandFault(
                .cannotWrite,
                "The first key cannot be written to “\(file)”. Make the folder writable, or make a key before the first "
                    + "start: weir keys add admin --role administrator --store \(path)")
        }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        let new = StoredKey(
            name: "admin", hash: [], scopes: [.administrator], createdTime: Timestamp(microseconds: 0))
        try handle.write(contentsOf: Data("\(try makeKey(new, in: store))\n".utf8))
        try handle.synchronize()
        print(
            "Nobody can manage this store yet. The first key, an administrator's, stands in \(file), which only its owner can "
                + "read. Sign in with it, make others, then delete the file.")
    }

    private func applyIfNew(_ files: [CatalogFile], to engine: Engine) async throws {
        let new = files.map { StoredCatalog.File(name: $0.name, text: $0.text) }.sorted { $0.name < $1.name }
        // The same words may mean more since they were applied.
        if let old = try engine.store.catalog(version: nil), old.files == new,
            old.format == StoredCatalog.currentFormat
        {
            return
        }
        let before = engine.plan?.catalog
        let plan = try await engine.apply(new)
        try logOffline(differences(from: before, to: plan.catalog), version: plan.version, in: engine.store)
        print("In force: catalog version \(plan.version).")
    }
}

/// Samples the live figures once a second.
struct FeedService: Service {
    let feed: ConsoleFeed

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                feed.sample()
                try? await Task.sleep(for: .seconds(1))
            }
        }
    }
}

extension Store {
    /// When the newest of what was told happened; nil in an empty store.
    fileprivate func newestMoment() throws -> Timestamp? {
        let records = try records(
            after: max(0, try lastSequence() - 1_000), kinds: [.event, .decision, .outcome], limit: 1_000)
        return records.map { entry in
            switch entry.record {
            case .event(let event): event.eventTime
            case .decision(let decision): decision.time
            case .outcome(let outcome): outcome.receivedTime
            default: Timestamp(microseconds: .min)
            }
        }.max()
    }
}

extension Logger.Level: @retroactive ExpressibleByArgument {}
