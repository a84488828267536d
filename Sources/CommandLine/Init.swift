import ArgumentParser
import Foundation

struct Init: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Writes a first catalog: two placements, three offers, one budget.",
        discussion: """
            Example:
              weir init shop
              weir serve --catalog shop --open
            """)

    @Argument(help: "The folder to make.")
    var folder: String

    func run() throws {
        let root = URL(fileURLWithPath: folder)
        if FileManager.default.fileExists(atPath: root.appendingPathComponent("weir.yaml").path) {
            throw ValidationError("\(folder)/weir.yaml is there already. Name another folder, or edit that one.")
        }
        try FileManager.default.createDirectory(
            at: root.appendingPathComponent("campaigns"), withIntermediateDirectories: true)
        try StarterCatalog.root(salt: Self.salt(), year: Self.year())
            .write(to: root.appendingPathComponent("weir.yaml"), atomically: true, encoding: .utf8)
        try StarterCatalog.campaign
            .write(to: root.appendingPathComponent("campaigns/welcome.yaml"), atomically: true, encoding: .utf8)
        print(
            """
            Wrote \(folder)/weir.yaml and \(folder)/campaigns/welcome.yaml.
            Next:  weir validate \(folder)
                   weir serve --catalog \(folder) --open
            """)
    }

    /// A salt of one's own, so that two shops do not hold out the same people.
    private static func salt() -> String { String(UInt64.random(in: .min ... .max), radix: 36) }

    private static func year() -> Int { Calendar(identifier: .gregorian).component(.year, from: Date()) }
}
