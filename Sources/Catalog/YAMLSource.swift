import Yams

/// One file while it is read: its lines, to find a place within a quoted text, and its faults so far.
final class YAMLSource {
    let name: String
    private let lines: [Substring]
    private(set) var faults: [CatalogFault] = []

    init(_ file: CatalogFile) {
        name = file.name
        // A CR LF is one character, which a split at "\n" would pass over.
        lines = file.text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    }

    func refuse(_ message: String, field: String = "", line: Int = 1, column: Int = 1) {
        faults.append(CatalogFault(file: name, line: line, column: column, field: field, message: message))
    }

    /// The document of a file, nil where it has none or is not YAML.
    static func root(of file: CatalogFile, in source: YAMLSource) -> YAMLValue? {
        do {
            guard let node = try Yams.compose(yaml: file.text) else {
                source.refuse("The file is empty. Fill or delete it.")
                return nil
            }
            return YAMLValue(node: node, field: "", source: source)
        } catch let error as YamlError {
            source.refuse(error)
        } catch {
            source.refuse("This is not YAML: \(error).")
        }
        return nil
    }

    private func refuse(_ error: YamlError) {
        let hint = "Check the indentation, and quote texts that hold “: ” or “ #”."
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            refuse("This is not YAML: \(problem). \(hint)", line: mark.line, column: mark.column)
        case .duplicatedKeysInMapping(let keys, let context):
            let names = keys.map { "“\($0)”" }.joined(separator: ", ")
            let message = "\(names) stands twice among the keys of one mapping. Keep one."
            refuse(message, line: context.mark.line, column: context.mark.column)
        case .reader(let problem, _, _, _): refuse("This is not YAML: \(problem). Save the file as UTF-8.")
        default: refuse("This is not YAML. \(hint)")
        }
    }

    /// Where a character of a scalar stands in the file, found again in its line; the scalar's beginning where the
    /// text was folded over several lines or escaped otherwise.
    func position(in scalar: Node.Scalar, offset: Int) -> (line: Int, column: Int) {
        guard let mark = scalar.mark, lines.indices.contains(mark.line - 1) else { return (1, 1) }
        let before = scalar.string.unicodeScalars.prefix(offset)
        var written: [Unicode.Scalar] = []
        for character in before {
            switch scalar.style {
            case .singleQuoted where character == "'": written.append("'")
            case .doubleQuoted where character == "\"" || character == "\\": written.append("\\")
            default: break
            }
            written.append(character)
        }
        let quote = scalar.style == .singleQuoted || scalar.style == .doubleQuoted ? 1 : 0
        let rest = lines[mark.line - 1].unicodeScalars.dropFirst(mark.column - 1 + quote)
        let isFound = scalar.style != .literal && scalar.style != .folded && rest.starts(with: written)
        return (mark.line, isFound ? mark.column + quote + written.count : mark.column)
    }
}
