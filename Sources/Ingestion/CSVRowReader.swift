import WeirDomain
import WeirFiles
import WeirJSON

/// Makes a Segment message of a row, so that files and requests obey one set of rules.
struct CSVRowReader {
    private let mapping: CSVMapping
    /// Of each mapped column, where its field is.
    private let places: [String: Int]
    /// By name, since a dictionary has no order.
    private let properties: [(name: String, property: CSVMapping.Property)]
    /// Where fields are that say whom a row is about, when it happened and by what it is known.
    private let naming: [Int]

    init(_ mapping: CSVMapping, header: [String]) throws(EventFileError) {
        self.mapping = mapping
        properties = mapping.properties.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        let missing = mapping.columns.filter { !header.contains($0) }
        guard missing.isEmpty else { throw .missingColumns(missing, header: header) }
        var places: [String: Int] = [:]
        for column in mapping.allColumns where header.contains(column) {
            guard header.firstIndex(of: column) == header.lastIndex(of: column) else { throw .repeatedColumn(column) }
            places[column] = header.firstIndex(of: column)
        }
        self.places = places
        naming = ([mapping.userID, mapping.anonymousID, mapping.timestamp] + mapping.messageID.map(Optional.init))
            .compactMap { $0.flatMap { places[$0] } }
    }

    /// What a row is.
    enum Reading {
        case message(JSON)
        /// It adds others up, or the mapping says that it does not count; with what says so.
        case leftOut(String)
    }

    /// The message of a row.
    func message(_ row: CSVRow) throws(MessageFault) -> Reading {
        func text(_ column: String?) throws(MessageFault) -> String? {
            guard let column, let place = places[column] else { return nil }
            guard let text = row.text(place) else {
                let remedy = "save the table as UTF-8, or declare “encoding: Latin-1” in the mapping."
                throw MessageFault(.malformed, column, "“\(column)” is not UTF-8; \(remedy)")
            }
            return text.isEmpty || mapping.empty.contains(text) ? nil : Self.unwrapped(text)
        }
        func id(_ column: String?) throws(MessageFault) -> String? {
            guard let column, let text = try trimmed(column) else { return nil }
            guard !Self.isScientific(text) else {
                throw MessageFault(
                    .invalid, column,
                    "“\(column)” is “\(text.prefix(60))”: a spreadsheet has cut the digits of this id. Export it as text."
                )
            }
            return text
        }
        func trimmed(_ column: String?) throws(MessageFault) -> String? {
            let text = try text(column)?.trimmingWhitespace
            return text?.isEmpty == true ? nil : text
        }
        func text(_ source: CSVMapping.Text?) throws(MessageFault) -> String? {
            switch source {
            case nil: nil
            case .literal(let text): text
            case .column(let column): try text(column)
            }
        }

        var members: [JSON.Member] = []
        func append(_ name: String, _ text: String?) {
            if let text { members.append(JSON.Member(name, .string(text))) }
        }
        if try isTotal(row, { column throws(MessageFault) in try trimmed(column) }) {
            return .leftOut("add others up")
        }
        for condition in mapping.unless where try isMet(condition, trimmed(condition.column)) {
            return .leftOut(Self.words(condition.column, try trimmed(condition.column)))
        }
        if let condition = mapping.only, try !isMet(condition, trimmed(condition.column)) {
            return .leftOut(Self.words(condition.column, try trimmed(condition.column)))
        }
        let type = try text(mapping.type)
        append("type", type)
        append(type == "page" || type == "screen" ? "name" : "event", try text(mapping.event))
        append("userId", try id(mapping.userID))
        append("anonymousId", try id(mapping.anonymousID))
        let written = try trimmed(mapping.timestamp)
        append("timestamp", try moment(written))
        var context: [JSON.Member] = []
        // In a zone of its own a day begins at another moment, and is still one.
        if mapping.dates.zone != nil, let written, (try? mapping.dates.day(written)) != nil {
            context.append(JSON.Member(Event.timestampPrecision, "day"))
        }
        append("groupId", try id(mapping.groupID))
        append("previousId", try id(mapping.previousID))
        if mapping.messageID.count == 1 {
            _ = try id(mapping.messageID[0])
            if let id = try text(mapping.messageID[0]) { append("messageId", distinguished(id)) }
        } else if mapping.messageID.count > 1 {
            // As a JSON array, so that no two rows run together to one text.
            var parts: [JSON] = []
            for column in mapping.messageID { parts.append(try text(column).map(JSON.string) ?? .null) }
            if parts.contains(where: { $0 != .null }) {
                if let name = distinction { parts.append(.string(name)) }
                append("messageId", JSON.array(parts).bytes.withUnsafeBytes { Event.derivedMessageID(from: $0) })
            }
        }
        if !mapping.consent.isEmpty {
            var answers: [JSON.Member] = []
            for (purpose, consent) in mapping.consent.sorted(by: { $0.key < $1.key }) {
                guard let told = try trimmed(consent.column) else { continue }
                if let isGranted = try answer(told, consent) { answers.append(JSON.Member(purpose, .bool(isGranted))) }
            }
            if !answers.isEmpty {
                context.append(JSON.Member("consent", ["categoryPreferences": .object(answers)]))
            }
        }
        if !context.isEmpty { members.append(JSON.Member("context", .object(context))) }

        var values: [JSON.Member] = []
        for (name, property) in properties {
            guard let text = property.type == .string ? try text(property.column) : try trimmed(property.column) else {
                continue
            }
            let currency = property.type == .minor ? try trimmed(mapping.properties["currency"]?.column) : nil
            values.append(JSON.Member(name, try value(text, of: property, in: currency)))
        }
        members.append(JSON.Member(type == "identify" || type == "group" ? "traits" : "properties", .object(values)))
        return .message(.object(members))
    }

    /// The column that a field of the message was read from.
    func column(of field: String) -> String? {
        switch field {
        case "type": mapping.type.column
        case "event", "name": mapping.event?.column
        case "userId": mapping.userID ?? mapping.anonymousID
        case "anonymousId": mapping.anonymousID
        case "timestamp": mapping.timestamp
        case "groupId": mapping.groupID
        case "previousId": mapping.previousID
        case "messageId": mapping.messageID.first
        default: nil
        }
    }

    // MARK: Rows that do not count

    /// What says that a row does not count, for people.
    private static func words(_ column: String, _ text: String?) -> String {
        guard let text else { return "have nothing in “\(column)”" }
        return "have “\(text.prefix(40))” in “\(column)”"
    }

    /// Whether a row adds others up: its first text says so, and nobody and no moment stands in it; or nobody, no moment and no
    /// id stands in it and any of its texts says so, as GA4 writes its grand total.
    private func isTotal(
        _ row: CSVRow, _ text: (String?) throws(MessageFault) -> String?
    ) throws(MessageFault) -> Bool {
        if namesNothing(row) {
            for place in 0..<row.count where (1...24).contains(row[place].count) {
                if let told = row.text(place), isTotal(told) { return true }
            }
        }
        var first: String?
        for place in 0..<row.count where first == nil && !row[place].isEmpty {
            // Most rows begin with a number or a long text, and need not be looked at any further.
            let cell = row[place]
            if mapping.totals.isEmpty, cell.count > 24 || (0x30...0x39).contains(cell[0]) { return false }
            first = row.text(place)
        }
        guard let first else { return true }
        guard isTotal(first) else { return false }
        for column in [mapping.userID, mapping.anonymousID] where try text(column) != nil {
            // The column of people may be the one in which the word stands.
            if try text(column)?.lowercased() != first.lowercased() { return false }
        }
        return true
    }

    /// Whether a text says that its row adds others up.
    private func isTotal(_ text: String) -> Bool {
        var word = text.trimmingWhitespace.lowercased()
        while let last = word.last, last == ":" || last == " " { word.removeLast() }
        return Self.totals.contains(word) || mapping.totals.contains { $0.lowercased() == word }
    }

    /// Whether all cells are empty that would say whom a row is about, when it happened and by what it is known.
    private func namesNothing(_ row: CSVRow) -> Bool {
        !naming.isEmpty && naming.allSatisfy { row[$0].isEmpty }
    }

    static let totals: Set<String> = [
        "total", "totals", "grand total", "subtotal", "sum", "summe", "gesamt", "gesamtsumme", "total general",
        "totale",
        "totaal", "insgesamt", "total général", "total geral", "합계", "合計", "总计",
    ]

    private func isMet(_ condition: CSVMapping.Condition, _ text: String?) throws(MessageFault) -> Bool {
        if let above = condition.above {
            guard let text else { return false }
            return try number(text, condition.column) > above
        }
        return condition.values.contains { $0.lowercased() == text?.lowercased() ?? "" }
    }

    // MARK: Ids

    /// What tells the rows of this table from those of another that has the same ids; nil for orders themselves.
    private var distinction: String? {
        switch (mapping.type, mapping.event) {
        case (.column, _), (_, .column), (.literal("track"), .literal("Order Completed")), (.literal("track"), nil): nil
        case (.literal, .literal(let event)?): event
        case (.literal(let type), nil): type
        }
    }

    private func distinguished(_ id: String) -> String {
        guard let name = distinction else { return id }
        let text = "\(name) \(id)"
        guard text.utf8.count > 100 else { return text }
        return Array(text.utf8).withUnsafeBytes { Event.derivedMessageID(from: $0) }
    }

    /// Whether a spreadsheet wrote a long number so, such as `1,23457E+12`.
    private static func isScientific(_ text: String) -> Bool {
        guard let mark = text.utf8.firstIndex(where: { $0 == UInt8(ascii: "E") || $0 == UInt8(ascii: "e") }),
            mark != text.startIndex
        else { return false }
        let power = text[text.index(after: mark)...]
        guard power.first == "+", power.dropFirst().allSatisfy(\.isASCIIDigit), power.count > 1 else { return false }
        return text[..<mark].allSatisfy { $0.isASCIIDigit || $0 == "." || $0 == "," }
    }

    /// Without what makes a spreadsheet leave a text as it is: `="00777"`, `'00777`.
    private static func unwrapped(_ text: String) -> String {
        if text.utf8.count > 3, text.hasPrefix("=\""), text.hasSuffix("\"") {
            return String(text.dropFirst(2).dropLast())
        }
        if text.utf8.first == UInt8(ascii: "'"), let next = text.dropFirst().first, next.isASCIIDigit {
            return String(text.dropFirst())
        }
        return text
    }

    // MARK: Values

    /// In ISO 8601; a day alone stays one, since anything may have happened on it.
    private func moment(_ text: String?) throws(MessageFault) -> String? {
        guard let text else { return nil }
        if mapping.dates == WrittenMoment(), Timestamp(iso8601: text) != nil { return text }
        do throws(WrittenMoment.Fault) {
            if mapping.dates.zone == nil, let day = try mapping.dates.day(text) { return day }
            return try mapping.dates.moment(text).iso8601
        } catch {
            let column = mapping.timestamp ?? ""
            let remedy =
                error == .ambiguous
                ? "which may be two dates; declare “dates: {order: day}” or month in the mapping."
                : "which is no moment that is known; write ISO 8601, such as 2026-03-01T12:00:00Z."
            throw MessageFault(.invalid, column, "“\(column)” is “\(text.prefix(60))”, \(remedy)")
        }
    }

    /// - Returns: Nil where nobody was asked: who has not unsubscribed has not agreed by that.
    private func answer(_ text: String, _ consent: CSVMapping.Consent) throws(MessageFault) -> Bool? {
        if let isGranted = ConsentWords.isGranted(text) {
            return consent.isRefusal ? (isGranted ? false : nil) : isGranted
        }
        // A column of refusals may say since when.
        if consent.isRefusal, (try? mapping.dates.moment(text)) != nil { return false }
        let column = consent.column
        throw MessageFault(
            .invalid, column, "“\(column)” is “\(text.prefix(60))”, which is no answer; write yes or no.")
    }

    private func number(_ text: String, _ column: String) throws(MessageFault) -> Double {
        if mapping.decimalMark != .comma, text.isPlainNumber, let value = Double(text) { return value }
        do throws(AmountText.Fault) {
            return try AmountText.amount(text, decimalMark: mapping.decimalMark).value
        } catch {
            let remedy =
                error == .ambiguous
                ? "which may mean two numbers; declare “decimal: \".\"” or \",\" in the mapping."
                : "write a number like 1234.5."
            let mark = error == .ambiguous ? "," : ";"
            throw MessageFault(.invalid, column, "“\(column)” is “\(text.prefix(60))”\(mark) \(remedy)")
        }
    }

    /// What an amount in minor units is in major ones.
    private func amount(_ text: String, _ column: String, in currency: String?) throws(MessageFault) -> Double {
        let minor = try number(text, column)
        guard let code = currency.flatMap({ Currency($0.uppercased()) }) else {
            throw MessageFault(
                .invalid, column,
                "“\(column)” is in minor units, and “\(currency ?? "")” is no currency; map the property “currency” to the "
                    + "column that has it.")
        }
        var scale = 1.0
        for _ in 0..<code.minorDigits { scale *= 10 }
        return minor / scale
    }

    private func value(
        _ text: String, of property: CSVMapping.Property, in currency: String?
    ) throws(MessageFault) -> JSON {
        switch property.type {
        case .string: return .string(text)
        case .minor: return .number(try amount(text, property.column, in: currency))
        case .number:
            if let value = Int64(text) { return .integer(value) }
            return .number(try number(text, property.column))
        case .boolean:
            switch text.lowercased() {
            case "true", "1": return true
            case "false", "0": return false
            default:
                throw MessageFault(
                    .invalid, property.column, "“\(property.column)” is “\(text.prefix(60))”; write true or false.")
            }
        }
    }
}

extension Character {
    fileprivate var isASCIIDigit: Bool { isASCII && isNumber }
}

extension String {
    /// Whether there are digits only, and perhaps a point with other than three digits behind it.
    fileprivate var isPlainNumber: Bool {
        var decimals: Int?
        for byte in utf8 {
            if byte == UInt8(ascii: ".") {
                guard decimals == nil else { return false }
                decimals = 0
            } else {
                guard (0x30...0x39).contains(byte) else { return false }
                if let count = decimals { decimals = count + 1 }
            }
        }
        return decimals != 3
    }
}

extension CSVMapping.Text {
    fileprivate var column: String? {
        if case .column(let column) = self { column } else { nil }
    }
}
