import Foundation
public import HTTPTypes
public import Hummingbird
import NIOCore
import WeirJSON

/// What the server answers at one path to one method.
public struct Route: Sendable {
    /// What a key must allow.
    public enum Access: Sendable, Equatable {
        case everyone
        /// Events; the key may also stand in the body, so the route itself refuses those without one.
        case collect
        case decide
        case manage
        /// Like `manage`; a browser that has no key is made to ask for one.
        case page
    }

    public var method: HTTPRequest.Method
    /// `/v1/budgets`, or with one argument at its end `/v1/decisions/{id}`.
    public var path: String
    public var access: Access
    /// Nil means the server's own limit.
    public var maximalBodyBytes: Int?
    public var answer: @Sendable (Call) async throws -> Response

    public init(
        _ method: HTTPRequest.Method, _ path: String, _ access: Access, maximalBodyBytes: Int? = nil,
        _ answer: @escaping @Sendable (Call) async throws -> Response
    ) {
        self.method = method
        self.path = path
        self.access = access
        self.maximalBodyBytes = maximalBodyBytes
        self.answer = answer
    }
}

/// Finds the route of a request.
struct RouteTable: Sendable {
    private var exact: [String: [Route]] = [:]
    /// Routes whose path ends in an argument, with what stands before it.
    private var prefixed: [(prefix: String, routes: [Route])] = []

    init(_ routes: [Route]) {
        for route in routes {
            precondition(
                !self.routes(at: route.path).routes.contains { $0.method == route.method && $0.path == route.path })
            guard route.path.hasSuffix("}"), let brace = route.path.lastIndex(of: "{") else {
                exact[route.path, default: []].append(route)
                continue
            }
            let prefix = String(route.path[..<brace])
            if let index = prefixed.firstIndex(where: { $0.prefix == prefix }) {
                prefixed[index].routes.append(route)
            } else {
                prefixed.append((prefix, [route]))
            }
        }
    }

    /// All routes at a path, and the argument in it.
    func routes(at path: String) -> (routes: [Route], argument: String) {
        if let routes = exact[path] { return (routes, "") }
        for (prefix, routes) in prefixed where path.hasPrefix(prefix) {
            let rest = path.dropFirst(prefix.count)
            if !rest.isEmpty, !rest.contains("/") { return (routes, rest.removingPercentEncoding ?? String(rest)) }
        }
        return ([], "")
    }
}

extension Response {
    static func json(
        _ status: HTTPResponse.Status = .ok, reserving capacity: Int = 512, _ body: (inout JSONWriter) -> Void
    ) -> Response {
        var writer = JSONWriter(reserving: capacity)
        writer.object { body(&$0) }
        return bytes(writer.bytes, "application/json", status: status)
    }

    public static func bytes(
        _ bytes: [UInt8], _ contentType: String, status: HTTPResponse.Status = .ok
    ) -> Response {
        Response(
            status: status, headers: [.contentType: contentType],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    /// A page; nothing in it may come from elsewhere.
    public static func page(_ html: String, status: HTTPResponse.Status = .ok) -> Response {
        bytes(Array(html.utf8), "text/html; charset=utf-8", status: status)
    }
}
