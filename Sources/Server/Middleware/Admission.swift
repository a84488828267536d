import HTTPTypes
import Hummingbird
import WeirDomain
import WeirEngine
import WeirLimits
import WeirStorage

/// Tells before the body is read whether a request may come now: keys and addresses have rates, and whoever collects has a
/// share of the queue.
struct Admission: RouterMiddleware {
    private let permission: Permission
    /// The longest body of the route, in bytes; 0 where none is read.
    private let bodyBytes: Int
    private let gates: Gates

    /// What all requests of a server share.
    struct Gates: Sendable {
        let engine: Engine
        let rates: RateLimiter
        let connections: ConnectionTable
        let bodies: BodyRoom
        let isOpen: Bool
    }

    init(for permission: Permission, bodyBytes: Int, _ gates: Gates) {
        self.permission = permission
        self.bodyBytes = bodyBytes
        self.gates = gates
    }

    func handle(
        _ request: Request, context: CallContext, next: (Request, CallContext) async throws -> Response
    ) async throws -> Response {
        if let key = context.caller.key {
            gates.connections.rise(context.channel, to: permission.standing)
            try gates.rates.admit(.key(key.name))
            if permission == .collect { try checkRoom(for: key.name) }
        } else if gates.isOpen || context.caller.session != nil {
            gates.connections.rise(context.channel, to: permission.standing)
            if permission == .collect { try checkRoom(for: "open") }
        } else {
            try gates.rates.admit(.address(ConnectionTable.address(of: context.channel)))
        }
        let length = request.headers[.contentLength].flatMap { Int($0) } ?? bodyBytes
        // Short ones count for nothing: there are no more of them than connections.
        guard bodyBytes > 0, length > Self.short else { return try await next(request, context) }
        let (taken, subject) = (min(length, bodyBytes), Self.subject(of: context))
        guard gates.bodies.take(taken, for: subject) else {
            gates.engine.limitCounts.countHit(of: .queue)
            throw Problem(.overloaded)
        }
        defer { gates.bodies.giveBack(taken, for: subject) }
        return try await next(request, context)
    }

    private static let short = 16_384

    /// Whose share it is: of a key, or where none stands in the headers of the address.
    static func subject(of context: CallContext) -> BodyRoom.Subject {
        context.caller.key.map { .key($0.name) } ?? .address(ConnectionTable.address(of: context.channel))
    }

    /// Nobody's body is read who would then be told that there is no room.
    private func checkRoom(for source: SourceID) throws(Problem) {
        if !gates.engine.hasRoom(for: 1, of: source) { throw Problem(.overloaded) }
    }
}

extension Permission {
    /// What a connection has shown whose request was let in.
    fileprivate var standing: Standing {
        switch self {
        case .everyone: .unknown
        case .collect: .collects
        default: .decides
        }
    }
}
