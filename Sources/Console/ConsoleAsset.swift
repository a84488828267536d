import WeirDomain

/// A file that pages ask for; in the program itself, so that nothing else need be installed.
package struct ConsoleAsset: Sendable {
    /// Where it is served: `/console/console.css`.
    package let path: String
    package let contentType: String
    package let bytes: [UInt8]
    /// Quoted, for `ETag`; changes with the bytes.
    package let entityTag: String

    /// The path with the version in its query; what stands there never changes, so it may be cached for a year.
    package let link: String

    private init(_ name: String, _ contentType: String, _ bytes: [UInt8]) {
        let version = String(bytes.withUnsafeBufferPointer { StableHash.of($0) }, radix: 36)
        path = "/console/\(name)"
        self.contentType = contentType
        self.bytes = bytes
        entityTag = "\"\(version)\""
        link = "\(path)?v=\(version)"
    }

    package static let stylesheet = ConsoleAsset(
        "console.css", "text/css; charset=utf-8", PackageResources.console_css)
    package static let script = ConsoleAsset(
        "console.js", "text/javascript; charset=utf-8", PackageResources.console_js)
    package static let mark = ConsoleAsset("mark.svg", "image/svg+xml", PackageResources.mark_svg)

    package static let all = [stylesheet, script, mark]

    /// For the header of that name, on every page: nothing from elsewhere, nothing inline, no form to elsewhere.
    package static let contentSecurityPolicy =
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
        + "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
}
