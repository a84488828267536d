import HTTPTypes
import Hummingbird
import WeirConsole

/// Keeps a page from loading, telling or being shown anything elsewhere, and every other answer from being taken for a page.
struct SecurityHeaders: AnswerAddition {
    private let headers: HTTPFields

    init(isPage: Bool, isForMachines: Bool, settings: ServerSettings) {
        var headers: HTTPFields = [.xContentTypeOptions: "nosniff"]
        if isPage {
            headers.append(contentsOf: Self.ofPages)
        } else if !isForMachines {
            // Machines' answers are short and many, and pages of shops may read them.
            headers.append(contentsOf: Self.ofOthers)
        }
        if settings.isSecure { headers[.strictTransportSecurity] = "max-age=31536000" }
        self.headers = headers
    }

    func add(to response: inout Response, _ request: Request, _ context: CallContext) {
        // A page that brings a policy of its own keeps it: of two policies both would hold.
        for field in headers where !response.headers.contains(field.name) { response.headers.append(field) }
    }

    private static let ofPages: HTTPFields = [
        .contentSecurityPolicy: ConsoleAsset.contentSecurityPolicy,
        // A form still says where it comes from, and nobody else learns which page it was.
        .referrerPolicy: "same-origin",
        .xFrameOptions: "DENY",
        .crossOriginOpenerPolicy: "same-origin",
        .crossOriginResourcePolicy: "same-origin",
    ]

    private static let ofOthers: HTTPFields = [
        .contentSecurityPolicy: "default-src 'none'; frame-ancestors 'none'",
        .referrerPolicy: "no-referrer",
        .xFrameOptions: "DENY",
        .crossOriginResourcePolicy: "same-origin",
        .cacheControl: "no-store",
    ]
}

extension HTTPFields {
    fileprivate mutating func append(contentsOf other: HTTPFields) {
        for field in other { append(field) }
    }
}

extension HTTPField.Name {
    fileprivate static let referrerPolicy = HTTPField.Name("Referrer-Policy")!
    fileprivate static let xFrameOptions = HTTPField.Name("X-Frame-Options")!
    fileprivate static let crossOriginOpenerPolicy = HTTPField.Name("Cross-Origin-Opener-Policy")!
    fileprivate static let crossOriginResourcePolicy = HTTPField.Name("Cross-Origin-Resource-Policy")!
}
