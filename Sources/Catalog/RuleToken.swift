/// A word of a rule's text.
struct RuleToken {
    enum Kind: Equatable {
        case number(Double)
        case text(String)
        /// `trait.address.city` is three names; a name in quotes may hold anything.
        case name([String])
        case symbol(String)
        case end
    }

    var kind: Kind
    /// From 1, in Unicode scalars.
    var column: Int
    /// As it is written.
    var written: String

    /// The words that the language keeps for itself.
    static let words: Set<String> = ["and", "or", "not", "in", "between", "has", "true", "false", "trait", "context"]

    static func isNameStart(_ character: Unicode.Scalar) -> Bool {
        character == "_" || character.properties.isAlphabetic
    }
    static func isNamePart(_ character: Unicode.Scalar) -> Bool { isNameStart(character) || isDigit(character) }
    private static func isDigit(_ character: Unicode.Scalar) -> Bool { ("0"..."9").contains(character) }

    /// Splits a text into words; the last is always `.end`.
    static func all(in text: String) throws(RuleError) -> [RuleToken] {
        let characters = Array(text.unicodeScalars)
        var tokens: [RuleToken] = []
        var index = 0
        func peek(_ offset: Int = 0) -> Unicode.Scalar? {
            characters.indices.contains(index + offset) ? characters[index + offset] : nil
        }
        func take(while isPart: (Unicode.Scalar) -> Bool) -> String {
            var taken = String.UnicodeScalarView()
            while let character = peek(), isPart(character) {
                taken.append(character)
                index += 1
            }
            return String(taken)
        }
        func quoted() throws(RuleError) -> String {
            let start = index
            let quote = characters[index]
            index += 1
            let content = take { $0 != quote }
            guard peek() == quote else {
                throw RuleError(column: start + 1, message: "The text has no end. Close it with \(quote).")
            }
            index += 1
            return content
        }

        while let character = peek() {
            let start = index
            let kind: Kind
            if character.properties.isWhitespace {
                index += 1
                continue
            } else if isDigit(character) {
                let digits = take { isDigit($0) || $0 == "." }
                guard let number = Double(digits), peek().map({ !isNamePart($0) && $0 != "%" }) ?? true else {
                    let written = digits + (peek().map(String.init) ?? "")
                    throw RuleError(
                        column: start + 1, message: "“\(written)” is no number. Write it like “20” or “0.5”.")
                }
                kind = .number(number)
            } else if character == "'" || character == "\"" {
                kind = .text(try quoted())
            } else if isNameStart(character) {
                var names = [take(while: isNamePart)]
                while peek() == "." {
                    index += 1
                    if peek() == "'" || peek() == "\"" {
                        names.append(try quoted())
                    } else {
                        names.append(take(while: isNamePart))
                    }
                    if names.last == "" {
                        throw RuleError(column: index + 1, message: "A name is missing behind the dot.")
                    }
                }
                kind = .name(names)
            } else {
                kind = .symbol(try symbol(character, next: peek(1), column: start + 1))
                index += kind == .symbol(String(character)) ? 1 : 2
            }
            let written = String(String.UnicodeScalarView(characters[start..<index]))
            tokens.append(RuleToken(kind: kind, column: start + 1, written: written))
        }
        tokens.append(RuleToken(kind: .end, column: characters.count + 1, written: ""))
        return tokens
    }

    private static func symbol(
        _ character: Unicode.Scalar, next: Unicode.Scalar?, column: Int
    ) throws(RuleError) -> String {
        let pair = String(character) + (next.map(String.init) ?? "")
        if ["<=", ">=", "==", "!="].contains(pair) { return pair }
        switch character {
        case "<", ">", "=", "+", "-", "*", "/", "(", ")", "[", "]", ",": return String(character)
        case "&": throw RuleError(column: column, message: "“&” means nothing here. Write “and”.")
        case "|": throw RuleError(column: column, message: "“|” means nothing here. Write “or”.")
        case "!": throw RuleError(column: column, message: "“!” means nothing here. Write “not”.")
        default:
            let message = "“\(character)” means nothing here. Put texts in quotes, such as 'Berlin'."
            throw RuleError(column: column, message: message)
        }
    }
}
