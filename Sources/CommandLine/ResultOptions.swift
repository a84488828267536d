import ArgumentParser
import WeirJSON
import WeirReporting

/// How a command's result is given out, the same for every command; measurements have `ReportOptions` instead.
struct ResultOptions: ParsableArguments {
    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, csv }

    @Option(help: "text, json (one line) or csv (one table).")
    var format: Format?
    @Flag(help: "The same as --format json.")
    var json = false
    @Option(help: "With csv: which table (default: the first).")
    var table: String?

    var chosen: Format { json ? .json : format ?? .text }

    func validate() throws {
        guard !json || format == nil || format == .json else {
            throw ValidationError("--json and --format \(format?.rawValue ?? "") exclude each other: give one.")
        }
        try refuseIgnored(["--table": table != nil && chosen != .csv], "has a meaning only with --format csv")
    }

    /// Prints the result.
    func give(_ result: some Presentable) throws { try StandardOutput.write(content(of: result)) }

    /// - Throws: `CommandFault` where there is no such table.
    func content(of result: some Presentable) throws -> String {
        switch chosen {
        case .text: result.text.withoutTerminalControls
        case .json: result.json.text + "\n"
        case .csv: try result.csv(ofTable: table).withoutTerminalControls
        }
    }
}

extension Presentable {
    /// - Parameter name: Of the table; nil takes the first.
    /// - Throws: `CommandFault` where there is none.
    func csv(ofTable name: String?) throws -> String {
        let tables = tables
        if let wanted = name.map({ name in tables.first { $0.name == name } }) ?? tables.first { return wanted.csv }
        guard let name, !tables.isEmpty else {
            throw CommandFault(.wrongUse, "This result has no table to write as CSV. Ask for text or json.")
        }
        let known = tables.map(\.name).joined(separator: ", ")
        throw CommandFault(.wrongUse, "There is no table “\(name)”. Known: \(known).")
    }
}
