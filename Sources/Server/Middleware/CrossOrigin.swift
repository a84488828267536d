import HTTPTypes
import Hummingbird

/// Tells browsers which pages of other origins may read the answers of a route.
///
/// What a page sends is let in or refused by its key, as any request; this only says whether the page gets to know.
///
/// Source: WHATWG, "Fetch", CORS protocol.
struct CrossOrigin: AnswerAddition {
    private let origins: AllowedOrigins
    private let isOpen: Bool
    private let isForEveryPage: Bool

    init(_ doors: Doors, isForEveryPage: Bool = false) {
        origins = AllowedOrigins(doors)
        isOpen = doors.settings.isOpen
        self.isForEveryPage = isForEveryPage
    }

    func add(to response: inout Response, _ request: Request, _ context: CallContext) {
        guard let origin = request.headers[.origin] else { return }
        response.headers[.vary] = "Origin"
        // At an open server a page that is tried out gets to read why it is refused, and nothing else.
        let isRefusal = isOpen && response.status == .forbidden
        guard isForEveryPage || isRefusal || origins.contain(origin) else { return }
        response.headers[.accessControlAllowOrigin] = origin
        response.headers[.accessControlExposeHeaders] = "Retry-After, X-Request-ID"
        if origins.contain(origin) { response.headers[.accessControlAllowCredentials] = "true" }
    }

    /// The answer to a browser that asks before it sends, at a path that takes these methods.
    ///
    /// - Throws: `Problem` where the page's origin is not allowed.
    static func preflight(
        _ request: Request, methods: [HTTPRequest.Method], _ doors: Doors
    ) throws(Problem) -> Response {
        let names = methods.map(\.rawValue).joined(separator: ", ")
        var response = Response(status: .noContent, headers: [.allow: names])
        guard let origin = request.headers[.origin] else { return response }
        // An open server refuses what a page then sends, and says how the page can be allowed to; asking harms nobody.
        let isTrial = doors.settings.isOpen
        if isTrial { response.headers[.accessControlAllowOrigin] = origin }
        guard isTrial || AllowedOrigins(doors).contain(origin) else {
            throw Problem(
                .forbidden, "foreign_origin",
                "Pages of “\(origin.prefix(200))” may not use this server. Give them a key: weir keys add "
                    + "page --scope collect --origin \(origin.prefix(200)), or start the server with --origin."
            )
        }
        // Beacons are sent with cookies, which these routes do not look at; without this browsers drop them.
        if AllowedOrigins(doors).contain(origin) { response.headers[.accessControlAllowCredentials] = "true" }
        response.headers[.accessControlAllowMethods] = names
        response.headers[.accessControlMaxAge] = "7200"
        if let asked = request.headers[.accessControlRequestHeaders], isListOfNames(asked) {
            response.headers[.accessControlAllowHeaders] = asked
        }
        if request.headers[.requestPrivateNetwork] == "true" { response.headers[.allowPrivateNetwork] = "true" }
        return response
    }

    /// Whether a text is what it should be and can stand in an answer as it is.
    private static func isListOfNames(_ text: String) -> Bool {
        text.utf8.count <= 1_000
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: ","),
                    UInt8(ascii: " "):
                    true
                default: false
                }
            }
    }
}

/// The origins whose pages may use a server: those that it was started with, and those of its publishable keys.
///
/// None beside them at an open server, or any page that somebody looks at could use it.
private struct AllowedOrigins: Sendable {
    private let settings: ServerSettings
    private let keys: KeyRing

    init(_ doors: Doors) {
        settings = doors.settings
        keys = doors.keys
    }

    func contain(_ origin: String) -> Bool { settings.lists(origin) || keys.list(origin) }
}

extension HTTPField.Name {
    fileprivate static let requestPrivateNetwork = HTTPField.Name("Access-Control-Request-Private-Network")!
    fileprivate static let allowPrivateNetwork = HTTPField.Name("Access-Control-Allow-Private-Network")!
}
