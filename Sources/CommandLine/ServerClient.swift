import ArgumentParser
import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import WeirJSON

/// Where a running server is, for commands that can talk to one.
struct ServerOptions: ParsableArguments {
    @Option(
        name: .long, help: "A running server, such as http://127.0.0.1:8080; without it the store is used directly.")
    var url: String?

    @Option(name: .long, help: "An API key for the server; else the environment's WEIR_KEY.")
    var key: String?

    var client: ServerClient? {
        url.map { ServerClient(baseURL: $0, key: key ?? ProcessInfo.processInfo.environment["WEIR_KEY"]) }
    }
}

/// Talks to a running server.
struct ServerClient {
    let baseURL: String
    let key: String?

    init(baseURL: String, key: String?) {
        self.baseURL = baseURL.hasSuffix("/") ? String(baseURL.dropLast()) : baseURL
        self.key = key
    }

    /// - Parameter timeout: For the whole answer.
    /// - Throws: `CommandFault` with what the server's problem details say.
    func send(
        _ method: String, _ path: String, _ body: JSON? = nil, headers: [(String, String)] = [],
        timeout: TimeAmount = .seconds(60)
    ) async throws -> JSON {
        try await send(method, path, bytes: body?.bytes, "application/json", headers: headers, timeout: timeout)
    }

    /// - Parameter type: Of the bytes, as `Content-Type` names it.
    func send(
        _ method: String, _ path: String, bytes: [UInt8]?, _ type: String, headers: [(String, String)] = [],
        timeout: TimeAmount = .seconds(60)
    ) async throws -> JSON {
        var request = HTTPClientRequest(url: baseURL + path)
        request.method = HTTPMethod(rawValue: method)
        if let key { request.headers.add(name: "Authorization", value: "Bearer \(key)") }
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let bytes {
            request.headers.add(name: "Content-Type", value: type)
            request.body = .bytes(ByteBuffer(bytes: bytes))
        }
        let response: HTTPClientResponse
        do {
            response = try await HTTPClient.shared.execute(request, timeout: timeout)
        } catch {
            throw CommandFault(
                .noServer, "No answer from \(baseURL): \(error). Is `weir serve` running there?")
        }
        let bytes = try await response.body.collect(upTo: 64 << 20)
        let answer = (try? JSON(parsing: Array(bytes.readableBytesView))) ?? .null
        guard (200..<300).contains(response.status.code) else {
            let details = (answer["errors"]?.array ?? []).compactMap { $0["detail"]?.string }
            let text =
                details.isEmpty
                ? answer["detail"]?.string ?? "status \(response.status)" : details.joined(separator: "\n")
            throw CommandFault(.refused, text)
        }
        return answer
    }
}
