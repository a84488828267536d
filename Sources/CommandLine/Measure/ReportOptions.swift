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

    /// Prints the report or writes it to the file; its warnings are then said on the standard error too, since nobody reads
    /// them there.
    func give(_ report: Report) throws {
        try give(report) { reportPage(report) }
        if chosen != .text || output != nil { sayAside(report.warnings.map { "Warning: \($0)" }) }
    }

    /// Prints a result or writes it to the file.
    ///
    /// - Parameter page: The result as HTML.
    func give(_ result: some Presentable, page: () throws -> String) throws {
        let content =
            switch chosen {
            case .text: result.text
            case .json: result.json.text + "\n"
            case .html: try page()
            case .csv: try result.csv(ofTable: table)
            }
        guard let output else { return try StandardOutput.write(content) }
        try ResultFile.write(content.utf8, to: output)
    }

    var chosen: Format {
        if json { return .json }
        return format ?? output.flatMap { Format(rawValue: URL(fileURLWithPath: $0).pathExtension) } ?? .text
    }
}
