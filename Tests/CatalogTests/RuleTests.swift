import Testing
import WeirCatalog
import WeirDomain
import WeirJSON

@Suite("Rules")
struct RuleTests {
    private static let features = ["spend", "baskets", "days", "tenth"]
    private static let values: [Float] = [25, 2, .infinity, 0.1]
    private static let traits: JSON = [
        "city": "Bonn", "age": 30, "vip": true, "tags": ["a", "vip", 3], "address": ["zip": "53111"],
        "first name": "Ann",
        "nothing": nil, "id": 9_007_199_254_740_993,
    ]
    private static let context: JSON = ["store": "S1", "temperature": 9.5]

    private static func holds(_ text: String) throws -> Bool {
        try Rule(compiling: text, features: features, keyed: ["affinity"])
            .holds(features: values, traits: traits, context: context)
    }

    @Test(
        "True rules",
        arguments: [
            "true", "not false", "spend > 20 and baskets >= 2", "spend = 25", "spend == 25", "spend != 24",
            "spend >= 25", "spend <= 25", "spend < 25.5", "-spend < -24", "spend - 5 - 5 = 15", "2 + 3 * 4 = 14",
            "(2 + 3) * 4 = 20", "spend / baskets = 12.5", "24 / 2 / 3 = 4", "spend between 25 and 25",
            "spend between 24 and 26 and baskets between 1 and 2", "not spend between 26 and 30", "days > 45",
            "tenth = 0.1", "tenth <= 0.1", "tenth in [0.1]", "spend in [1, 25, -3]", "spend not in [1, 2]",
            "trait.city = 'Bonn'", "trait.city = \"Bonn\"", "trait.city != 'Berlin'", "trait.city in ['Bonn', 'Rome']",
            "trait.city not in ['Rome']", "'vip' in trait.tags", "3 in trait.tags", "spend - 22 in trait.tags",
            "'b' not in trait.tags", "trait.address.zip = '53111'", "trait.\"first name\" = 'Ann'",
            "trait.'first name' < 'Bob'", "trait.age * 2 = 60", "trait.age between 18 and 30", "trait.vip",
            "trait.vip = true", "has(trait.city)", "not has(trait.nothing)", "not has(trait.address.city)",
            "has(context.store) and context.temperature < 10", "trait.city > 'Berlin'", "'2017-01-02' > '2017-01-01'",
            // What is missing, or of another type, is neither equal nor unequal to anything.
            "not trait.missing = 1", "not trait.missing != 1", "not trait.missing < 1", "not trait.missing",
            "not trait.missing in ['a']", "trait.missing not in ['a']", "not 'a' in trait.missing",
            "not 'a' in trait.city", "not trait.city = 30", "not trait.city != 30", "not trait.age = '30'",
            "not trait.city", "not trait.missing + 1 > 0", "not trait.missing = context.missing",
            "not 0 / 0 = 0", "not 0 / 0 != 0", "1 / 0 > 5", "trait.age > spend",
            // `and` binds before `or`, `not` before both.
            "true or false and false", "not false or true", "not (true and false)", "false = false or false",
            "TRUE AND NOT FALSE", "trait.city NOT IN ['x']",
        ])
    func isTrue(rule: String) throws {
        #expect(try Self.holds(rule))
        #expect(try !Self.holds("not (\(rule))"))
    }

    @Test(
        "False rules",
        arguments: [
            "false", "spend > 25", "spend < 25", "spend != 25", "tenth > 0.1", "tenth < 0.1", "spend in [24]",
            "spend between 26 and 30", "spend between 20 and 24", "trait.city = 'bonn'", "trait.vip != true",
            "(true or false) and false", "has(trait.nothing)", "trait.age in ['30']", "days < 1000000",
        ])
    func isFalse(rule: String) throws {
        #expect(try !Self.holds(rule))
    }

    @Test(
        "Mistakes are refused at their place, with a remedy",
        arguments: [
            ("", 1, "The rule ends where a feature, a trait, a number or a text in quotes is wanted."),
            ("spend", 1, "A number is no condition. Compare it with something, such as “… > 0”."),
            ("true and 'x'", 10, "A text is no condition. Compare it with something, such as “… > 0”."),
            ("spend >", 8, "The rule ends where a feature, a trait, a number or a text in quotes is wanted."),
            ("spnd > 3", 1, "“spnd” is no known feature. Did you mean “spend”?"),
            ("true and other > 3", 10, "“other” is no known feature. Known: “spend”, “baskets”, “days”, “tenth”."),
            (
                "affinity > 3", 1,
                "“affinity” is split by a key and has no single value. Declare a feature without “by”."
            ),
            ("traits.city = 'x'", 1, "“traits.city” is nothing known. Did you mean “trait.city”?"),
            ("trait = 'x'", 1, "“trait” stands where “trait.” and a name, such as “trait.city” is wanted."),
            ("spend > 'x'", 7, "A number and a text are never alike. Compare values of one type."),
            ("true > false", 6, "Booleans have no order. Compare them with “=” or “!=”."),
            ("trait.vip < true", 11, "Booleans have no order. Compare them with “=” or “!=”."),
            ("spend + 'x' > 3", 9, "A text cannot be reckoned with. Use numbers with + - * and /."),
            ("spend in ['x']", 11, "A text can never be a number. List values of its type."),
            ("spend in 3", 10, "“3” stands where a list such as ['a', 'b'], or a trait that is one is wanted."),
            ("trait.x in ['a' 'b']", 17, "“'b'” stands where “,” or “]” is wanted."),
            ("spend between 1 or 2", 17, "“or” stands where “and” and the upper bound is wanted."),
            ("1 < spend < 3", 11, "Comparisons cannot be chained. Write “… between 1 and 5”."),
            ("spend > 3 baskets > 2", 11, "“baskets” does not go on from here. Join conditions with “and” or “or”."),
            ("(spend > 3", 11, "The rule ends where “)” is wanted."),
            ("spend > 3)", 10, "“)” does not go on from here. Join conditions with “and” or “or”."),
            ("true && true", 6, "“&” means nothing here. Write “and”."),
            ("!true", 1, "“!” means nothing here. Write “not”."),
            ("trait.x = 'open", 11, "The text has no end. Close it with '."),
            ("spend > 10%", 9, "“10%” is no number. Write it like “20” or “0.5”."),
            ("spend > 60d", 9, "“60d” is no number. Write it like “20” or “0.5”."),
            ("trait. = 3", 7, "A name is missing behind the dot."),
            ("has(spend)", 5, "“spend” stands where “(”, a trait or a value of the context, and “)” is wanted."),
            ("ü = Bonn", 1, "“ü” is no known feature. Known: “spend”, “baskets”, “days”, “tenth”."),
            ("trait.ü = Bonn", 11, "“Bonn” is no known feature. Known: “spend”, “baskets”, “days”, “tenth”."),
            ("trait.x = #", 11, "“#” means nothing here. Put texts in quotes, such as 'Berlin'."),
        ])
    func refusal(rule: String, column: Int, message: String) {
        #expect(throws: RuleError(column: column, message: message)) {
            try Rule(compiling: rule, features: Self.features, keyed: ["affinity"])
        }
    }

    @Test("A rule nested or prolonged beyond reason is refused, not followed into the end of the stack")
    func bounds() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "(", count: depth) + "true" + String(repeating: ")", count: depth)
        }
        #expect(try Self.holds(nested(64)))
        #expect(throws: RuleError.self) { try Self.holds(nested(65)) }
        #expect(throws: RuleError.self) { try Self.holds(String(repeating: "not ", count: 100_000) + "true") }
        #expect(throws: RuleError.self) { try Self.holds(String(repeating: "-", count: 100_000) + "1 = 1") }
        #expect(throws: RuleError.self) { try Self.holds(String(repeating: "true and ", count: 100_000) + "true") }
    }

    @Test("What a rule looks at is known before it is asked, each once")
    func paths() throws {
        let rule = try Rule(
            compiling: "trait.a.b = 1 or has(trait.c) and 'x' in context.d and trait.a.b > context.d", features: [])
        #expect(rule.traitPaths == [JSONPath("a.b"), JSONPath("c")])
        #expect(rule.contextPaths == [JSONPath("d")])
    }

    @Test("Every rule of the documentation compiles against its example")
    func documentation() throws {
        let catalog = try readCatalog(try Sample().files)
        let rules = try Project.blocks("rule", of: "docs/catalog.md").flatMap { $0.split(separator: "\n") }
        #expect(rules.count >= 6)
        for rule in rules {
            #expect(throws: Never.self) { try Rule(compiling: String(rule), features: catalog.scalarFeatures) }
        }
    }

    @Test("A compiled rule says what a naive reading of the same tree says", arguments: UInt64(0)..<300)
    func naiveReading(seed: UInt64) throws {
        var random = SplitMix64(state: seed)
        let condition = Condition.random(depth: 5, using: &random)
        let rule = try Rule(compiling: condition.text, features: ["f0", "f1", "f2"])
        for _ in 0..<20 {
            let features = (0..<3).map { _ in Float(Int.random(in: -3...3, using: &random)) }
            let traits = JSON.object(
                (0..<3).compactMap { index in
                    let number = Int64.random(in: -4...3, using: &random)
                    return number == -4 ? nil : JSON.Member("t\(index)", .integer(number))
                })
            let holds = rule.holds(features: features, traits: traits, context: .emptyObject)
            try #require(holds == condition.holds(features, traits), "\(condition.text)")
        }
    }
}

/// A rule as a tree, written and read in the plainest way.
private indirect enum Condition {
    case and(Condition, Condition), or(Condition, Condition), not(Condition)
    case compare(String, Number, Number)

    static func random(depth: Int, using random: inout SplitMix64) -> Condition {
        switch depth == 0 ? 3 : Int.random(in: 0..<5, using: &random) {
        case 0: .and(.random(depth: depth - 1, using: &random), .random(depth: depth - 1, using: &random))
        case 1: .or(.random(depth: depth - 1, using: &random), .random(depth: depth - 1, using: &random))
        case 2: .not(.random(depth: depth - 1, using: &random))
        default:
            .compare(
                ["<", "<=", ">", ">=", "=", "!="].randomElement(using: &random)!,
                .random(depth: 2, using: &random), .random(depth: 2, using: &random))
        }
    }

    var text: String {
        switch self {
        case .and(let left, let right): "(\(left.text)) and (\(right.text))"
        case .or(let left, let right): "(\(left.text)) or (\(right.text))"
        case .not(let operand): "not (\(operand.text))"
        case .compare(let relation, let left, let right): "\(left.text) \(relation) \(right.text)"
        }
    }

    func holds(_ features: [Float], _ traits: JSON) -> Bool {
        switch self {
        case .and(let left, let right): return left.holds(features, traits) && right.holds(features, traits)
        case .or(let left, let right): return left.holds(features, traits) || right.holds(features, traits)
        case .not(let operand): return !operand.holds(features, traits)
        case .compare(let relation, let left, let right):
            guard let left = left.value(features, traits), let right = right.value(features, traits) else {
                return false
            }
            switch relation {
            case "<": return left < right
            case "<=": return left <= right
            case ">": return left > right
            case ">=": return left >= right
            case "=": return left == right
            default: return left != right
            }
        }
    }
}

private indirect enum Number {
    case literal(Int), feature(Int), trait(Int)
    case sum(Number, Number), difference(Number, Number), product(Number, Number)

    static func random(depth: Int, using random: inout SplitMix64) -> Number {
        switch Int.random(in: 0..<(depth == 0 ? 3 : 6), using: &random) {
        case 0: .literal(.random(in: -3...3, using: &random))
        case 1: .feature(.random(in: 0..<3, using: &random))
        case 2: .trait(.random(in: 0..<3, using: &random))
        case 3: .sum(.random(depth: depth - 1, using: &random), .random(depth: depth - 1, using: &random))
        case 4: .difference(.random(depth: depth - 1, using: &random), .random(depth: depth - 1, using: &random))
        default: .product(.random(depth: depth - 1, using: &random), .random(depth: depth - 1, using: &random))
        }
    }

    var text: String {
        switch self {
        case .literal(let number): "\(number)"
        case .feature(let index): "f\(index)"
        case .trait(let index): "trait.t\(index)"
        case .sum(let left, let right): "(\(left.text) + \(right.text))"
        case .difference(let left, let right): "(\(left.text) - \(right.text))"
        case .product(let left, let right): "\(left.text) * \(right.text)"
        }
    }

    func value(_ features: [Float], _ traits: JSON) -> Double? {
        func both(_ left: Number, _ right: Number, _ join: (Double, Double) -> Double) -> Double? {
            guard let left = left.value(features, traits), let right = right.value(features, traits) else { return nil }
            return join(left, right)
        }
        switch self {
        case .literal(let number): return Double(number)
        case .feature(let index): return Double(features[index])
        case .trait(let index): return traits["t\(index)"]?.double
        case .sum(let left, let right): return both(left, right, +)
        case .difference(let left, let right): return both(left, right, -)
        case .product(let left, let right): return both(left, right, *)
        }
    }
}

/// Seeded, so that a failure names its seed.
private struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        return StableHash.mixed(state)
    }
}
