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
    /// All values at the ends of the path, null left out: on its way through an array it goes on in each element, whether
    /// `*` stands for them (`products.*.coupon`) or nothing does (`products.coupon`).
    public func values(at path: JSONPath) -> [JSON] {
        var values = [self]
        for name in path.names {
            values = values.flatMap { value -> [JSON] in
                switch value {
                case .array(let elements):
                    name == "*" ? elements : elements.compactMap { $0.present(name) }
                default: value.present(name).map { [$0] } ?? []
                }
            }
        }
        return values.filter { $0 != .null }
    }

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
