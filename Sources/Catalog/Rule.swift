public import WeirDomain
public import WeirJSON

/// A rule over a person's features, traits and the request's context, such as `spend_60d > 20 and trait.vip`.
///
/// Compiled once, since it is asked for every candidate of every decision. The language stands in `docs/catalog.md`.
/// A comparison with a missing value, with 0 ÷ 0, or between values of different types is false.
public struct Rule: Sendable {
    public let text: String
    private let code: RuleCode
    private let root: Int
    private let featureCount: Int

    /// - Parameters:
    ///   - text: The rule as it is written in a campaign.
    ///   - features: Names of the features with a single value, in declared order.
    ///   - keyed: Names of the features split by a key, for a better message where a rule names one.
    /// - Throws: `RuleError` with the place in the text.
    public init(compiling text: String, features: [String], keyed: [String] = []) throws(RuleError) {
        var parser = try RuleParser(text, features: features, keyed: keyed)
        root = try parser.rule()
        code = parser.code
        featureCount = features.count
        self.text = text
    }

    /// The traits that it looks at, in order of appearance: what a log must keep to ask again.
    public var traitPaths: [JSONPath] { code.paths.filter { $0.root == .trait }.map(\.path) }

    /// The parts of the request's context that it looks at, in order of appearance.
    public var contextPaths: [JSONPath] { code.paths.filter { $0.root == .context }.map(\.path) }

    /// Whether the rule holds for a person at a moment.
    ///
    /// - Parameters:
    ///   - features: The features with a single value, in the order given when the rule was compiled.
    ///   - traits: An object.
    ///   - context: The request's context, an object.
    public func holds(features: [Float], traits: JSON, context: JSON) -> Bool {
        precondition(features.count == featureCount, "The rule was compiled for other features.")
        return features.withUnsafeBufferPointer { features in
            code.isTrue(root, RuleCode.Input(features: features, traits: traits, context: context))
        }
    }

    /// Whether a name can be written in a rule as it is: letters, digits and `_`, and no word of the language.
    public static func isPlainName(_ name: String) -> Bool {
        guard let first = name.unicodeScalars.first, RuleToken.isNameStart(first) else { return false }
        return name.unicodeScalars.allSatisfy(RuleToken.isNamePart) && !RuleToken.words.contains(name.lowercased())
    }
}

extension Catalog {
    /// Names of the features with a single value, in declared order: what rules can name.
    public var scalarFeatures: [String] { features.filter { !$0.isKeyed }.map(\.name) }
}
