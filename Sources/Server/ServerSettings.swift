package import WeirAccess
package import WeirLimits

/// Where the server listens and what it lets in.
package struct ServerSettings: Sendable {
    /// An address of this machine; `0.0.0.0` is all of them.
    package var host = "127.0.0.1"
    /// 0 lets the operating system choose one.
    package var port = 8080
    /// PEM files; with both the server speaks HTTPS, with neither HTTP.
    package var certificatePath: String?
    package var privateKeyPath: String?
    /// Whether requests need no key; for trying out, on the machine itself only.
    package var isOpen = false
    /// Origins, such as `https://shop.example`, whose pages may send and ask from a browser; `*` stands for all.
    package var origins: [String] = []
    /// How often the engine is told the time, so that windows close; nil where something else does, as in a replay.
    package var tickSeconds: Double? = 0.2
    /// What one value may be and one body may leave behind.
    package var limits = Limits()
    /// How much may wait in the quarantine.
    package var quarantine = QuarantineLimits()
    /// How long a request body may be, but for event messages, which have limits of their own.
    package var maximalBodyBytes = 1 << 20
    /// Connections that say nothing for so long are closed.
    package var idleSeconds = 75
    /// As browsers reach it, such as `https://weir.example`, where a proxy before it bears another name; nil where none
    /// does.
    package var publicOrigin: String?
    /// How long people stay signed in.
    package var sessions = Sessions.Limits()
    /// Where people sign in beside Weir's own passwords; nil where only these count.
    package var openID: OpenIDSettings?
    /// How many connections there may be, and who gives way.
    package var connections = ConnectionLimits()
    /// How slowly a connection may speak.
    package var pace = PaceLimits()
    /// How often keys and addresses may come.
    package var rates = RateLimits()
    /// Of the program, for `weir_build_info`.
    package var version = "development"

    package init() {}

    /// Whether only this machine can connect.
    package var isLoopback: Bool { host == "localhost" || host == "::1" || host.hasPrefix("127.") }

    /// Whether it was started for pages of that origin.
    func lists(_ origin: String) -> Bool { origins.contains(origin) || origins.contains("*") }

    /// Whether a text is written as browsers write the origin of a page: `https://shop.example:8443`, without a path.
    private static func isOrigin(_ text: String) -> Bool {
        if text == "*" || text == "null" { return true }
        guard let scheme = ["https://", "http://"].first(where: { text.hasPrefix($0) }) else { return false }
        let host = text.dropFirst(scheme.count)
        return !host.isEmpty && host == host.lowercased()
            && !host.contains { $0 == "/" || $0.isWhitespace || $0 == "*" || $0 == "?" || $0 == "#" || $0 == "@" }
    }

    /// Whether browsers reach it through TLS, its own or that of a proxy.
    var isSecure: Bool { certificatePath != nil || publicOrigin?.hasPrefix("https://") ?? false }

    /// As browsers reach it, so far as the settings tell: what a request says of it is never believed.
    var ownOrigin: String? {
        if let publicOrigin { return BrowserOrigin.canonical(publicOrigin) }
        guard port != 0, !["0.0.0.0", "::"].contains(host) else { return nil }
        let name = host.contains(":") ? "[\(host)]" : host
        return BrowserOrigin.canonical("\(certificatePath == nil ? "http" : "https")://\(name):\(port)")
    }

    /// - Throws: `ServerSettingsError`, the first that is found.
    package func check() throws(ServerSettingsError) {
        if isOpen, !isLoopback { throw .openBeyondLoopback(host: host) }
        if (certificatePath == nil) != (privateKeyPath == nil) { throw .halfACertificate }
        if let publicOrigin, BrowserOrigin.canonical(publicOrigin) == nil { throw .publicOrigin(publicOrigin) }
        guard (0...65_535).contains(port) else { throw .port(port) }
        if let wrong = origins.first(where: { !Self.isOrigin($0) }) { throw .origin(wrong) }
        guard let openID else { return }
        if isOpen { throw .openID(.openServer) }
        do { try openID.check() } catch { throw .openID(error) }
        if ownOrigin == nil { throw .openID(.unknownAddress) }
    }
}

/// Why the server does not start; says what to change.
package enum ServerSettingsError: Error, Equatable, CustomStringConvertible {
    case openBeyondLoopback(host: String)
    case halfACertificate
    case unreadableCertificate(path: String, reason: String)
    case port(Int)
    case origin(String)
    case publicOrigin(String)
    case unusablePair(certificate: String, key: String, reason: String)
    case openID(OpenIDSettingsError)

    package var description: String {
        switch self {
        case .openBeyondLoopback(let host):
            "The server would take requests without a key from everyone who reaches \(host). Make a key and leave out "
                + "--open, or listen on 127.0.0.1."
        case .halfACertificate: "HTTPS needs both a certificate and its private key. Give both files, or none for HTTP."
        case .unreadableCertificate(let path, let reason):
            "The certificate or private key at “\(path)” cannot be used: \(reason). Give PEM files that weir may read."
        case .origin(let text):
            "“\(text)” is no origin. Give scheme, host and port as the page's address begins, such as https://shop.example."
        case .publicOrigin(let text):
            "“\(text)” is no origin. Give scheme, name and port as browsers show them, such as https://weir.example."
        case .unusablePair(let certificate, let key, let reason):
            "The certificate “\(certificate)” and the private key “\(key)” cannot be used together: \(reason). Give the key "
                + "that the certificate was made for."
        case .openID(let error): error.description
        case .port(let port): "Port \(port) does not exist. Choose one in 0...65535; 0 takes any that is free."
        }
    }
}
