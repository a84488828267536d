import HTTPTypes
public import Hummingbird
import Logging
import NIOCore
import NIOHTTP1
import WeirConsole
import WeirEngine
import WeirIngestion
import WeirStorage

/// Takes a request through all that is common: finds its route, asks for a key, reads the body, and makes an answer of
/// whatever went wrong.
public struct RouteResponder: HTTPResponder {
    /// Nothing: what a route needs stands in its `Call`.
    public struct Context: InitializableFromSource, Sendable {
        public init(source: ApplicationRequestContextSource) {}
    }

    private let table: RouteTable
    private let keys: KeyRing
    private let settings: ServerSettings
    private let logger: Logger

    init(_ routes: [Route], keys: KeyRing, settings: ServerSettings, logger: Logger) {
        table = RouteTable(routes)
        self.keys = keys
        self.settings = settings
        self.logger = logger
    }

    public func respond(to request: Request, context: Context) async throws -> Response {
        do {
            return try await answer(request)
        } catch let error as EngineError {
            return refusal(of: request, Problem(error))
        } catch let problem as Problem {
            return refusal(of: request, problem)
        } catch let error as StoreError {
            logger.error("The store failed.", metadata: ["error": "\(error)"])
            return refusal(of: request, Problem(.internalServerError, "store_failed", error.description))
        } catch let error as HTTPParserError {
            throw error
        } catch {
            logger.error("A request failed.", metadata: ["error": "\(error)"])
            let detail =
                "Something failed that should not have; the server's log says what. Retry, or tell the operator."
            return refusal(of: request, Problem(.internalServerError, "internal", detail))
        }
    }

    private func answer(_ request: Request) async throws -> Response {
        let target = request.head.path ?? "/"
        let mark = target.firstIndex(of: "?")
        let path = mark.map { String(target[..<$0]) } ?? target
        var call = Call(head: request.head, query: mark.map { target[target.index(after: $0)...] } ?? "")
        let route = try route(of: request.method, at: path, &call)
        call.key = try key(for: route, request)
        if request.method == .post || request.method == .delete { call.body = try await body(of: request, for: route) }
        var response = try await route.answer(call)
        if route.access == .page {
            // A page that brings a policy of its own keeps it: of two policies both would hold.
            for field in Self.pageHeaders where response.headers[field.name] == nil { response.headers.append(field) }
        }
        return request.method == .head ? response.createHeadResponse() : response
    }

    private func route(
        of method: HTTPRequest.Method, at path: String, _ call: inout Call
    ) throws(Problem) -> Route {
        let (routes, argument) = table.routes(at: path)
        let wanted = method == .head ? .get : method
        if let route = routes.first(where: { $0.method == wanted }) {
            call.argument = argument
            return route
        }
        if routes.isEmpty {
            throw Problem(.notFound, "not_found", "There is nothing at \(path). What there is, /openapi.json tells.")
        }
        let allowed = routes.map(\.method.rawValue).joined(separator: ", ")
        var problem = Problem(
            .methodNotAllowed, "method_not_allowed", "\(path) takes \(allowed), not \(method.rawValue).")
        problem.headers[.allow] = allowed
        throw problem
    }

    // MARK: Keys

    /// The key that lets the request in.
    private func key(for route: Route, _ request: Request) throws(Problem) -> StoredKey? {
        guard route.access != .everyone else { return nil }
        if route.access == .manage || route.access == .page, request.method != .get {
            // A browser keeps what its user typed in: a page from elsewhere must not act with it.
            if let site = request.headers[.fetchSite], site != "same-origin", site != "none" {
                throw Problem(
                    .forbidden, "cross_site", "A page from another site may not do this. Do it from the console.")
            }
        }
        let found = credentials(in: request.headers).lazy.compactMap { keys.key(for: $0) }.first
        if settings.isOpen {
            // A page from elsewhere can make its own name mean 127.0.0.1; what it then sends still bears that name.
            guard request.head.authority.map(Self.isLoopback) ?? true else {
                throw Problem(.forbidden, "foreign_host", "An open server answers at localhost and 127.0.0.1 only.")
            }
            return found
        }
        guard let found else {
            if route.access == .collect { return nil }
            throw Self.unauthorized(at: route.access)
        }
        guard found.allows(route.access) else {
            let detail = "The key “\(found.name)” does not allow this. Use a key with the scope \(route.access.scope)."
            throw Problem(.forbidden, "scope_missing", detail)
        }
        return found
    }

    private static func isLoopback(authority: String) -> Bool {
        ["localhost", "127.", "[::1]"].contains { authority.hasPrefix($0) } || authority.isEmpty
    }

    static func unauthorized(at access: Route.Access) -> Problem {
        let detail =
            "A key is needed: send it as “Authorization: Bearer …” or “X-API-Key: …”, "
            + "or to the collection as “writeKey”. POST /v1/keys makes one."
        var problem = Problem(.unauthorized, "unauthorized", detail)
        problem.headers[.wwwAuthenticate] = access == .page ? "Basic realm=\"Weir\", charset=\"UTF-8\"" : "Bearer"
        return problem
    }

    // MARK: Bodies

    private func body(of request: Request, for route: Route) async throws -> ByteBuffer {
        let limit = route.maximalBodyBytes ?? settings.maximalBodyBytes
        do {
            return try await request.body.collect(upTo: limit)
        } catch is NIOTooManyBytesError {
            // Segment's libraries know 400 for this, and do not know 413.
            let status: HTTPResponse.Status = route.access == .collect ? .badRequest : .contentTooLarge
            let detail = "The body is longer than \(limit) bytes, which are allowed. Send it in several requests."
            throw Problem(status, "too_large", detail)
        }
    }

    // MARK: Refusals

    private func refusal(of request: Request, _ problem: Problem) -> Response {
        // The path only: what stands behind “?” may name a person.
        logger.log(
            level: problem.status.code >= 500 ? .error : .info, "Refused",
            metadata: [
                "method": "\(request.method)", "path": "\(request.uri.path)", "status": "\(problem.status.code)",
                "code": "\(problem.code)", "detail": "\(problem.detail)",
            ])
        return request.method == .head ? problem.response.createHeadResponse() : problem.response
    }

    private static let pageHeaders: HTTPFields = [
        .contentSecurityPolicy: ConsoleAsset.contentSecurityPolicy,
        .xContentTypeOptions: "nosniff",
        .referrerPolicy: "no-referrer",
        .xFrameOptions: "DENY",
        .crossOriginOpenerPolicy: "same-origin",
    ]
}

extension HTTPField.Name {
    fileprivate static let referrerPolicy = HTTPField.Name("Referrer-Policy")!
    fileprivate static let xFrameOptions = HTTPField.Name("X-Frame-Options")!
    fileprivate static let crossOriginOpenerPolicy = HTTPField.Name("Cross-Origin-Opener-Policy")!
}

extension Route.Access {
    fileprivate var scope: String {
        switch self {
        case .everyone: "none"
        case .collect: StoredKey.Scope.collect.rawValue
        case .decide: StoredKey.Scope.decide.rawValue
        case .manage, .page: StoredKey.Scope.manage.rawValue
        }
    }
}

extension StoredKey {
    /// Managing includes everything else.
    func allows(_ access: Route.Access) -> Bool {
        if scopes.contains(.manage) { return true }
        return switch access {
        case .everyone: true
        case .collect: scopes.contains(.collect)
        case .decide: scopes.contains(.decide)
        case .manage, .page: false
        }
    }
}
