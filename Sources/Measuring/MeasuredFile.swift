/// A file that a measurement reads: named by its path on the command line, sent with its content in a request.
package struct MeasuredFile: Sendable, Hashable, Codable {
    /// What messages and reports call it.
    package var name: String
    /// Nil where it is read from the path `name`, of which `-` is the standard input.
    package var content: [UInt8]?

    /// A file of this machine.
    package init(path: String) { name = path }

    /// A file that came with a request.
    package init(name: String, content: [UInt8]) {
        self.name = name
        self.content = content
    }

    /// What is behind the last slash.
    package var lastComponent: String { name.split(separator: "/").last.map(String.init) ?? name }
}
