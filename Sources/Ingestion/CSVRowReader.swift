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

    init(_ mapping: CSVMapping, header: [String]) throws(EventFileError) {
        self.mapping = mapping
        properties = mapping.properties.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        let missing = mapping.columns.filter { !header.contains($0) }
        guard missing.isEmpty else { throw .missingColumns(missing, header: header) }
        var places: [String: Int] = [:]
        for column in mapping.columns {
            guard header.firstIndex(of: column) == header.lastIndex(of: column) else { throw .repeatedColumn(column) }
            places[column] = header.firstIndex(of: column)
        }
        self.places = places
    }

    /// The message of a row.
    func message(_ row: CSVRow) throws(MessageFault) -> JSON {
        func text(_ column: String?) throws(MessageFault) -> String? {
            guard let column else { return nil }
            guard let text = row.text(places[column]!) else {
                throw MessageFault(.malformed, column, "“\(column)” is not UTF-8; save the table as UTF-8.")
            }
            return text.isEmpty ? nil : text
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
        let type = try text(mapping.type)
        append("type", type)
        append(type == "page" || type == "screen" ? "name" : "event", try text(mapping.event))
        append("userId", try text(mapping.userID))
        append("anonymousId", try text(mapping.anonymousID))
        append("timestamp", try text(mapping.timestamp))
        append("groupId", try text(mapping.groupID))
        append("previousId", try text(mapping.previousID))
        if mapping.messageID.count == 1 {
            append("messageId", try text(mapping.messageID[0]))
        } else if mapping.messageID.count > 1 {
            // As a JSON array, so that no two rows run together to one text.
            var parts: [JSON] = []
            for column in mapping.messageID { parts.append(try text(column).map(JSON.string) ?? .null) }
            if parts.contains(where: { $0 != .null }) {
                append("messageId", JSON.array(parts).bytes.withUnsafeBytes { Event.derivedMessageID(from: $0) })
            }
        }

        var values: [JSON.Member] = []
        for (name, property) in properties {
            guard let text = try text(property.column) else { continue }
            values.append(JSON.Member(name, try value(text, of: property)))
        }
        members.append(JSON.Member(type == "identify" || type == "group" ? "traits" : "properties", .object(values)))
        return .object(members)
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

    private func value(_ text: String, of property: CSVMapping.Property) throws(MessageFault) -> JSON {
        switch property.type {
        case .string: return .string(text)
        case .number:
            if let value = Int64(text) { return .integer(value) }
            // `Double` also reads "nan", "inf" and "0x1p3", which no table means as numbers.
            let isDecimal = text.utf8.allSatisfy { (0x30...0x39).contains($0) || "+-.eE".utf8.contains($0) }
            if isDecimal, let value = Double(text), value.isFinite { return .number(value) }
            throw MessageFault(
                .invalid, property.column, "“\(property.column)” is “\(text.prefix(60))”; write a number like 1234.5.")
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

extension CSVMapping.Text {
    fileprivate var column: String? {
        if case .column(let column) = self { column } else { nil }
    }
}
