/// Where a browser's page comes from, and where it believes the server to be.
///
/// A browser writes both by itself; no script can change them. So they tell a page from elsewhere from our own, even where
/// that page made its own name mean this machine.
package enum BrowserOrigin {
    /// Whether a `Host` names this machine by one of its loopback names, exactly, with a port or without.
    ///
    /// - Parameter listening: The address that the server listens on, which counts too where it is a loopback address.
    package static func isLoopback(host: String?, listening: String) -> Bool {
        guard let host else { return false }
        if isUsual(host) { return true }
        guard let (name, _) = parts(ofHost: host) else { return false }
        var names: Set<String> = ["localhost", "127.0.0.1", "[::1]"]
        if listening.hasPrefix("127."), isIPv4(listening) { names.insert(listening) }
        return names.contains(name.lowercased())
    }

    /// The two names that nearly all requests bear, without taking them apart: an open server asks this every time.
    private static func isUsual(_ host: String) -> Bool {
        for name in ["127.0.0.1", "localhost"] where host.utf8.starts(with: name.utf8) {
            let port = host.utf8.dropFirst(name.utf8.count)
            guard let colon = port.first else { return true }
            return colon == UInt8(ascii: ":") && (2...5).contains(port.count)
                && port.dropFirst().allSatisfy { (0x30...0x39).contains($0) }
        }
        return false
    }

    /// Whether an `Origin` is that of the server itself.
    ///
    /// - Parameters:
    ///   - host: As the request names it.
    ///   - isSecure: Whether the server speaks TLS itself. Where it does not, a proxy before it may.
    ///   - publicOrigin: As browsers know the server, where that was said; nothing else counts then.
    package static func isOwn(_ origin: String, host: String?, isSecure: Bool, publicOrigin: String?) -> Bool {
        if let publicOrigin { return origin.lowercased() == publicOrigin.lowercased() }
        guard let host, let (name, port) = parts(ofHost: host) else { return false }
        for scheme in isSecure ? ["https"] : ["http", "https"] {
            let standard = scheme == "https" ? "443" : "80"
            let address = port == nil || port == standard ? name : "\(name):\(port!)"
            if origin.lowercased() == "\(scheme)://\(address)".lowercased() { return true }
        }
        return false
    }

    /// The origin as a browser would write it; nil where it is none, such as one with a path.
    package static func canonical(_ text: String) -> String? {
        let lowered = text.lowercased()
        guard let range = lowered.firstRange(of: "://") else { return nil }
        let scheme = lowered[..<range.lowerBound]
        guard scheme == "http" || scheme == "https",
            let (name, port) = parts(ofHost: String(lowered[range.upperBound...]))
        else { return nil }
        let standard = scheme == "https" ? "443" : "80"
        return "\(scheme)://\(name)" + (port == nil || port == standard ? "" : ":\(port!)")
    }

    /// Name and port; nil where it is no host at all.
    private static func parts(ofHost host: String) -> (name: String, port: String?)? {
        let name: Substring
        var rest: Substring
        if host.hasPrefix("[") {
            guard let end = host.firstIndex(of: "]") else { return nil }
            name = host[...end]
            rest = host[host.index(after: end)...]
            guard name.dropFirst().dropLast().utf8.allSatisfy({ isHexDigit($0) || $0 == 0x3a || $0 == 0x2e }) else {
                return nil
            }
        } else {
            name = host.prefix { $0 != ":" }
            rest = host[name.endIndex...]
            let isName = name.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x5f: true
                default: false
                }
            }
            guard !name.isEmpty, isName else { return nil }
        }
        guard !rest.isEmpty else { return (String(name), nil) }
        guard rest.removeFirst() == ":", !rest.isEmpty, rest.utf8.count <= 5,
            rest.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = UInt16(rest)
        else { return nil }
        return (String(name), String(port))
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x46).contains(byte) || (0x61...0x66).contains(byte)
    }

    private static func isIPv4(_ text: String) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
    }
}
