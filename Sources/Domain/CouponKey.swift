import Foundation

/// By what a coupon code is recognised: people and shops write it in any case, with or without blanks.
public struct CouponKey: Sendable, Hashable {
    /// Without blanks, in lower case; signs that only look otherwise (full-width letters, the hyphens of typesetters) as
    /// those of a keyboard.
    public let text: String

    public init(_ code: some StringProtocol) {
        if code.utf8.allSatisfy({ $0 < 0x80 }) {
            text = String(code.filter { !$0.isWhitespace }).lowercased()
            return
        }
        var plain = String.UnicodeScalarView()
        for scalar in String(code).precomposedStringWithCompatibilityMapping.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .dashPunctuation: plain.append("-")
            // Joiners, marks of direction and byte orders cannot be seen.
            case .format, .control: continue
            default: if !scalar.properties.isWhitespace { plain.append(scalar) }
            }
        }
        text = String(plain).lowercased()
    }
}
