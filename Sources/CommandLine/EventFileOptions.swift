import ArgumentParser
import Foundation
import WeirFiles
import WeirIngestion
import Yams

/// Files of events, and how they are to be read.
struct EventFileOptions: ParsableArguments {
    @Argument(help: "The files; - is the standard input.")
    var files: [String]

    @Option(
        help:
            "For CSV: a YAML file that says which column is what (docs/ingestion.md), or a ready one such as shopify-orders."
    )
    var mapping: String?

    @Option(help: "The name of the source that the events belong to.")
    var source = "file"

    /// - Throws: `CommandFault`, which names the file, where it cannot be read.
    func feed(_ file: String) throws -> ByteFeed {
        do { return try ByteFeed(path: file) } catch {
            throw CommandFault(.noInput, "“\(file)”: \(error) Name a file that is there.")
        }
    }

    func format() throws -> EventFileReader.Format {
        guard let mapping else {
            let endings = [".csv", ".csv.gz", ".tsv", ".tsv.gz"]
            if let table = files.first(where: { file in endings.contains { file.lowercased().hasSuffix($0) } }) {
                throw ValidationError(
                    "\(table) is CSV. Say which column is what with --mapping FILE (docs/ingestion.md); "
                        + "weir ingest --try \(table) proposes one.")
            }
            return .messages
        }
        if let ready = ReadyMapping.named(mapping) { return .table(ready.mapping) }
        guard let text = FileManager.default.contents(atPath: mapping) else {
            if ["google-ads", "meta-ads", "facebook-ads", "spend"].contains(where: mapping.hasPrefix) {
                throw CommandFault(
                    .wrongUse,
                    "--mapping: “\(mapping)” would be a report of spend, in which nobody stands: it holds no events. "
                        + "weir spend \(files.first ?? "FILE") makes of it the table that weir measure economics reads."
                )
            }
            let names = ReadyMapping.all.map(\.name)
            throw CommandFault(
                .noInput,
                "--mapping: “\(mapping)” cannot be read. Name a file that is there, or one of \(names.joined(separator: ", "))."
            )
        }
        do {
            return .table(try YAMLDecoder().decode(CSVMapping.self, from: text))
        } catch {
            throw CommandFault(.badInput, "\(mapping): \(error)")
        }
    }
}
