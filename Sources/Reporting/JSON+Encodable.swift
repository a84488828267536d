import Foundation
package import WeirJSON

extension JSON {
    /// A value's coding as JSON: names in snake case and in alphabetical order.
    ///
    /// Null stands for a number that is not finite, and for a value that cannot be encoded.
    package init(snakeCase value: some Encodable) {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: Self.notFinite, negativeInfinity: Self.notFinite, nan: Self.notFinite)
        let coded = (try? encoder.encode(value)).flatMap { try? JSON(parsing: Array($0)) }
        self = coded?.withoutSpeltNumbers ?? .null
    }

    /// Stands for NaN and infinities on the way; no text of ours begins with this character.
    private static var notFinite: String { "\u{1}not finite" }

    /// NaN and infinities, which JSON cannot hold, as null.
    private var withoutSpeltNumbers: JSON {
        switch self {
        case .string(Self.notFinite): .null
        case .array(let values): .array(values.map(\.withoutSpeltNumbers))
        case .object(let members): .object(members.map { Member($0.name, $0.value.withoutSpeltNumbers) })
        default: self
        }
    }
}
