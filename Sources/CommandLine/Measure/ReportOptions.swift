import ArgumentParser
import Foundation
import WeirConsole
import WeirJSON
import WeirReporting

/// How a measurement's report is given out.
struct ReportOptions: ParsableArguments {
    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, csv, html }

    @Option(help: "text, json (one line), csv (one table) or html (a page that needs nothing else).")
    var format: Format?
    @Flag(help: "The same as --format json.")
    var json = false
    @Option(
        help: "Write to this file (default: the standard output); its ending says the format where --format does not.")
    var output: String?
    @Option(help: "With csv: which table (default: the first).")
    var table: String?

    /// Prints the report or writes it to the file.
    func give(_ report: Report) throws {
        let content: String
        switch chosen {
        case .text: content = report.text
        case .json: content = report.json.text + "\n"
        case .html: content = reportPage(report)
        case .csv:
            let tables = report.tables
            guard let wanted = table.map({ name in tables.first { $0.name == name } }) ?? tables.first else {
                throw ValidationError(
                    "There is no table “\(table ?? "")”. Known: \(tables.map(\.name).joined(separator: ", ")).")
            }
            content = wanted.csv
        }
        guard let output else { return print(content, terminator: "") }
        do { try content.write(toFile: output, atomically: true, encoding: .utf8) } catch {
            throw ValidationError("“\(output)” cannot be written: \(error.localizedDescription)")
        }
    }

    private var chosen: Format {
        if json { return .json }
        return format ?? output.flatMap { Format(rawValue: URL(fileURLWithPath: $0).pathExtension) } ?? .text
    }
}
