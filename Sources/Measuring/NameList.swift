package import WeirReporting

/// Names that an option lists, apart by commas; the option may be repeated, or a list over HTTP.
///
/// A name with a comma may stand in double quotes, as in CSV (`"Portland, OR",chicago`). Where it is not quoted it is found
/// among the names that there are.
package struct NameList: Sendable, Equatable {
    /// As given.
    package var texts: [String]

    package init(_ texts: [String]) { self.texts = texts }

    package init(_ text: String) { texts = [text] }

    package var isEmpty: Bool { texts.allSatisfy { $0.trimmedSpace.isEmpty } }

    /// The names where nothing says which there are: every comma outside quotes parts two.
    package var names: [String] { texts.flatMap { Self.pieces($0) }.map(\.text).filter { !$0.isEmpty } }

    /// The names meant. Those that are not among the known are kept, for whoever knows what to say of them.
    ///
    /// - Throws: `MeasurementError`, where a text may be one known name or several.
    package func names(among known: [String]) throws(MeasurementError) -> [String] {
        let exact = Dictionary(known.map { (Self.key($0), $0) }) { first, _ in first }
        let folded = Dictionary(known.map { (Self.key($0).lowercased(), $0) }) { first, _ in first }
        func find(_ text: String) -> String? { exact[Self.key(text)] ?? folded[Self.key(text).lowercased()] }
        var found: [String] = []
        for text in texts {
            let pieces = Self.pieces(text)
            var place = 0
            while place < pieces.count {
                let unquoted = pieces[place...].prefix { !$0.isQuoted }.count
                guard unquoted > 1 else {
                    found.append(pieces[place].text)
                    place += 1
                    continue
                }
                var taken = 1
                for count in stride(from: unquoted, to: 1, by: -1) {
                    let parts = pieces[place..<place + count].map(\.text)
                    guard let name = find(parts.joined(separator: ",")) else { continue }
                    guard parts.contains(where: { find($0) == nil }) else {
                        throw MeasurementError(
                            "“\(name)” may be one name or \(count). Put names with a comma in double quotes, as in CSV, or repeat the option for each name."
                        )
                    }
                    found.append(name)
                    taken = count
                    break
                }
                if taken == 1 { found.append(pieces[place].text) }
                place += taken
            }
        }
        return found.filter { !$0.isEmpty }
    }

    /// Alike for names that differ by space around commas and at the ends.
    private static func key(_ name: String) -> String {
        name.split(separator: ",", omittingEmptySubsequences: false).map { String($0).trimmedSpace }
            .joined(separator: ",")
    }

    private static func pieces(_ text: String) -> [(text: String, isQuoted: Bool)] {
        text.splitOutsideQuotes(at: ",").map { piece in
            let trimmed = piece.trimmedSpace
            return (trimmed.unquoted, trimmed.hasPrefix("\"") && trimmed.hasSuffix("\"") && trimmed.count > 1)
        }
    }
}

extension String {
    /// Its parts between separators that stand outside double quotes; quotes stay.
    package func splitOutsideQuotes(at separator: Character) -> [String] {
        var parts = [""]
        var isQuoted = false
        for letter in self {
            if letter == "\"" { isQuoted.toggle() }
            if letter == separator, !isQuoted { parts.append("") } else { parts[parts.count - 1].append(letter) }
        }
        // A quote that never ends is a letter like any other.
        return isQuoted ? split(separator: separator, omittingEmptySubsequences: false).map(String.init) : parts
    }

    /// Without space at the ends and double quotes around, as CSV writes them.
    package var unquoted: String {
        let text = trimmedSpace
        guard text.count > 1, text.hasPrefix("\""), text.hasSuffix("\"") else { return text }
        return String(text.dropFirst().dropLast()).replacing("\"\"", with: "\"")
    }

    /// Name and value about the last equals sign outside quotes; nil where there is none.
    package var nameAndValue: (name: String, value: String)? {
        let parts = splitOutsideQuotes(at: "=")
        guard parts.count > 1, let value = parts.last else { return nil }
        return (parts.dropLast().joined(separator: "=").unquoted, value.trimmedSpace)
    }
}
