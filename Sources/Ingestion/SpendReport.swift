package import WeirDomain
package import WeirFiles

/// What advertising platforms' reports say was spent, by day, campaign and channel: the table that `weir measure economics`
/// reads. Nobody stands in such a report, so it holds no events.
///
/// What stands above the header is skipped, rows that add others up are left out, and rows of one day and campaign, such as
/// those of its ad groups, are added up.
package struct SpendReport: Sendable {
    /// A row that cannot be used.
    package struct Refusal: Sendable, Equatable {
        /// In its file, counted from 1.
        package var line: Int
        package var reason: String
    }

    /// What was spent in one campaign on one day.
    package struct Row: Sendable, Equatable {
        /// ISO 8601.
        package var day: String
        package var campaign: String
        package var channel: String
        /// Of `SpendReport.measures`, in millionths; nil where no row says it.
        package var amounts: [Int64?]
    }

    private struct Key: Hashable {
        var day: String
        var campaign: String
        var channel: String
    }

    /// What economics calls the figures.
    package static let measures = ["spend", "impressions", "visits"]

    /// ISO 4217; that of all amounts, nil where nothing says it.
    package private(set) var currency: String?
    /// Rows that were read, and rows that add others up.
    package private(set) var read = 0
    package private(set) var leftOut = 0
    package private(set) var refused: [Refusal] = []
    private var amounts: [Key: [Int64?]] = [:]

    private let channel: String?
    private let decimalMark: AmountText.DecimalMark?
    private let dates: WrittenMoment

    /// - Parameters:
    ///   - channel: What the platform is called; nil takes what the report says or looks like.
    ///   - currency: ISO 4217, of reports that do not say it.
    ///   - decimalMark: What stands before decimals; nil where the numbers must tell.
    package init(
        channel: String? = nil, currency: String? = nil, decimalMark: AmountText.DecimalMark? = nil,
        dates: WrittenMoment = WrittenMoment()
    ) {
        self.channel = channel
        self.currency = currency
        self.decimalMark = decimalMark
        self.dates = dates
    }

    /// Whether a table's header is that of such a report.
    package static func fits(_ header: [String]) -> Bool { SpendColumns(header: header) != nil }

    /// By day, campaign and channel.
    package var rows: [Row] {
        amounts.map { Row(day: $0.key.day, campaign: $0.key.campaign, channel: $0.key.channel, amounts: $0.value) }
            .sorted { ($0.day, $0.campaign, $0.channel) < ($1.day, $1.campaign, $1.channel) }
    }

    /// In all, in millionths.
    package var spend: Int64 { amounts.values.reduce(0) { Self.sum($0, $1[0] ?? 0) } }

    // MARK: Reading

    /// Takes in a report.
    ///
    /// - Parameters:
    ///   - bytes: The whole file, unpacked.
    ///   - encoding: Nil finds UTF-16 by itself and takes anything else for UTF-8.
    /// - Throws: `EventFileError`, where no line names a day and an amount that was spent.
    package mutating func read(_ bytes: [UInt8], encoding: TextEncoding? = nil) throws(EventFileError) {
        let found: SpendColumns?
        let longest: [String]
        do throws(FileError) {
            let headers = try TableOpening.headers(of: ByteFeed(bytes))
            found = headers.lazy.compactMap { SpendColumns(header: $0) }.first
            longest = headers.max { $0.count < $1.count } ?? []
        } catch { throw .file(error) }
        guard let columns = found else { throw .notOfSpend(longest) }
        do throws(FileError) {
            var mapping = CSVMapping()
            mapping.encoding = encoding
            mapping.timestamp = columns.day
            for column in columns.all { mapping.properties[column] = .init(column: column) }
            let opening = try TableOpening(ByteFeed(bytes), mapping)
            let table = try CSVReader(opening.feed, separator: opening.separator, longestRow: 1 << 20)
            try read(table, columns)
        } catch { throw .file(error) }
    }

    private mutating func read(_ table: CSVReader, _ columns: SpendColumns) throws(FileError) {
        var rows: [(line: Int, cells: [String])] = []
        while let step = try table.next() {
            switch step {
            case .row(let row): rows.append((table.line, (0..<row.count).map { row.text($0) ?? "\u{fffd}" }))
            case .fault(let fault): refused.append(Refusal(line: table.line, reason: fault.reason))
            }
        }
        let place = Dictionary(table.names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        let mark =
            decimalMark
            ?? Self.mark(of: rows.compactMap { row in place[columns.measures[0].column].map { row.cells[$0] } })
        for row in rows {
            func cell(_ column: String?) -> String? {
                guard let text = column.flatMap({ place[$0] }).map({ row.cells[$0].trimmingWhitespace }) else {
                    return nil
                }
                return Self.missing.contains(text) ? nil : text
            }
            do throws(MessageFault) {
                guard let (key, values) = try reading(cell, columns, isTotal: Self.isTotal(row.cells), mark) else {
                    leftOut += 1
                    continue
                }
                read += 1
                let known = amounts[key] ?? Self.measures.map { _ in nil }
                amounts[key] = zip(known, values).map { known, value in
                    value.map { Self.sum($0, known ?? 0) } ?? known
                }
            } catch {
                refused.append(Refusal(line: row.line, reason: error.reason))
            }
        }
    }

    /// What a row says; nil for one that adds others up.
    private mutating func reading(
        _ cell: (String?) -> String?, _ columns: SpendColumns, isTotal: Bool, _ mark: AmountText.DecimalMark?
    ) throws(MessageFault) -> (Key, [Int64?])? {
        guard let written = cell(columns.day) else {
            // The sum of all days has none; so has a row of nothing.
            if isTotal || cell(columns.campaign) == nil { return nil }
            throw MessageFault(.missing, columns.day, "“\(columns.day)” is empty; have the report broken down by day.")
        }
        guard let day = try? dates.day(written) else {
            if isTotal { return nil }
            throw MessageFault(
                .invalid, columns.day,
                "“\(columns.day)” is “\(written.prefix(60))”, which is no day that can be told. Have the report broken down by "
                    + "day, and written as 2026-11-30; for dates such as 02/03/2026 say --dates day or month.")
        }
        let namesNobody = columns.campaign != nil && cell(columns.campaign) == nil
        if let last = columns.lastDay.flatMap(cell), let end = try? dates.day(last), end != day {
            if namesNobody { return nil }
            throw MessageFault(
                .invalid, columns.day, "The row covers \(day) to \(end); have the report broken down by day.")
        }
        if isTotal, namesNobody { return nil }
        var values: [Int64?] = []
        for name in Self.measures {
            guard let column = columns.measures.first(where: { $0.name == name })?.column, let text = cell(column)
            else {
                values.append(nil)
                continue
            }
            values.append(name == "spend" ? try money(text, columns, cell, mark) : try count(text, column))
        }
        return (
            Key(
                day: day, campaign: cell(columns.campaign) ?? "",
                channel: channel ?? cell(columns.channel) ?? columns.platform), values
        )
    }

    private mutating func money(
        _ text: String, _ columns: SpendColumns, _ cell: (String?) -> String?, _ mark: AmountText.DecimalMark?
    ) throws(MessageFault) -> Int64 {
        let column = columns.measures[0].column
        let amount: AmountText.Amount
        do throws(AmountText.Fault) { amount = try AmountText.amount(text, decimalMark: mark) } catch {
            throw MessageFault(
                .invalid, column,
                "“\(column)” is “\(text.prefix(60))”, which "
                    + (error == .ambiguous
                        ? "may mean two amounts; say --decimal point or comma."
                        : "is no amount; write a number like 1234.5."))
        }
        let told = amount.currency ?? cell(columns.currency)?.uppercased() ?? columns.currencyOfHeader
        if let told {
            if currency == nil { currency = told }
            guard told == currency else {
                throw MessageFault(
                    .invalid, column,
                    "“\(column)” is in \(told) and amounts before it are in \(currency!): they cannot be added up. Make a table of "
                        + "each currency.")
            }
        }
        guard amount.value >= 0 else {
            throw MessageFault(
                .invalid, column, "“\(column)” is “\(text.prefix(60))”; book what was given back where it was spent.")
        }
        return Int64(saturating: (amount.value * 1e6).rounded())
    }

    /// A whole number; a mark in it stands between thousands.
    private func count(_ text: String, _ column: String) throws(MessageFault) -> Int64 {
        let readings = [AmountText.DecimalMark.point, .comma].compactMap {
            try? AmountText.amount(text, decimalMark: $0).value
        }
        guard let whole = readings.first(where: { $0 >= 0 && $0 == $0.rounded() }) else {
            throw MessageFault(.invalid, column, "“\(column)” is “\(text.prefix(60))”; write a whole number.")
        }
        return Int64(saturating: whole * 1e6)
    }

    private static func sum(_ left: Int64, _ right: Int64) -> Int64 {
        let (sum, overflows) = left.addingReportingOverflow(right)
        return overflows ? .max : sum
    }

    // MARK: What shows in the file

    /// What stands before decimals, as amounts with one or two of them show; nil where none does, or both do.
    private static func mark(of texts: [String]) -> AmountText.DecimalMark? {
        var found: Set<AmountText.DecimalMark> = []
        for text in texts {
            let digits = text.filter { $0.isASCII && $0.isNumber || $0 == "." || $0 == "," }
            guard let place = digits.lastIndex(where: { $0 == "." || $0 == "," }),
                (1...2).contains(digits.distance(from: place, to: digits.endIndex) - 1)
            else { continue }
            found.insert(digits[place] == "." ? .point : .comma)
        }
        return found.count == 1 ? found.first : nil
    }

    /// Whether a row says in one of its cells that it adds others up, such as “Total: Campaigns”.
    private static func isTotal(_ cells: [String]) -> Bool {
        guard let first = cells.lazy.map(\.trimmingWhitespace).first(where: { !missing.contains($0) }) else {
            return true
        }
        let word = first.lowercased()
        return word.hasPrefix("total: ") || word.hasPrefix("gesamt: ") || word.hasPrefix("total - ")
            || CSVRowReader.totals.contains(word.hasSuffix(":") ? String(word.dropLast()) : word)
            || Double(word) != nil  // Neither a day nor a campaign stands before the figures.
    }

    private static let missing: Set<String> = ["", "--", "-", "–", "—", "n/a", "N/A", "(not set)", "null"]
}

extension ByteFeed {
    /// Of bytes in memory.
    fileprivate convenience init(_ bytes: [UInt8]) {
        var rest = bytes[...]
        self.init { buffer throws(FileError) in
            let count = min(buffer.count, rest.count)
            buffer.copyBytes(from: rest.prefix(count))
            rest.removeFirst(count)
            return count
        }
    }
}
