package import Hummingbird
import HummingbirdCore
import HummingbirdTLS
package import Logging
import NIOCore
import NIOSSL
package import WeirEngine

/// An HTTP server around an engine, ready to run in a service group; it commits for the engine and closes its store.
///
/// On a graceful shutdown it first takes no more connections and answers what is under way; then the engine is closed,
/// everything is committed and the store is closed. A store that fails ends it with an error.
///
/// - Parameters:
///   - pages: Routes beside the API: the console's. They get strict security headers.
///   - live: What is measured live; shared with the console's pages.
///   - measuring: Answers `POST /v1/measure/{kind}`; nil where nothing can be measured.
///   - random: Unpredictable; makes keys and names messages that came without a name.
///   - onRunning: Told the port once connections are taken.
/// - Throws: `ServerSettingsError`, or what the store throws.
package func makeServer(
    _ engine: Engine, settings: ServerSettings = ServerSettings(), logger: Logger, pages: [Route] = [],
    live: LiveMeasurements? = nil, measuring: MeasuringProgram? = nil,
    random: @escaping @Sendable () -> UInt64 = { UInt64.random(in: .min ... .max) },
    onRunning: @escaping @Sendable (Int) async -> Void = { _ in }
) throws -> some ApplicationProtocol {
    try settings.check()
    let client = ProviderClient()
    let doors = try Doors(engine, settings: settings, client: client)
    let api = API(
        engine: engine, doors: doors, settings: settings, random: random,
        rates: RateLimiter(settings.rates, counts: engine.limitCounts),
        quarantine: try QuarantineKeeper(engine, settings.quarantine, logger: logger),
        measuring: measuring.map { Measuring($0) },
        live: live ?? LiveMeasurements(engine))
    let counts = engine.limitCounts
    let connections = ConnectionTable(settings.connections, counts: counts)
    let http = HTTPServerBuilder.http1(
        configuration: .init(
            additionalChannelHandlers: [ConnectionGuard(connections, settings.pace, counts: counts)],
            idleTimeout: .seconds(Int64(settings.idleSeconds))))
    let longBodies = YieldingThreads(count: System.coreCount)
    return Application(
        router: Router(
            Access(api.routes + accountRoutes(doors) + openIDRoutes(doors) + pages),
            Gatekeeping(
                doors: doors, settings: settings, counts: api.requests, pool: api.pool, longBodies: longBodies,
                gates: Admission.Gates(
                    engine: engine, rates: api.rates, connections: connections, bodies: BodyRoom(),
                    isOpen: settings.isOpen))),
        server: try settings.tls().map { try .tls(http, tlsConfiguration: $0) } ?? http,
        configuration: ApplicationConfiguration(
            address: .hostname(settings.host, port: settings.port),
            availableConnectionsDelegate: .maximum(settings.connections.total + 512, logger: logger)),
        services: [
            EngineService(engine, tickSeconds: settings.tickSeconds, logger: logger), api.pool.threads, longBodies,
            api.quarantine, doors.log, client,
        ],
        onServerRunning: { channel in await onRunning(channel.localAddress?.port ?? settings.port) },
        logger: logger)
}

extension ServerSettings {
    fileprivate func tls() throws(ServerSettingsError) -> TLSConfiguration? {
        guard let certificatePath, let privateKeyPath else { return nil }
        var path = certificatePath
        var configuration: TLSConfiguration
        do {
            let chain = try NIOSSLCertificate.fromPEMFile(certificatePath)
            path = privateKeyPath
            let key = try NIOSSLPrivateKey(file: privateKeyPath, format: .pem)
            configuration = .makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        } catch {
            throw .unreadableCertificate(path: path, reason: "\(error)")
        }
        configuration.minimumTLSVersion = .tlsv12
        do {
            // Whether they belong together shows here, before the port is taken.
            _ = try NIOSSLContext(configuration: configuration)
        } catch {
            throw .unusablePair(certificate: certificatePath, key: privateKeyPath, reason: "\(error)")
        }
        return configuration
    }
}
