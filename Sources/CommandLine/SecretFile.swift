import Foundation

/// A file with a password or another secret on its first line, which only its owner can read.
struct SecretFile {
    private let path: String
    /// That named it, for errors.
    private let option: String

    init(_ path: String, option: String) {
        self.path = path
        self.option = option
    }

    /// - Throws: `CommandFault` where it cannot be read, others can read it, or the line is empty.
    func firstLine() throws -> String {
        var status = stat()
        guard stat(path, &status) == 0, let data = FileManager.default.contents(atPath: path) else {
            throw CommandFault(.noInput, "\(option): “\(path)” cannot be read. Name a file with the secret.")
        }
        guard status.st_mode & 0o077 == 0 else {
            throw CommandFault(
                .badInput, "\(option): others can read “\(path)”. Make it its owner's alone: chmod 600 \(path)")
        }
        let line = String(decoding: data, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false).first
        guard let line, !line.isEmpty, line != "\r" else {
            throw CommandFault(.badInput, "\(option): “\(path)” is empty. Write the secret on its first line.")
        }
        return line.hasSuffix("\r") ? String(line.dropLast()) : String(line)
    }
}
