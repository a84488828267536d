import Foundation
package import WeirStorage
import WeirSQLiteStorage

/// Where a store is kept, and the one place that knows which kinds of stores there are.
///
/// A path means a SQLite file; an address names the kind first: `sqlite:///var/lib/weir/weir.db`, or `sqlite:weir.db`
/// for a path that begins where the process runs.
package struct StoreLocation: Sendable, Equatable {
    /// The file.
    package let path: String

    /// - Parameter text: A path or an address.
    /// - Throws: `StoreLocationError`.
    package init(_ text: String) throws(StoreLocationError) {
        guard let (scheme, rest) = Self.parts(of: text) else {
            guard !text.isEmpty else { throw .empty }
            path = text
            return
        }
        guard scheme == "sqlite" else { throw .unsupported(scheme: scheme) }
        path = try Self.path(in: rest)
    }

    /// Opens it for writing, which one process at a time can; makes it where there is none.
    ///
    /// - Throws: `StoreError`.
    package func open(durability: Durability) throws -> any Store {
        try SQLiteStore(path: path, durability: durability)
    }

    /// Opens it for reading, also while another process writes to it.
    ///
    /// - Throws: `StoreError`.
    package func openForReading() throws -> any Store {
        try SQLiteStore(path: path, durability: .process, readOnly: true)
    }

    /// The scheme of an address, in lower case, and what follows the colon; nil for a path.
    ///
    /// Of the schemes without `//` only SQLite's counts: `a:b` may well be a file.
    private static func parts(of text: String) -> (scheme: String, rest: Substring)? {
        guard let colon = text.firstIndex(of: ":") else { return nil }
        let scheme = text[..<colon].lowercased()
        let rest = text[text.index(after: colon)...]
        let isScheme =
            scheme.first?.isLetter == true
            && scheme.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0)) }
        guard isScheme, rest.hasPrefix("//") || scheme == "sqlite" else { return nil }
        return (scheme, rest)
    }

    private static func path(in rest: Substring) throws(StoreLocationError) -> String {
        var path = rest
        if path.hasPrefix("//") {
            path = path.dropFirst(2)
            // What stands before the next slash would be a host.
            guard path.hasPrefix("/") else { throw .unusable(address: "sqlite:\(rest)", why: "it names a host") }
        }
        guard !path.contains(where: { $0 == "?" || $0 == "#" }) else {
            throw .unusable(
                address: "sqlite:\(rest)", why: "it has options after the path (write %3F for ? and %23 for #)")
        }
        guard let decoded = String(path).removingPercentEncoding, !decoded.isEmpty, decoded != "/" else {
            throw .unusable(address: "sqlite:\(rest)", why: "it names no file")
        }
        return decoded
    }
}
