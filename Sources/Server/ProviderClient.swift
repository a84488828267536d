import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import ServiceLifecycle
import Synchronization
import WeirAccess
import WeirJSON

/// Asks a provider of OpenID Connect, with limits on time and size; what it answers is believed by nobody yet.
final class ProviderClient: Sendable, Service {
    /// Sends what a form would, in place of only asking.
    struct Form: Sendable {
        var fields: [(name: String, value: String)]
        /// In the header of that name.
        var authorization: String?
    }

    /// For the whole answer.
    private static let seconds: Int64 = 8
    private static let maximalBytes = 512 << 10
    /// Made with the first request.
    private let client = Mutex<HTTPClient?>(nil)

    init() {}

    /// The status and the object that it answers with; nil where it answers with none.
    func ask(_ address: String, _ form: Form? = nil) async throws(ProviderFault) -> (status: Int, object: JSON?) {
        var request = HTTPClientRequest(url: address)
        request.headers.add(name: "Accept", value: "application/json")
        if let form {
            request.method = .POST
            request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
            if let authorization = form.authorization {
                request.headers.add(name: "Authorization", value: authorization)
            }
            request.body = .bytes(ByteBuffer(string: FormText.write(form.fields)))
        }
        let made = request
        let client = connected()
        // The client's own deadline ends with the head of the answer.
        let answer = await withTaskGroup(of: (Int, [UInt8])?.self) { group in
            group.addTask {
                guard let response = try? await client.execute(made, timeout: .seconds(Self.seconds)),
                    let body = try? await response.body.collect(upTo: Self.maximalBytes)
                else { return nil }
                return (Int(response.status.code), Array(body.readableBytesView))
            }
            group.addTask {
                try? await Task.sleep(for: .seconds(Self.seconds))
                return nil
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
        guard let answer else { throw .unreachable }
        let json = try? JSON(parsing: answer.1)
        return (answer.0, json?.members == nil ? nil : json)
    }

    /// Ends the connections with the server.
    func run() async throws {
        try? await gracefulShutdown()
        let ended = client.withLock { client in
            defer { client = nil }
            return client
        }
        try await ended?.shutdown()
    }

    private func connected() -> HTTPClient {
        client.withLock { client in
            if let client { return client }
            var configuration = HTTPClient.Configuration()
            // Who leads elsewhere would be shown the code and the secret.
            configuration.redirectConfiguration = .disallow
            configuration.timeout = .init(connect: .seconds(5), read: .seconds(5))
            let made = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
            client = made
            return made
        }
    }
}
