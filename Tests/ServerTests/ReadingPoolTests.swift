import Dispatch
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import NIOPosix
import Synchronization
import Testing
import WeirServer

@Suite("What waits for the disk keeps nobody else waiting")
struct ReadingPoolTests {
    @Test("With every thread for reading blocked and its queue full, health checks and decisions are still answered")
    func exhausted() async throws {
        let gate = Gate()
        let blocked = Route(.get, "/blocked", .everyone) { _ in
            gate.wait()
            return Response(status: .noContent)
        }
        try await ServerUnderTest.run(pages: { _ in [blocked] }) { server in
            let port = try #require(server.port)
            // The clients read on a thread of their own, so that whatever hangs is the server.
            let threads = MultiThreadedEventLoopGroup(numberOfThreads: 1)
            try await withThrowingTaskGroup(of: Int.self) { group in
                defer { gate.open() }
                for _ in 0..<ReadingPool.bound {
                    group.addTask { try await Self.status(.get, "/blocked", at: port, threads) }
                }
                let full = "\nweir_reading_requests \(ReadingPool.bound)\n"
                while !(try await server.get("/metrics").text.contains(full)) {}

                for _ in 0..<20 {
                    #expect(try await Self.status(.get, "/healthz", at: port, threads) == 200)
                    #expect(try await Self.status(.post, "/v1/decide", DecidingTests.request, at: port, threads) == 200)
                }
                for path in ["/readyz", "/metrics", "/v1/budgets"] {
                    #expect(try await Self.status(.get, path, at: port, threads) == 200)
                }
                #expect(try await Self.status(.post, "/v1/track", AccessTests.track, at: port, threads) == 200)
                let refused = try await server.get("/v1/decisions")
                #expect(refused.status == 429)
                #expect(refused.code == "overloaded")
                #expect(refused.headers[.retryAfter] == "1")

                gate.open()
                for try await status in group { #expect(status == 204) }
            }
            #expect(try await server.get("/v1/decisions").status == 200)
            try await threads.shutdownGracefully()
        }
    }

    /// Over a connection of its own.
    private static func status(
        _ method: HTTPRequest.Method, _ path: String, _ body: String? = nil, at port: Int,
        _ threads: MultiThreadedEventLoopGroup
    ) async throws -> Int {
        try await TestClient.withClient(
            host: "localhost", port: port, configuration: .init(timeout: .seconds(300)),
            eventLoopGroupProvider: .shared(threads)
        ) { client in
            let body = body.map { ByteBuffer(string: $0) }
            let request = TestClient.Request(path, method: method, authority: "localhost", headers: [:], body: body)
            return try await client.execute(request).status.code
        }
    }
}

/// Blocks threads until it is opened, and never again.
private final class Gate: Sendable {
    private let isOpen = Mutex(false)
    private let semaphore = DispatchSemaphore(value: 0)

    func wait() {
        semaphore.wait()
        semaphore.signal()
    }

    func open() {
        let wasOpen = isOpen.withLock { isOpen in
            defer { isOpen = true }
            return isOpen
        }
        if !wasOpen { semaphore.signal() }
    }
}
