import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore
import WeirAccess

/// Lets a browser change something only with the token that our own page gave it, and with a body that is JSON or a form.
///
/// Comes after the body was read, since a form brings its token there.
struct TokenCheck: RequestCheck {
    private let route: Route
    private let doors: Doors

    init(_ route: Route, doors: Doors) {
        self.route = route
        self.doors = doors
    }

    func check(_ request: Request, _ context: CallContext) throws(Problem) {
        guard !route.isSafe, route.permission != .everyone, !route.permission.isForMachines, !context.caller.isExplicit
        else { return }
        let type = request.headers[.contentType]
        let isForm = MediaType.isForm(type)
        let isBrowser =
            request.headers[.origin] != nil || request.headers[.fetchSite] != nil || context.caller.session != nil
        let isTyped = type != nil || (isBrowser && context.body.readableBytes > 0)
        guard !isTyped || isForm || MediaType.isJSON(type) else {
            throw Problem(
                .unsupportedMediaType, "unsupported_media_type",
                "Content-Type: “\(type ?? "")” is not taken here. Send application/json.")
        }
        // What is no browser sends nothing on behalf of another's page.
        guard isBrowser || route.isPage else { return }
        let token = request.headers[.csrfToken] ?? (isForm ? field("token", of: context.body) : nil)
        guard let token, Secret.isEqual(token, doors.token(for: context.caller)) else {
            throw Problem(
                .forbidden, "token_missing",
                "This form is not from this server, or you have signed in anew or it was restarted since. Load the page "
                    + "again and repeat the step; programs send the key in a header instead.")
        }
    }

    private func field(_ name: String, of body: ByteBuffer) -> String? {
        let text = String(buffer: body).replacing("+", with: "%20")
        return URI("/?\(text)").queryParameters[name[...]].map { String($0) }
    }
}

extension HTTPField.Name {
    static let csrfToken = HTTPField.Name("X-CSRF-Token")!
}
