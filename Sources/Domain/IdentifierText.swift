@_spi(_Unicode) import Swift

/// How texts that name somebody are read wherever they come in, so that one person has one name.
package enum IdentifierText {
    /// The text with equivalent letters written in one way (Unicode's normalisation form C).
    ///
    /// Swift compares equivalent texts as equal, but their bytes, by which people are assigned and rows are found, differ.
    package static func normalized(_ text: String) -> String {
        guard !text.utf8.allSatisfy({ $0 < 0x80 }) else {
            // Blanks around an id are none of it.
            guard let first = text.utf8.first, let last = text.utf8.last, first <= 0x20 || last <= 0x20 else {
                return text
            }
            return withoutBlanks(text)
        }
        return withoutBlanks(text._nfc.reduce(into: "") { $0.unicodeScalars.append($1) })
    }

    private static func withoutBlanks(_ text: String) -> String {
        var rest = text[...]
        while let first = rest.first, first.isWhitespace { rest.removeFirst() }
        while let last = rest.last, last.isWhitespace { rest.removeLast() }
        return String(rest)
    }

    /// Whether a text names nobody: what programs write where they have no id, blanks, and zeros alone.
    ///
    /// Whoever took such a text for an id would make one person of everybody for whom a program had none.
    package static func isNobody(_ text: String) -> Bool {
        // Ids that are longer are none of the words, and of zeros alone is no id longer than a UUID.
        guard text.utf8.count <= 48 else { return false }
        guard let first = text.utf8.first else { return true }
        if isPlainLetter(first), text.utf8.count > 17 { return false }
        let word = trimmed(text)
        if word.isEmpty || words.contains(word) { return true }
        if word.hasPrefix("[object "), word.hasSuffix("]") { return true }
        if isTemplate(word) { return true }
        return isZero(word)
    }

    /// What is left of a text in small letters without the space around it.
    private static func trimmed(_ text: String) -> String {
        var rest = text.lowercased()[...]
        while let first = rest.first, first.isWhitespace || first == "\0" { rest.removeFirst() }
        while let last = rest.last, last.isWhitespace || last == "\0" { rest.removeLast() }
        return String(rest)
    }

    /// A place in a template that nobody filled in, as template languages and senders of mail write them.
    private static func isTemplate(_ word: String) -> Bool {
        let marks = [
            ("{", "}"), ("${", "}"), ("#{", "}"), ("<%", "%>"), ("*|", "|*"), ("%%", "%%"), ("%", "%"),
            ("<", ">"),
        ]
        return marks.contains { mark in
            word.hasPrefix(mark.0) && word.hasSuffix(mark.1) && word.utf8.count > mark.0.utf8.count + mark.1.utf8.count
        }
    }

    /// `0`, `000`, `-0`, `0.0` and the UUID of zeros.
    private static func isZero(_ word: String) -> Bool {
        word.utf8.contains(UInt8(ascii: "0"))
            && word.utf8.allSatisfy { $0 == UInt8(ascii: "0") || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") }
    }

    private static func isPlainLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    /// In small letters; the longest has 17 bytes.
    ///
    /// Source: what PostHog refuses as `distinct_id`, and what JavaScript, Python, Go, SQL and reports print for nothing.
    private static let words: Set<String> = [
        "undefined", "null", "nil", "none", "nan", "infinity", "-infinity", "true", "false", "(null)", "<null>",
        "<nil>",
        "(undefined)", "(none)", "(not set)", "not set", "n/a", "#n/a", "na", "-", "--", "[]", "{}", "\"\"", "''",
        "anonymous", "guest", "gast", "invité", "walk-in", "walkin", "walk in", "unknown", "not_authenticated",
        "distinct_id", "distinctid", "user_id", "userid",
        "anonymous_id", "anonymousid", "id", "email", "undefinedundefined", "null-null",
    ]
}
