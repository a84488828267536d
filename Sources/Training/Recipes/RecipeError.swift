/// Why a recipe cannot be carried out on a folder; each text names what is wrong and the remedy.
package enum RecipeError: Error, Sendable, Hashable, CustomStringConvertible {
    case missingFile(folder: String, name: String)
    /// Lines that could not be read.
    case faults(file: String, count: Int, first: String)
    case invalidValue(file: String, line: Int, column: String, value: String, expected: String)
    /// A row that refers to something that another file does not have.
    case unknownReference(file: String, line: Int, column: String, value: String, other: String)
    case tooLittle(String)

    package var description: String {
        switch self {
        case .missingFile(let folder, let name):
            "“\(folder)” has neither \(name).csv.gz nor \(name).csv. Add the file, or give another folder."
        case .faults(let file, let count, let first):
            "\(count) lines of “\(file)” cannot be read. The first: \(first)"
        case .invalidValue(let file, let line, let column, let value, let expected):
            "“\(file)”, line \(line), column “\(column)”: “\(value)” is no \(expected). Correct it."
        case .unknownReference(let file, let line, let column, let value, let other):
            "“\(file)”, line \(line), column “\(column)”: “\(value)” is not in \(other). Add it there, or remove the line."
        case .tooLittle(let text): text
        }
    }
}
