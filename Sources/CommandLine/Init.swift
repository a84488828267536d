import ArgumentParser
import Foundation
import WeirJSON
import WeirReporting

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

    @OptionGroup var result: ResultOptions

    func run() throws {
        let root = URL(fileURLWithPath: folder)
        if FileManager.default.fileExists(atPath: root.appendingPathComponent("weir.yaml").path) {
            throw CommandFault(
                .cannotWrite, "\(folder)/weir.yaml is there already. Name another folder, or edit that one.")
        }
        do {
            try FileManager.default.createDirectory(
                at: root.appendingPathComponent("campaigns"), withIntermediateDirectories: true)
            try StarterCatalog.root(salt: Self.salt(), year: Self.year())
                .write(to: root.appendingPathComponent("weir.yaml"), atomically: true, encoding: .utf8)
            try StarterCatalog.campaign
                .write(to: root.appendingPathComponent("campaigns/welcome.yaml"), atomically: true, encoding: .utf8)
        } catch {
            throw CommandFault(.cannotWrite, "“\(folder)” cannot be written: \(error.localizedDescription)")
        }
        let files = ["\(folder)/weir.yaml", "\(folder)/campaigns/welcome.yaml"]
        try result.give(
            Answer(
                [
                    "Wrote \(files[0]) and \(files[1]).", "Next:  weir validate \(folder)",
                    "       weir serve --catalog \(folder) --open",
                ],
                json: ["files": .array(files.map { .string($0) })]))
    }

    /// A salt of one's own, so that two shops do not hold out the same people.
    private static func salt() -> String { String(UInt64.random(in: .min ... .max), radix: 36) }

    private static func year() -> Int { Calendar(identifier: .gregorian).component(.year, from: Date()) }
}
