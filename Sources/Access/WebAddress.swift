/// An address at which a provider is asked: `https`, or `http` on this machine itself.
package struct WebAddress: Sendable, Equatable {
    package let text: String
    /// Whether it names this machine, where nobody listens on the way.
    package let isLoopback: Bool

    /// - Returns: Nil where it is no address, has a fragment, a user or a space in it, or would be asked without TLS.
    package init?(_ text: String) {
        guard text.utf8.count <= 2_000, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }), !text.contains("#"),
            let start = text.firstRange(of: "://")?.upperBound
        else { return nil }
        let host = String(text[start...].prefix { $0 != "/" && $0 != "?" })
        guard let origin = BrowserOrigin.canonical(text[..<start] + host) else { return nil }
        let isLoopback = BrowserOrigin.isLoopback(host: host, listening: "")
        guard origin.hasPrefix("https://") || isLoopback else { return nil }
        self.text = text
        self.isLoopback = isLoopback
    }
}
