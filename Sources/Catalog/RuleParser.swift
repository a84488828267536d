import WeirDomain
import WeirJSON

/// Turns the text of a rule into code, by recursive descent, and checks types as far as they are known.
struct RuleParser {
    private let tokens: [RuleToken]
    private var index = 0
    private var depth = 0
    private let features: [String]
    private let keyed: [String]
    private(set) var code = RuleCode()

    /// What is known of a part's type before it meets a person.
    private enum ValueType { case number, text, boolean, unknown }

    private struct Part {
        var node: Int
        var type: ValueType
        var column: Int
        /// Whether it is computed from a feature, which is a `Float`.
        var isFloat = false
    }

    /// A rule that is longer or deeper was not written by a person, and would be walked recursively.
    private static let greatestDepth = 64
    private static let greatestSize = 2000

    init(_ text: String, features: [String], keyed: [String]) throws(RuleError) {
        tokens = try RuleToken.all(in: text)
        guard tokens.count <= Self.greatestSize else {
            throw RuleError(
                column: 1, message: "The rule has more than \(Self.greatestSize) words. Compute a trait instead.")
        }
        self.features = features
        self.keyed = keyed
    }

    /// The whole rule; the index of its root.
    mutating func rule() throws(RuleError) -> Int {
        let rule = try condition(try disjunction())
        guard current.kind == .end else {
            throw RuleError(
                column: current.column,
                message: "“\(current.written)” does not go on from here. Join conditions with “and” or “or”.")
        }
        return rule.node
    }

    // MARK: Conditions

    private mutating func disjunction() throws(RuleError) -> Part {
        var left = try conjunction()
        while take(word: "or") {
            let right = try condition(try conjunction())
            left = boolean(.or(try condition(left).node, right.node), at: left)
        }
        return left
    }

    private mutating func conjunction() throws(RuleError) -> Part {
        var left = try negation()
        while take(word: "and") {
            let right = try condition(try negation())
            left = boolean(.and(try condition(left).node, right.node), at: left)
        }
        return left
    }

    private mutating func negation() throws(RuleError) -> Part {
        let column = current.column
        guard take(word: "not") else { return try comparison() }
        try descend()
        defer { depth -= 1 }
        let operand = try condition(try negation())
        return Part(node: code.append(.not(operand.node)), type: .boolean, column: column)
    }

    private static let relations: [String: RuleCode.Relation] = [
        "<": .less, "<=": .lessOrEqual, ">": .greater, ">=": .greaterOrEqual, "=": .equal, "==": .equal,
        "!=": .notEqual,
    ]

    private mutating func comparison() throws(RuleError) -> Part {
        let left = try sum()
        if case .symbol(let symbol) = current.kind, let relation = Self.relations[symbol] {
            let column = current.column
            index += 1
            let result = try compare(left, relation, try sum(), column: column)
            if case .symbol(let symbol) = current.kind, Self.relations[symbol] != nil {
                throw RuleError(
                    column: current.column, message: "Comparisons cannot be chained. Write “… between 1 and 5”.")
            }
            return result
        }
        if take(word: "between") {
            let column = left.column
            let low = try compare(left, .greaterOrEqual, try sum(), column: column)
            guard take(word: "and") else { throw unexpected("“and” and the upper bound") }
            let high = try compare(left, .lessOrEqual, try sum(), column: column)
            return boolean(.and(low.node, high.node), at: left)
        }
        let isNegated = isWord("not") && isWord("in", at: index + 1)
        if isNegated { index += 1 }
        guard take(word: "in") else { return left }
        let member = try membership(of: left)
        return isNegated ? boolean(.not(member.node), at: left) : member
    }

    private mutating func compare(
        _ left: Part, _ relation: RuleCode.Relation, _ right: Part, column: Int
    ) throws(RuleError) -> Part {
        let types = (left.type, right.type)
        guard left.type == right.type || left.type == .unknown || right.type == .unknown else {
            let message =
                "\(Self.name(left.type)) and \(Self.name(right.type).lowercased()) are never alike. Compare values of one type."
            throw RuleError(column: column, message: message)
        }
        if types.0 == .boolean || types.1 == .boolean, relation != .equal, relation != .notEqual {
            throw RuleError(column: column, message: "Booleans have no order. Compare them with “=” or “!=”.")
        }
        if types.0 == .number || types.1 == .number {
            let asFloat = left.isFloat || right.isFloat
            return boolean(.compareNumbers(relation, left.node, right.node, asFloat: asFloat), at: left)
        }
        return boolean(.compareValues(relation, left.node, right.node), at: left)
    }

    private mutating func membership(of left: Part) throws(RuleError) -> Part {
        if case .name(let names) = current.kind, let path = try path(names) {
            index += 1
            return boolean(.isElement(left.node, path: path), at: left)
        }
        guard take(symbol: "[") else { throw unexpected("a list such as ['a', 'b'], or a trait that is one") }
        var list: [JSON] = []
        repeat {
            let column = current.column
            let element = try literal()
            let type: ValueType = element.string != nil ? .text : element.bool != nil ? .boolean : .number
            guard left.type == .unknown || left.type == type else {
                let message =
                    "\(Self.name(type)) can never be \(Self.name(left.type).lowercased()). List values of its type."
                throw RuleError(column: column, message: message)
            }
            if left.isFloat, let number = element.double {
                list.append(.number(Double(Float(number))))
            } else {
                list.append(element)
            }
        } while take(symbol: ",")
        guard take(symbol: "]") else { throw unexpected("“,” or “]”") }
        code.lists.append(list)
        return boolean(.isAmong(left.node, list: code.lists.count - 1), at: left)
    }

    private mutating func literal() throws(RuleError) -> JSON {
        let isNegative = take(symbol: "-")
        defer { index += 1 }
        switch current.kind {
        case .number(let number): return .number(isNegative ? -number : number)
        case .text(let text) where !isNegative: return .string(text)
        case .name where !isNegative && isWord("true"): return true
        case .name where !isNegative && isWord("false"): return false
        default: throw unexpected("a number, a text in quotes, true or false")
        }
    }

    // MARK: Numbers

    private mutating func sum() throws(RuleError) -> Part {
        var left = try product()
        while true {
            let isSum = current.kind == .symbol("+")
            guard isSum || current.kind == .symbol("-") else { return left }
            index += 1
            let right = try product()
            left = try arithmetic(left, right) { isSum ? .sum($0, $1) : .difference($0, $1) }
        }
    }

    private mutating func product() throws(RuleError) -> Part {
        var left = try factor()
        while true {
            let isProduct = current.kind == .symbol("*")
            guard isProduct || current.kind == .symbol("/") else { return left }
            index += 1
            let right = try factor()
            left = try arithmetic(left, right) { isProduct ? .product($0, $1) : .quotient($0, $1) }
        }
    }

    private mutating func arithmetic(
        _ left: Part, _ right: Part, _ node: (Int, Int) -> RuleCode.Node
    ) throws(RuleError) -> Part {
        try requireNumber(left)
        try requireNumber(right)
        return Part(
            node: code.append(node(left.node, right.node)), type: .number, column: left.column,
            isFloat: left.isFloat || right.isFloat)
    }

    private mutating func factor() throws(RuleError) -> Part {
        let column = current.column
        guard take(symbol: "-") else { return try primary() }
        try descend()
        defer { depth -= 1 }
        let operand = try factor()
        try requireNumber(operand)
        return Part(node: code.append(.negated(operand.node)), type: .number, column: column, isFloat: operand.isFloat)
    }

    private mutating func primary() throws(RuleError) -> Part {
        let token = current
        if take(symbol: "(") {
            try descend()
            defer { depth -= 1 }
            let inner = try disjunction()
            guard take(symbol: ")") else { throw unexpected("“)”") }
            return inner
        }
        switch token.kind {
        case .number(let number):
            index += 1
            return Part(node: code.append(.number(number)), type: .number, column: token.column)
        case .text(let text):
            index += 1
            return literal(.string(text), .text, at: token)
        case .name(let names):
            if names.count == 1, let part = try word(names[0].lowercased(), at: token) { return part }
            if let path = try path(names) {
                index += 1
                return Part(node: code.append(.path(path)), type: .unknown, column: token.column)
            }
            return try feature(names, at: token)
        default: throw unexpected("a feature, a trait, a number or a text in quotes")
        }
    }

    /// `true`, `false` and `has(…)`; nil where the name is none of these.
    private mutating func word(_ word: String, at token: RuleToken) throws(RuleError) -> Part? {
        switch word {
        case "true", "false":
            index += 1
            return literal(.bool(word == "true"), .boolean, at: token)
        case "has":
            index += 1
            guard take(symbol: "("), case .name(let names) = current.kind, let path = try path(names) else {
                throw unexpected("“(”, a trait or a value of the context, and “)”")
            }
            index += 1
            guard take(symbol: ")") else { throw unexpected("“)”") }
            return Part(node: code.append(.has(path: path)), type: .boolean, column: token.column)
        case "and", "or", "not", "in", "between":
            throw unexpected("a feature, a trait, a number or a text in quotes")
        default: return nil
        }
    }

    // MARK: Names

    private mutating func feature(_ names: [String], at token: RuleToken) throws(RuleError) -> Part {
        let name = names.joined(separator: ".")
        guard let feature = features.firstIndex(of: name) else {
            if keyed.contains(name) {
                let message = "“\(name)” is split by a key and has no single value. Declare a feature without “by”."
                throw RuleError(column: token.column, message: message)
            }
            if let root = names[0].nearest(in: ["trait", "context"]), names.count > 1 {
                let meant = ([root] + names.dropFirst()).joined(separator: ".")
                throw RuleError(column: token.column, message: "“\(name)” is nothing known. Did you mean “\(meant)”?")
            }
            let remedy = name.suggestion(from: features, fallback: "Declare it in weir.yaml, or write “trait.\(name)”.")
            throw RuleError(column: token.column, message: "“\(name)” is no known feature. \(remedy)")
        }
        index += 1
        return Part(node: code.append(.feature(feature)), type: .number, column: token.column, isFloat: true)
    }

    /// The path that begins with `trait` or `context`; nil where the names do not.
    private mutating func path(_ names: [String]) throws(RuleError) -> Int? {
        guard names[0] == "trait" || names[0] == "context" else { return nil }
        guard names.count > 1 else { throw unexpected("“\(names[0]).” and a name, such as “\(names[0]).city”") }
        let root: RuleCode.Root = names[0] == "trait" ? .trait : .context
        let path = RuleCode.Path(root: root, path: JSONPath(names: Array(names.dropFirst())))
        if let known = code.paths.firstIndex(of: path) { return known }
        code.paths.append(path)
        return code.paths.count - 1
    }

    // MARK: Parts

    private mutating func literal(_ value: JSON, _ type: ValueType, at token: RuleToken) -> Part {
        code.literals.append(value)
        return Part(node: code.append(.literal(code.literals.count - 1)), type: type, column: token.column)
    }

    private mutating func boolean(_ node: RuleCode.Node, at part: Part) -> Part {
        Part(node: code.append(node), type: .boolean, column: part.column)
    }

    private func condition(_ part: Part) throws(RuleError) -> Part {
        guard part.type == .number || part.type == .text else { return part }
        let message = "\(Self.name(part.type)) is no condition. Compare it with something, such as “… > 0”."
        throw RuleError(column: part.column, message: message)
    }

    private func requireNumber(_ part: Part) throws(RuleError) {
        guard part.type == .text || part.type == .boolean else { return }
        let message = "\(Self.name(part.type)) cannot be reckoned with. Use numbers with + - * and /."
        throw RuleError(column: part.column, message: message)
    }

    private static func name(_ type: ValueType) -> String {
        switch type {
        case .number: "A number"
        case .text: "A text"
        case .boolean: "A boolean"
        case .unknown: "A value"
        }
    }

    // MARK: Tokens

    private var current: RuleToken { tokens[index] }

    private func isWord(_ word: String, at index: Int? = nil) -> Bool {
        if case .name(let names) = tokens[index ?? self.index].kind {
            names.count == 1 && names[0].lowercased() == word
        } else {
            false
        }
    }

    private mutating func take(word: String) -> Bool {
        guard isWord(word) else { return false }
        index += 1
        return true
    }

    private mutating func take(symbol: String) -> Bool {
        guard current.kind == .symbol(symbol) else { return false }
        index += 1
        return true
    }

    private func unexpected(_ wanted: String) -> RuleError {
        let found = current.kind == .end ? "The rule ends" : "“\(current.written)” stands"
        return RuleError(column: current.column, message: "\(found) where \(wanted) is wanted.")
    }

    private mutating func descend() throws(RuleError) {
        depth += 1
        guard depth <= Self.greatestDepth else {
            throw RuleError(column: current.column, message: "The rule is nested too deeply. Compute a trait instead.")
        }
    }
}
