public import WeirDomain
public import WeirJSON

/// A message with places for what is known of a person: `Hello {{trait.firstName|there}}, {{offer.name}} waits.`
///
/// It knows nothing of HTML: who shows the message escapes it for the place where it is shown.
public struct MessageTemplate: Sendable, Hashable {
    private enum Piece: Sendable, Hashable {
        case text(String)
        case trait(JSONPath, fallback: String)
        case context(JSONPath, fallback: String)
        case offer(OfferField, fallback: String)
    }

    /// What a message may tell of an offer; its cost and value are nobody's business.
    private enum OfferField: String, CaseIterable {
        case id, name, coupon
    }

    private var pieces: [Piece] = []

    /// - Throws: `RuleError` with the place in the text: an open or empty placeholder, a root that is not `trait`,
    ///   `context` or `offer`, or a field that offers do not show.
    public init(compiling text: String) throws(RuleError) {
        var rest = text[...]
        while let open = rest.firstIndex(ofPair: "{") {
            let column = text.unicodeScalars.distance(from: text.startIndex, to: open) + 1
            if open > rest.startIndex { pieces.append(.text(String(rest[..<open]))) }
            rest = rest[open...].dropFirst(2)
            guard let close = rest.firstIndex(ofPair: "}") else {
                throw RuleError(column: column, message: "The placeholder has no end. Close it with “}}”.")
            }
            pieces.append(try Self.placeholder(rest[..<close], column: column))
            rest = rest[close...].dropFirst(2)
        }
        if !rest.isEmpty { pieces.append(.text(String(rest))) }
    }

    /// The traits that it shows, in order of appearance.
    public var traitPaths: [JSONPath] {
        pieces.compactMap { if case .trait(let path, _) = $0 { path } else { nil } }
    }

    /// The parts of the request's context that it shows, in order of appearance.
    public var contextPaths: [JSONPath] {
        pieces.compactMap { if case .context(let path, _) = $0 { path } else { nil } }
    }

    /// The message for one person; what is missing, or is neither text, number nor boolean, gives way to its fallback.
    public func render(offer: Offer, traits: JSON, context: JSON) -> String {
        var message = ""
        for piece in pieces {
            switch piece {
            case .text(let text): message += text
            case .trait(let path, let fallback): message += Self.shown(traits[path]) ?? fallback
            case .context(let path, let fallback): message += Self.shown(context[path]) ?? fallback
            case .offer(.id, _): message += offer.id.rawValue
            case .offer(.name, _): message += offer.name
            case .offer(.coupon, let fallback): message += offer.coupon ?? fallback
            }
        }
        return message
    }

    private static func shown(_ value: JSON?) -> String? {
        switch value {
        case .string(let text): text.isEmpty ? nil : text
        case .integer, .number, .bool: value?.text
        case .null, .array, .object, nil: nil
        }
    }

    private static func placeholder(_ text: Substring, column: Int) throws(RuleError) -> Piece {
        let halves = text.split(separator: "|", maxSplits: 1, omittingEmptySubsequences: false).map(trimmed)
        let fallback = halves.count == 2 ? halves[1] : ""
        let path = JSONPath(halves[0])
        guard let root = path.names.first, path.names.count > 1, !path.names.contains("") else {
            let message = "“{{\(text)}}” names nothing. Write it like “{{trait.firstName|there}}”."
            throw RuleError(column: column, message: message)
        }
        let inner = JSONPath(names: Array(path.names.dropFirst()))
        switch root {
        case "trait": return .trait(inner, fallback: fallback)
        case "context": return .context(inner, fallback: fallback)
        case "offer":
            if let field = OfferField(rawValue: inner.description) { return .offer(field, fallback: fallback) }
            let remedy = inner.description.suggestion(from: OfferField.allCases.map(\.rawValue))
            throw RuleError(column: column, message: "Offers show no “\(inner)”. \(remedy)")
        default:
            let remedy = root.suggestion(from: ["trait", "context", "offer"])
            throw RuleError(column: column, message: "“\(root)” is no source of placeholders. \(remedy)")
        }
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}

extension Substring {
    /// Where a character first stands twice in a row.
    fileprivate func firstIndex(ofPair character: Character) -> Index? {
        indices.dropLast().first { self[$0] == character && self[index(after: $0)] == character }
    }
}
