package import WeirJSON

/// What of a value is beyond a limit.
package struct LimitFault: Error, Sendable, Equatable {
    package var kind: Limits.Kind
    /// Where: names and places in arrays with slashes between them, such as `properties/products/3`.
    package var field: String
    /// What is wrong and its remedy, in sentences.
    package var reason: String

    package init(_ kind: Limits.Kind, _ field: String, _ reason: String) {
        self.kind = kind
        self.field = field
        self.reason = reason
    }
}

extension Limits {
    /// - Throws: `LimitFault` where an id is too long.
    package func checkID(_ id: String, _ field: String) throws(LimitFault) {
        let count = id.utf8.count
        guard count > idBytes else { return }
        throw LimitFault(
            .id, field,
            "“\(field)” has \(count) bytes; at most \(idBytes) are allowed. Send a short id, such as a UUID.")
    }

    /// - Throws: `LimitFault` where a name is too long.
    package func checkName(_ name: String, _ field: String) throws(LimitFault) {
        let count = name.utf8.count
        guard count > nameBytes else { return }
        throw LimitFault(
            .name, field,
            "“\(field)” has \(count) bytes; at most \(nameBytes) are allowed. Send a short name and its details beside it."
        )
    }

    /// Checks the names, the numbers of members and the depth of a value and all in it, in one walk.
    ///
    /// - Parameter field: Of the value, for what is wrong.
    /// - Throws: `LimitFault`, the first that is found.
    package func check(_ value: JSON, _ field: String) throws(LimitFault) { try check(value, field, depth: 1) }

    private func check(_ value: JSON, _ field: String, depth level: Int) throws(LimitFault) {
        switch value {
        case .null, .bool, .integer, .number, .string: return
        case .array(let values):
            try checkDepth(level, field)
            for (index, value) in values.enumerated() where value.isNested {
                try check(value, "\(field)/\(index)", depth: level + 1)
            }
        case .object(let members):
            try checkDepth(level, field)
            guard members.count <= self.members else {
                throw LimitFault(
                    .members, field,
                    "“\(field)” has \(members.count) members; at most \(self.members) are allowed. Leave out what nobody "
                        + "needs, or send a list.")
            }
            for member in members {
                let count = member.name.utf8.count
                guard count <= nameBytes else {
                    throw LimitFault(
                        .name, field,
                        "“\(field)” has a member whose name, “\(member.name.beginning)”, has \(count) bytes; at most "
                            + "\(nameBytes) are allowed. Send what varies as a value, not as a name.")
                }
                if member.value.isNested { try check(member.value, "\(field)/\(member.name)", depth: level + 1) }
            }
        }
    }

    private func checkDepth(_ level: Int, _ field: String) throws(LimitFault) {
        guard level > depth else { return }
        throw LimitFault(
            .depth, String(field.prefix(200)),
            "“\(field.beginning)” stands \(level) deep; at most \(depth) objects and arrays may stand in each other. "
                + "Send flatter values.")
    }

    /// - Throws: `LimitFault` where a trait is longer than a person may hold.
    package func checkTraits(_ traits: JSON, _ field: String) throws(LimitFault) {
        for member in traits.members ?? [] where member.value.isLonger(than: traitBytes) {
            throw LimitFault(
                .trait, "\(field)/\(member.name)",
                "“\(field).\(member.name.beginning)” is longer than \(traitBytes) bytes, which one trait may have. Keep what "
                    + "is long elsewhere, and its id here.")
        }
    }

    /// - Throws: `LimitFault` where the context of a decision is too long or its members are too many, too long or too deep.
    package func checkContext(_ context: JSON, _ field: String) throws(LimitFault) {
        guard !context.isLonger(than: contextBytes) else {
            throw LimitFault(
                .context, field,
                "“\(field)” has \(context.bytes.count) bytes; at most \(contextBytes) are allowed. Send only what rules and "
                    + "features of the catalog look at.")
        }
        try check(context, field)
    }
}

extension JSON {
    fileprivate var isNested: Bool {
        switch self {
        case .array, .object: true
        default: false
        }
    }

    /// Whether the compact JSON is longer than that many bytes; written out only where an upper bound is not enough.
    package func isLonger(than limit: Int) -> Bool { maximalLength > limit && bytes.count > limit }

    /// No compact JSON of this value is longer: a byte of text takes at most six when escaped.
    package var maximalLength: Int {
        switch self {
        case .null, .bool: 6
        case .integer, .number: 26
        case .string(let text): text.utf8.count * 6 + 3
        case .array(let values): values.reduce(3) { $0 + $1.maximalLength }
        case .object(let members): members.reduce(3) { $0 + $1.name.utf8.count * 6 + 3 + $1.value.maximalLength }
        }
    }
}

extension String {
    /// As much as an error may repeat of what somebody sent.
    package var beginning: String { utf8.count <= 60 ? self : String(prefix(60)) + "…" }
}
