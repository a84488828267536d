import WeirDomain
import Yams

/// A value of a YAML file that knows where it stands, so that whoever refuses it need not say so.
struct YAMLValue {
    let node: Node
    /// The way to it, such as `offers[0].cost`.
    let field: String
    let source: YAMLSource

    /// Notes a fault at this value.
    func refuse(_ message: String) {
        source.refuse(message, field: field, line: line, column: node.mark?.column ?? 1)
    }

    /// Notes a fault at this value and answers nil, to be returned in the value's place.
    func refusal<Value>(_ message: String) -> Value? {
        refuse(message)
        return nil
    }

    /// Notes a fault at a character of this text, `offset` Unicode scalars from its beginning.
    func refuse(_ message: String, offset: Int) {
        guard case .scalar(let scalar) = node else { return }
        let (line, column) = source.position(in: scalar, offset: offset)
        source.refuse(message, field: field, line: line, column: column)
    }

    /// What kind of value this is, as a message names it.
    var kind: String {
        switch node {
        case .scalar(let scalar): "“\(scalar.string)”"
        case .sequence: "A list"
        case .mapping: "A mapping"
        case .alias: "An alias"
        }
    }

    /// Where it begins, from 1.
    var line: Int { node.mark?.line ?? 1 }

    var isSingle: Bool { node.scalar != nil }
    var isEmptyList: Bool { node.sequence?.isEmpty ?? false }
    func has(_ key: String) -> Bool { node.mapping?.keys.contains { $0.scalar?.string == key } ?? false }

    /// Nothing is written here, or YAML's null.
    var isNull: Bool {
        guard case .scalar(let scalar) = node, scalar.style == .plain else { return false }
        return ["", "~", "null"].contains(scalar.string)
    }

    /// A single value as it is written; `wanted` names what it should be.
    func written(_ wanted: String) -> String? {
        guard case .scalar(let scalar) = node else {
            return refusal("\(kind) stands where \(wanted) is wanted. Write one value.")
        }
        return scalar.string
    }

    /// The entries of a list; a fault and no entries where this is none.
    func list() -> [YAMLValue] {
        guard case .sequence(let sequence) = node else {
            refuse("\(kind) stands where a list is wanted. Begin each entry on a line of its own with “- ”.")
            return []
        }
        return sequence.enumerated().map { index, node in
            YAMLValue(node: node, field: "\(field)[\(index)]", source: source)
        }
    }

    /// The entries of a list of single values, where one value may stand for a list of one.
    func listOrOne() -> [YAMLValue] {
        isSingle ? [self] : list()
    }

    /// The entries of a mapping in their order; a fault and no entries where this is none.
    func entries() -> [(name: YAMLValue, value: YAMLValue)] {
        guard case .mapping(let mapping) = node else {
            refuse("\(kind) stands where a mapping is wanted. Write one “name: value” a line.")
            return []
        }
        return mapping.compactMap { key, value in
            let name = YAMLValue(node: key, field: field, source: source)
            guard let text = name.written("a key") else { return nil }
            let path = field.isEmpty ? text : "\(field).\(text)"
            return (
                YAMLValue(node: key, field: path, source: source), YAMLValue(node: value, field: path, source: source)
            )
        }
    }

    /// Reads a mapping; keys that `body` does not ask for are faults, so it must ask for all that there are.
    func fields<Value>(_ body: (YAMLFields) -> Value) -> Value? {
        guard case .mapping = node else {
            _ = entries()
            return nil
        }
        let fields = YAMLFields(self)
        defer { fields.refuseUnknown() }
        return body(fields)
    }
}

/// The fields of a mapping while it is read; remembers what was asked for, which is what may stand there.
final class YAMLFields {
    private let whole: YAMLValue
    private let entries: [(name: YAMLValue, value: YAMLValue)]
    private var known: [String] = []

    init(_ whole: YAMLValue) {
        self.whole = whole
        entries = whole.entries()
    }

    /// The value under a name; nil where it is missing or null.
    subscript(name: String) -> YAMLValue? {
        if !known.contains(name) { known.append(name) }
        let entry = entries.first { $0.name.node.scalar?.string == name }
        return entry.flatMap { $0.value.isNull ? nil : $0.value }
    }

    /// The value under a name; a fault where it is missing. `example` is what the remedy shows.
    func required(_ name: String, like example: String) -> YAMLValue? {
        if let value = self[name] { return value }
        let field = whole.field.isEmpty ? name : "\(whole.field).\(name)"
        return YAMLValue(node: whole.node, field: field, source: whole.source)
            .refusal("“\(name)” is missing. Add it, such as `\(name): \(example)`.")
    }

    func refuseUnknown() {
        for (name, _) in entries {
            guard let text = name.node.scalar?.string, !known.contains(text) else { continue }
            name.refuse("“\(text)” is no key that may stand here. \(text.suggestion(from: known))")
        }
    }
}
