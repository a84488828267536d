import WeirJSON

extension JSON {
    /// The object with that member replaced, or added at its end.
    func setting(_ name: String, to value: JSON) -> JSON {
        var members = members ?? []
        if let index = members.firstIndex(where: { $0.name == name }) {
            members[index].value = value
        } else {
            members.append(Member(name, value))
        }
        return .object(members)
    }

    /// Whether the compact JSON is longer than that many bytes; written out only where an upper bound is not enough.
    func isLonger(than limit: Int) -> Bool { maximalLength > limit && bytes.count > limit }

    /// No compact JSON of this value is longer: a byte of text takes at most six when escaped.
    private var maximalLength: Int {
        switch self {
        case .null, .bool: 6
        case .integer, .number: 26
        case .string(let text): text.utf8.count * 6 + 3
        case .array(let values): values.reduce(3) { $0 + $1.maximalLength }
        case .object(let members): members.reduce(3) { $0 + $1.name.utf8.count * 6 + 3 + $1.value.maximalLength }
        }
    }
}
