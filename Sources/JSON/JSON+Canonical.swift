extension JSON {
    /// The same value in one form: members by name, of a name that comes twice the last, whole numbers as integers.
    ///
    /// Two values that mean the same have the same canonical form.
    package var canonical: JSON {
        switch self {
        case .null, .bool, .integer, .string: return self
        case .number(let value): return Int64(exactly: value).map(JSON.integer) ?? self
        case .array(let values): return .array(values.map(\.canonical))
        case .object(let members):
            var last: [String: JSON] = [:]
            for member in members { last[member.name] = member.value }
            return .object(last.sorted { $0.key < $1.key }.map { Member($0.key, $0.value.canonical) })
        }
    }
}
