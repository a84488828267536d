package import HTTPTypes
package import Hummingbird
import NIOCore
import WeirJSON

/// What the server answers at one path to one method, and to whom.
package struct Route: Sendable {
    /// How a route's work goes with the threads that take requests, of which there are as many as cores.
    package enum Work: Sendable {
        /// Takes microseconds, milliseconds for a long body, and never waits for a thread, nor for the disk but for one
        /// row by its key.
        case brief
        /// Reads the store or computes for longer, on a thread of the pool for that.
        case reading
    }

    package var method: HTTPRequest.Method
    /// `/v1/budgets`, or with arguments `/v1/customers/{id}/consent`.
    package var path: String
    /// Other names of the same path: the short ones of Segment's client for browsers.
    package var shortPaths: [String] = []
    /// Whether what it answers is the same for everyone and says nothing of anybody, so that pages of every origin load it.
    package var isForEveryPage = false
    /// What a caller must be allowed; there is no route without it.
    package var permission: Permission
    /// Whether people open it in a browser: who is not signed in is asked to, and the answer comes with the headers that
    /// keep pages safe.
    package var isPage = false
    /// Whether its answer shows customers or their messages to who may see them, so that the access log tells.
    package var reveals = false
    /// The longest body that is read, in bytes; nil means the server's own limit.
    package var maximalBodyBytes: Int?
    package var work: Work
    package var answer: @Sendable (Call) async throws -> Response

    /// Whether pages of other origins may use it: with a key that everyone may see, or without any.
    var isForPages: Bool { permission.isForMachines || (permission == .everyone && !isPage) }

    /// - Parameter work: `reading` unless it is known to be brief, so that a new route keeps nobody waiting.
    package init(
        _ method: HTTPRequest.Method, _ path: String, _ permission: Permission, maximalBodyBytes: Int? = nil,
        work: Work = .reading, _ answer: @escaping @Sendable (Call) async throws -> Response
    ) {
        self.method = method
        self.path = path
        self.permission = permission
        self.maximalBodyBytes = maximalBodyBytes
        self.work = work
        self.answer = answer
    }

    /// A page, or what a page sends or shows.
    package static func page(
        _ method: HTTPRequest.Method, _ path: String, _ permission: Permission, work: Work = .reading,
        reveals: Bool = false, _ answer: @escaping @Sendable (Call) async throws -> Response
    ) -> Route {
        var route = Route(method, path, permission, work: work, answer)
        route.isPage = true
        route.reveals = reveals
        return route
    }

    /// The same route, whose answer shows customers.
    func revealing() -> Route {
        var route = self
        route.reveals = true
        return route
    }

    /// Whether it changes nothing.
    var isSafe: Bool { method == .get || method == .head }
}

extension Response {
    static func json(
        _ status: HTTPResponse.Status = .ok, reserving capacity: Int = 512, _ body: (inout JSONWriter) -> Void
    ) -> Response {
        var writer = JSONWriter(reserving: capacity)
        writer.object { body(&$0) }
        return bytes(writer.bytes, "application/json", status: status)
    }

    package static func bytes(
        _ bytes: [UInt8], _ contentType: String, status: HTTPResponse.Status = .ok
    ) -> Response {
        Response(
            status: status, headers: [.contentType: contentType],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    /// A page; nothing in it may come from elsewhere.
    package static func page(_ html: String, status: HTTPResponse.Status = .ok) -> Response {
        bytes(Array(html.utf8), "text/html; charset=utf-8", status: status)
    }
}
