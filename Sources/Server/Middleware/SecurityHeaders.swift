import HTTPTypes
import Hummingbird
import WeirConsole

/// Keeps a page from loading, telling or being shown anything elsewhere.
struct SecurityHeaders: RouterMiddleware {
    private let headers: HTTPFields

    init(for permission: Permission) { headers = permission == .console ? Self.ofPages : [:] }

    func handle(
        _ request: Request, context: CallContext, next: (Request, CallContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        // A page that brings a policy of its own keeps it: of two policies both would hold.
        for field in headers where response.headers[field.name] == nil { response.headers.append(field) }
        return response
    }

    private static let ofPages: HTTPFields = [
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
