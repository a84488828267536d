/// Takes out of texts what must not be read later: keys, and line breaks that would begin a line of their own in a log.
package enum Redaction {
    /// With which every key begins that Weir makes.
    package static let keyPrefix = "wk_"

    /// The text with `wk_…` in place of each key in it.
    package static func withoutKeys(_ text: String) -> String {
        guard text.contains(keyPrefix) else { return text }
        var result = ""
        var rest = text[...]
        while let range = rest.firstRange(of: keyPrefix) {
            let tail = rest[range.upperBound...].prefix { isKeyCharacter($0) }
            result += rest[..<range.upperBound]
            result += tail.count >= 20 ? "…" : String(tail)
            rest = rest[tail.endIndex...]
        }
        return result + rest
    }

    /// The text on one line: control characters and what some programs take for a line break are written as escapes.
    package static func onOneLine(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isBreaking) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case let scalar where isBreaking(scalar): result += "\\u{\(String(scalar.value, radix: 16))}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// The text with `“…”` in place of what stands in such quotes: in a message these are values that somebody sent.
    package static func withoutQuotes(_ text: String) -> String {
        var result = ""
        var depth = 0
        for character in text {
            if character == "“" {
                if depth == 0 { result += "“…" }
                depth += 1
            } else if character == "”" {
                depth = max(0, depth - 1)
                if depth == 0 { result += "”" }
            } else if depth == 0 {
                result.append(character)
            }
        }
        return result
    }

    private static func isBreaking(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7f..<0xa0, 0x2028, 0x2029, 0x202a...0x202e, 0x2066...0x2069: true
        default: false
        }
    }

    private static func isKeyCharacter(_ character: Character) -> Bool {
        guard let byte = character.asciiValue else { return false }
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x5f: return true
        default: return false
        }
    }
}
