import ArgumentParser
import Foundation
import WeirDomain
import WeirFiles
import WeirIngestion
import WeirJSON
import WeirReporting

struct SpendCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "spend",
        abstract: "Makes a table of spend of advertising platforms' reports, for measure economics.",
        discussion: """
            Reads reports of campaigns by day as Google Ads, Meta Ads and others export them: titles above the header are \
            skipped, totals left out, the rows of one day and campaign added up.

            Examples:
              weir spend google-ads.csv --output spend.csv
              weir spend google.csv meta.csv --output spend.csv

            Spend alone makes no metric: write what it brought (orders, new_customers, revenue) into columns beside it, which \
            measure economics then reads.
            """)

    @Argument(help: "The reports; - is the standard input.")
    var files: [String]

    @Option(help: "The file for the table: date, campaign, channel, spend, impressions and visits.")
    var output: String?

    @Option(
        help: "What the platform is called in the column channel; unless given, what the report says or looks like.")
    var channel: String?

    @Option(help: "Of reports that do not say it, such as EUR.")
    var currency: String?

    @Option(help: "What stands before decimals, point or comma, where the numbers do not tell.")
    var decimal: String?

    @Option(help: "What stands first in dates such as 02/03/2026: day or month.")
    var dates: String?

    @Option(help: "UTF-8, UTF-16 or Latin-1, where it does not show.")
    var encoding: String?

    @OptionGroup var result: ResultOptions

    func validate() throws {
        if let decimal, !["point", "comma"].contains(decimal) {
            throw ValidationError("--decimal is “\(decimal)”; write point or comma.")
        }
        if let dates, WrittenMoment.Order(rawValue: dates) == nil {
            throw ValidationError("--dates is “\(dates)”; write day or month.")
        }
        if let currency, Currency(currency.uppercased()) == nil {
            throw ValidationError("--currency is “\(currency)”; write three letters, such as EUR.")
        }
        if let encoding, TextEncoding(named: encoding) == nil {
            throw ValidationError("--encoding is “\(encoding)”; write UTF-8, UTF-16 or Latin-1.")
        }
    }

    func run() throws {
        var moments = WrittenMoment()
        moments.order = dates.flatMap { WrittenMoment.Order(rawValue: $0) }
        var report = SpendReport(
            channel: channel, currency: currency?.uppercased(),
            decimalMark: decimal.map { $0 == "comma" ? .comma : .point }, dates: moments)
        var refusals: [String] = []
        for file in files {
            let before = report.refused.count
            do {
                try report.read(try bytes(of: file), encoding: encoding.flatMap { TextEncoding(named: $0) })
            } catch let error as EventFileError {
                throw CommandFault(.badInput, "\(file): \(error)")
            }
            refusals += report.refused.dropFirst(before).map { "\(file), line \($0.line): \($0.reason)" }
        }
        if let output { try ResultFile.write(report.table.csv.utf8, to: output) }
        try result.give(answer(report, refusals))
        if report.refused.count > report.read { throw ExitCode(ExitStatus.badVerdict.rawValue) }
    }

    /// A report has some thousand rows.
    private static let longest = 1 << 28

    private func bytes(of file: String) throws -> [UInt8] {
        let feed: ByteFeed
        do { feed = try ByteFeed(path: file) } catch {
            throw CommandFault(.noInput, "“\(file)”: \(error) Name a file that is there.")
        }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count < Self.longest {
            let count = try piece.withUnsafeMutableBytes { piece in try feed.read(into: piece) }
            if count == 0 { return bytes }
            bytes += piece[..<count]
        }
        throw CommandFault(.badInput, "“\(file)” is longer than 256 MB, which is no report by day and campaign.")
    }

    private func answer(_ report: SpendReport, _ refusals: [String]) -> Answer {
        let rows = report.rows
        let money = "\(report.spend.inMillionths) \(report.currency ?? "of a currency that no report names")"
        var lines = [
            "\(rows.count) rows of \(Set(rows.map(\.campaign)).count) campaigns on \(Set(rows.map(\.day)).count) days: \(money) spent. "
                + "\(report.read) rows read, \(report.leftOut) left out since they add others up, \(refusals.count) refused."
        ]
        lines += refusals.prefix(20)
        if refusals.count > 20 { lines.append("… and \(refusals.count - 20) more rows that were refused.") }
        if let output, !rows.isEmpty {
            let currency = report.currency.map { $0 == "USD" ? "" : " --currency \($0)" } ?? " --currency …"
            lines.append(
                "Write what it brought into columns beside it (orders, new_customers, revenue), then: "
                    + "weir measure economics --input \(output)\(currency)")
        }
        let members: [JSON.Member] = [
            .init("rows", .integer(Int64(rows.count))), .init("read", .integer(Int64(report.read))),
            .init("left_out", .integer(Int64(report.leftOut))), .init("spend", .number(Double(report.spend) / 1e6)),
            .init("currency", report.currency.map(JSON.string) ?? .null),
            .init("refused", .array(refusals.map(JSON.string))), .init("table", report.table.json),
        ]
        return Answer(lines, json: .object(members), tables: [report.table])
    }
}

extension SpendReport {
    /// As `weir measure economics` reads it.
    fileprivate var table: ReportTable {
        let names = ["date", "campaign", "channel"] + Self.measures
        let rows = rows.map { row in
            [row.day, row.campaign, row.channel].map { ReportTable.Cell.text($0) }
                + row.amounts.map { $0.map { .text($0.inMillionths) } ?? .empty }
        }
        return ReportTable(name: "spend", columns: names.map { .init($0, $0) }, rows: rows)
    }
}

extension Int64 {
    /// `1234.5` of 1,234,500,000.
    fileprivate var inMillionths: String {
        var digits = String(magnitude % 1_000_000)
        digits = String(repeating: "0", count: 6 - digits.count) + digits
        while digits.last == "0" { digits.removeLast() }
        return (self < 0 ? "-" : "") + String(magnitude / 1_000_000) + (digits.isEmpty ? "" : "." + digits)
    }
}
