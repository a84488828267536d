import WeirJSON

/// A compiled rule: a tree in one flat array, its nodes without references, so that walking it counts none.
struct RuleCode: Sendable {
    enum Relation: Sendable { case less, lessOrEqual, greater, greaterOrEqual, equal, notEqual }

    enum Root: Sendable { case trait, context }

    struct Path: Sendable, Equatable {
        var root: Root
        var path: JSONPath
    }

    /// Numbers behind the cases are indices: of nodes, and where named so of features, paths, literals and lists.
    enum Node: Sendable {
        case and(Int, Int)
        case or(Int, Int)
        case not(Int)
        case has(path: Int)
        /// Where a feature takes part both sides are rounded to its precision, since 0.1 as a `Float` is above 0.1.
        case compareNumbers(Relation, Int, Int, asFloat: Bool)
        case compareValues(Relation, Int, Int)
        case isAmong(Int, list: Int)
        case isElement(Int, path: Int)
        case number(Double)
        case feature(Int)
        case negated(Int)
        case sum(Int, Int)
        case difference(Int, Int)
        case product(Int, Int)
        case quotient(Int, Int)
        /// A text or a boolean.
        case literal(Int)
        /// A trait or a value of the context, whatever its type is.
        case path(Int)
    }

    struct Input {
        let features: UnsafeBufferPointer<Float>
        let traits: JSON
        let context: JSON
    }

    var nodes: ContiguousArray<Node> = []
    var paths: [Path] = []
    var literals: [JSON] = []
    var lists: [[JSON]] = []

    mutating func append(_ node: Node) -> Int {
        nodes.append(node)
        return nodes.count - 1
    }

    func isTrue(_ index: Int, _ input: Input) -> Bool {
        switch nodes[index] {
        case .and(let left, let right): isTrue(left, input) && isTrue(right, input)
        case .or(let left, let right): isTrue(left, input) || isTrue(right, input)
        case .not(let operand): !isTrue(operand, input)
        case .has(let path): value(atPath: path, input) != nil
        case .compareNumbers(let relation, let left, let right, let asFloat):
            if asFloat {
                Self.holds(relation, Float(number(left, input)), Float(number(right, input)))
            } else {
                Self.holds(relation, number(left, input), number(right, input))
            }
        case .compareValues(let relation, let left, let right):
            Self.holds(relation, value(left, input), value(right, input))
        case .isAmong(let operand, let list):
            if let value = value(operand, input) {
                lists[list].contains { Self.holds(.equal, value, $0) }
            } else {
                false
            }
        case .isElement(let operand, let path):
            if let value = value(operand, input), let elements = self.value(atPath: path, input)?.array {
                elements.contains { Self.holds(.equal, value, $0) }
            } else {
                false
            }
        case .literal(let literal): literals[literal] == .bool(true)
        case .path(let path): value(atPath: path, input)?.bool ?? false
        case .number, .feature, .negated, .sum, .difference, .product, .quotient:
            preconditionFailure("The parser lets no number stand for a condition.")
        }
    }

    /// A number; NaN, with which every comparison is false, where it is missing.
    private func number(_ index: Int, _ input: Input) -> Double {
        switch nodes[index] {
        case .number(let value): value
        case .feature(let feature): Double(input.features[feature])
        case .negated(let operand): -number(operand, input)
        case .sum(let left, let right): number(left, input) + number(right, input)
        case .difference(let left, let right): number(left, input) - number(right, input)
        case .product(let left, let right): number(left, input) * number(right, input)
        case .quotient(let left, let right): number(left, input) / number(right, input)
        case .path(let path): value(atPath: path, input)?.double ?? .nan
        default: preconditionFailure("The parser lets no condition stand for a number.")
        }
    }

    private func value(_ index: Int, _ input: Input) -> JSON? {
        switch nodes[index] {
        case .literal(let literal): literals[literal]
        case .path(let path): value(atPath: path, input)
        case .number, .feature, .negated, .sum, .difference, .product, .quotient: .number(number(index, input))
        default: .bool(isTrue(index, input))
        }
    }

    private func value(atPath index: Int, _ input: Input) -> JSON? {
        let path = paths[index]
        return (path.root == .trait ? input.traits : input.context)[path.path]
    }

    private static func holds(_ relation: Relation, _ left: JSON?, _ right: JSON?) -> Bool {
        switch (left, right) {
        case (.string(let left), .string(let right)): holds(relation, left, right)
        case (.bool(let left), .bool(let right)): holds(relation, left ? 1 : 0, right ? 1 : 0)
        case (let left?, let right?):
            if let left = left.double, let right = right.double { holds(relation, left, right) } else { false }
        default: false
        }
    }

    private static func holds<Value: Comparable>(_ relation: Relation, _ left: Value, _ right: Value) -> Bool {
        switch relation {
        case .less: left < right
        case .lessOrEqual: left <= right
        case .greater: left > right
        case .greaterOrEqual: left >= right
        case .equal: left == right
        case .notEqual: left < right || left > right  // Not `!=`, which holds for NaN.
        }
    }
}
