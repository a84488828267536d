/// Why a table cannot be read, or not as asked.
package enum TableError: Error, Equatable, CustomStringConvertible {
    case cannotRead(file: String, reason: String)
    case empty(file: String)
    case noHeader(file: String, line: Int, first: String)
    case repeatedColumn(file: String, String)
    case unknownColumn(file: String, String, known: [String])
    case noRows(file: String, fault: String)
    /// Too many lines cannot be read.
    case unreadable(file: String, lines: Int, of: Int, first: [String])
    case onlyHeader(file: String)
    case notNumbers(file: String, column: String, line: Int, value: String)
    case tooLarge(file: String, column: String, line: Int, value: Double, limit: Double)

    package var description: String {
        switch self {
        case .cannotRead(let file, let reason):
            "“\(file)” cannot be read: \(reason)"
        case .empty(let file):
            "“\(file)” is empty. Its first line must name the columns, separated by commas."
        case .noHeader(let file, let line, let first):
            "“\(file)”, line \(line): there is no header, only numbers (“\(first)” …). Put a line before it that names the columns."
        case .repeatedColumn(let file, let name):
            "“\(file)” has the column “\(name)” more than once; rename all but one."
        case .unknownColumn(let file, let name, let known):
            "“\(file)” has no column “\(name)”. \(Self.suggestion(for: name, from: known))"
        case .noRows(let file, let fault):
            "“\(file)” has no line that can be read. The first: \(fault)"
        case .unreadable(let file, let lines, let all, let first):
            "“\(file)”: \(lines) of \(all) lines cannot be read, so that the others would say little of the whole. Mend them, or remove them if they mean nothing. The first:\n"
                + first.joined(separator: "\n")
        case .onlyHeader(let file):
            "“\(file)” has a header and no row below it. Add the rows."
        case .tooLarge(let file, let column, let line, let value, let limit):
            "“\(file)”, line \(line), column “\(column)”: \(value) is beyond ±\(limit), too large to be added up. Check the column."
        case .notNumbers(let file, let column, let line, let value):
            "“\(file)”, line \(line), column “\(column)”: “\(value)” is no number. Correct it, or leave the cell empty."
        }
    }

    private static func suggestion(for name: String, from known: [String]) -> String {
        let nearest = known.map { ($0, distance(name.lowercased(), $0.lowercased())) }.min { $0.1 < $1.1 }
        if let nearest, nearest.1 <= max(1, name.count / 3) { return "Did you mean “\(nearest.0)”?" }
        let shown = known.prefix(12).map { "“\($0)”" }.joined(separator: ", ")
        return "The columns are \(shown)\(known.count > 12 ? " and \(known.count - 12) more" : "")."
    }

    /// How many characters must be inserted, deleted or replaced to get from one text to the other (Levenshtein).
    private static func distance(_ source: String, _ target: String) -> Int {
        let target = Array(target)
        var last = Array(0...target.count)
        for (row, character) in source.enumerated() {
            var current = [row + 1]
            for column in target.indices {
                let replaced = last[column] + (character == target[column] ? 0 : 1)
                current.append(min(replaced, last[column + 1] + 1, current[column] + 1))
            }
            last = current
        }
        return last[target.count]
    }
}
