import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import WeirJSON

/// Talks to the server as any client does.
struct DemoClient {
    let baseURL: String
    let http: HTTPClient

    func post(_ path: String, _ body: [UInt8], key: String? = nil) async throws -> JSON {
        var request = HTTPClientRequest(url: baseURL + path)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        if let key { request.headers.add(name: "Idempotency-Key", value: key) }
        request.body = .bytes(ByteBuffer(bytes: body))
        let response = try await http.execute(request, timeout: .seconds(60))
        let answer = try await response.body.collect(upTo: 64 << 20)
        guard response.status.code == 200 else {
            throw DemoError.refused(path: path, status: Int(response.status.code), body: String(buffer: answer))
        }
        return try answer.withUnsafeReadableBytes { try JSON(parsing: $0) }
    }
}
