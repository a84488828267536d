/// Markup that is safe to send: literals stand as written, every text that is interpolated is escaped.
///
///     let cell: HTML = "<td title=\"\(offer.name)\">\(offer.name)</td>"
///
/// Attributes must be double-quoted. The only way around escaping is to interpolate other `HTML`, which came about in
/// the same way.
package struct HTML: Sendable, Equatable, ExpressibleByStringInterpolation {
    package private(set) var text: String

    package init(stringLiteral value: String) { text = value }
    package init(stringInterpolation: StringInterpolation) { text = stringInterpolation.text }

    package static let empty: HTML = ""

    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var text = ""

        package init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity + interpolationCount * 16)
        }

        package mutating func appendLiteral(_ literal: String) { text += literal }
        package mutating func appendInterpolation(_ markup: HTML) { text += markup.text }
        package mutating func appendInterpolation(_ markup: HTML?) { text += markup?.text ?? "" }
        package mutating func appendInterpolation(_ number: Int) { text += String(number) }

        package mutating func appendInterpolation(_ parts: [HTML]) {
            for part in parts { text += part.text }
        }

        package mutating func appendInterpolation(_ plain: String) {
            // Most texts need nothing; looking at bytes is far cheaper than rebuilding them scalar by scalar.
            if plain.utf8.allSatisfy({ ($0 > 0x3e && $0 != 0x7f) || (0x28...0x3b).contains($0) || $0 == 0x20 }) {
                return text += plain
            }
            for scalar in plain.unicodeScalars {
                switch scalar {
                case "&": text += "&amp;"
                case "<": text += "&lt;"
                case ">": text += "&gt;"
                case "\"": text += "&quot;"
                case "'": text += "&#39;"
                // HTML has no way to write these, not even as a reference.
                case "\u{0}"..."\u{8}", "\u{b}", "\u{c}", "\u{e}"..."\u{1f}", "\u{7f}": text += "\u{fffd}"
                default: text.unicodeScalars.append(scalar)
                }
            }
        }
    }
}
