import HTTPTypes
import Hummingbird
import WeirDomain
import WeirEngine
import WeirStorage

/// Tells before the body is read whether a request may come now: keys and addresses have rates, and whoever collects has a
/// share of the queue.
struct Admission: RouterMiddleware {
    private let permission: Permission
    private let gates: Gates

    /// What all requests of a server share.
    struct Gates: Sendable {
        let engine: Engine
        let rates: RateLimiter
        let connections: ConnectionTable
        let isOpen: Bool
    }

    init(for permission: Permission, _ gates: Gates) {
        self.permission = permission
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
        return try await next(request, context)
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
