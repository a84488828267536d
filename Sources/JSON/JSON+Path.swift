/// Names on the way into a JSON value, written with dots: `properties.coupon`.
public struct JSONPath: Sendable, Hashable, Codable, CustomStringConvertible {
    public let names: [String]

    public init(names: [String]) { self.names = names }

    /// Reads `a.b.c`; an empty text is the value itself.
    public init(_ text: some StringProtocol) {
        let parts = String(text).split(separator: ".", omittingEmptySubsequences: false)
        names = text.isEmpty ? [] : parts.map(String.init)
    }

    public var description: String { names.joined(separator: ".") }
}

extension JSON {
    /// The value at the end of the path; nil where a member is missing or null.
    public subscript(path: JSONPath) -> JSON? {
        var value = self
        for name in path.names {
            guard let next = value.present(name) else { return nil }
            value = next
        }
        return value == .null ? nil : value
    }
}
