import HTTPTypes

/// How a browser keeps who has signed in.
enum SessionCookie {
    /// With TLS the name itself says that no other host and no page without TLS can have set it (RFC 6265bis, 4.1.3.2).
    static func name(_ settings: ServerSettings) -> String {
        settings.isSecure ? "__Host-weir_session" : "weir_session"
    }

    /// Says that this person has signed in with this browser before.
    static func deviceName(_ settings: ServerSettings) -> String {
        settings.isSecure ? "__Host-weir_browser" : "weir_browser"
    }

    /// Keeps what belongs to a sign-in while its person is at the provider.
    static func ticketName(_ settings: ServerSettings) -> String {
        settings.isSecure ? "__Host-weir_oidc" : "weir_oidc"
    }

    /// A cookie that no script can read and no form of another site sends.
    ///
    /// - Parameter seconds: How long it is kept; nil until the browser is closed, 0 removes it.
    static func header(_ name: String, _ value: String, seconds: Int?, _ settings: ServerSettings) -> HTTPField {
        let age = seconds.map { "; Max-Age=\($0)" } ?? ""
        let secure = settings.isSecure ? "; Secure" : ""
        return HTTPField(name: .setCookie, value: "\(name)=\(value); Path=/; HttpOnly; SameSite=Lax\(secure)\(age)")
    }
}

extension HTTPFields {
    /// The first cookie of that name.
    func cookie(_ name: String) -> String? {
        for field in self[values: .cookie] {
            for pair in field.split(separator: ";") {
                let parts = pair.split(separator: "=", maxSplits: 1)
                guard parts.count == 2, parts[0].filter({ $0 != " " }) == name else { continue }
                return String(parts[1])
            }
        }
        return nil
    }
}
