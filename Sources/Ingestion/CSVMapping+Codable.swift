import WeirDomain
import WeirFiles

extension CSVMapping {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case type, event, timestamp, properties, delimiter, encoding, skip, decimal, dates, empty, totals, consent, only
        case unless, optional
        case userID = "userId"
        case anonymousID = "anonymousId"
        case messageID = "messageId"
        case groupID = "groupId"
        case previousID = "previousId"
    }

    package init(from decoder: any Decoder) throws {
        try AnyKey.check(decoder, allows: CodingKeys.allCases.map(\.rawValue), of: "A mapping")
        let container = try decoder.container(keyedBy: CodingKeys.self)
        type = try container.decodeIfPresent(Text.self, forKey: .type) ?? type
        event = try container.decodeIfPresent(Text.self, forKey: .event)
        userID = try container.decodeIfPresent(String.self, forKey: .userID)
        anonymousID = try container.decodeIfPresent(String.self, forKey: .anonymousID)
        timestamp = try container.decodeIfPresent(String.self, forKey: .timestamp)
        groupID = try container.decodeIfPresent(String.self, forKey: .groupID)
        previousID = try container.decodeIfPresent(String.self, forKey: .previousID)
        properties = try container.decodeIfPresent([String: Property].self, forKey: .properties) ?? [:]
        if let column = try? container.decode(String.self, forKey: .messageID) {
            messageID = [column]
        } else {
            messageID = try container.decodeIfPresent([String].self, forKey: .messageID) ?? []
        }
        delimiter = try container.decodeIfPresent(String.self, forKey: .delimiter)
        if delimiter == "tab" { delimiter = "\t" }
        if let delimiter, delimiter.utf8.count != 1 || ["\"", "\n", "\r"].contains(delimiter) {
            throw DecodingError.dataCorruptedError(
                forKey: .delimiter, in: container,
                debugDescription: "“delimiter” is “\(delimiter)”; give one ASCII character, such as \";\", or tab.")
        }
        if let name = try container.decodeIfPresent(String.self, forKey: .encoding) {
            guard let known = TextEncoding(named: name) else {
                throw DecodingError.dataCorruptedError(
                    forKey: .encoding, in: container,
                    debugDescription: "“encoding” is “\(name)”; give UTF-8, UTF-16 or Latin-1.")
            }
            encoding = known
        }
        skip = try container.decodeIfPresent(Int.self, forKey: .skip) ?? 0
        guard (0...1_000).contains(skip) else {
            throw DecodingError.dataCorruptedError(
                forKey: .skip, in: container, debugDescription: "“skip” is \(skip); give a number of lines in 0...1000."
            )
        }
        if let mark = try container.decodeIfPresent(String.self, forKey: .decimal) {
            guard let known = AmountText.DecimalMark(rawValue: mark) ?? ["comma": .comma, "point": .point][mark] else {
                throw DecodingError.dataCorruptedError(
                    forKey: .decimal, in: container, debugDescription: "“decimal” is “\(mark)”; give \".\" or \",\".")
            }
            decimalMark = known
        }
        dates = try container.decodeIfPresent(WrittenMoment.self, forKey: .dates) ?? dates
        empty = try container.decodeIfPresent([String].self, forKey: .empty) ?? []
        if let word = try? container.decode(String.self, forKey: .totals) {
            totals = [word]
        } else {
            totals = try container.decodeIfPresent([String].self, forKey: .totals) ?? []
        }
        consent = try container.decodeIfPresent([String: Consent].self, forKey: .consent) ?? [:]
        only = try container.decodeIfPresent(Condition.self, forKey: .only)
        if container.contains(.unless) {
            unless =
                try (try? container.decode([Condition].self, forKey: .unless))
                ?? [container.decode(Condition.self, forKey: .unless)]
        }
        optional = try container.decodeIfPresent([String].self, forKey: .optional) ?? []
        if let unknown = optional.first(where: { !allColumns.contains($0) }) {
            throw DecodingError.dataCorruptedError(
                forKey: .optional, in: container,
                debugDescription: "“optional” names “\(unknown)”, which the mapping does not read; remove it.")
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(type, forKey: .type)
        try container.encodeIfPresent(event, forKey: .event)
        try container.encodeIfPresent(userID, forKey: .userID)
        try container.encodeIfPresent(anonymousID, forKey: .anonymousID)
        try container.encodeIfPresent(timestamp, forKey: .timestamp)
        try container.encodeIfPresent(groupID, forKey: .groupID)
        try container.encodeIfPresent(previousID, forKey: .previousID)
        try container.encode(messageID, forKey: .messageID)
        try container.encode(properties, forKey: .properties)
        try container.encodeIfPresent(delimiter, forKey: .delimiter)
        try container.encodeIfPresent(encoding?.rawValue, forKey: .encoding)
        if skip > 0 { try container.encode(skip, forKey: .skip) }
        try container.encodeIfPresent(decimalMark?.rawValue, forKey: .decimal)
        if dates != WrittenMoment() { try container.encode(dates, forKey: .dates) }
        if !empty.isEmpty { try container.encode(empty, forKey: .empty) }
        if !totals.isEmpty { try container.encode(totals, forKey: .totals) }
        if !consent.isEmpty { try container.encode(consent, forKey: .consent) }
        try container.encodeIfPresent(only, forKey: .only)
        if !unless.isEmpty { try container.encode(unless, forKey: .unless) }
        if !optional.isEmpty { try container.encode(optional, forKey: .optional) }
    }
}

extension WrittenMoment: Codable {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case order, zone
        case isExcel = "excel"
    }

    package init(from decoder: any Decoder) throws {
        try AnyKey.check(decoder, allows: CodingKeys.allCases.map(\.rawValue), of: "“dates”")
        let container = try decoder.container(keyedBy: CodingKeys.self)
        if let name = try container.decodeIfPresent(String.self, forKey: .order) {
            guard let known = Order(rawValue: name) else {
                throw DecodingError.dataCorruptedError(
                    forKey: .order, in: container, debugDescription: "“order” is “\(name)”; give day or month.")
            }
            order = known
        }
        zone = try container.decodeIfPresent(String.self, forKey: .zone)
        if let zone, !Self.isZone(zone) {
            throw DecodingError.dataCorruptedError(
                forKey: .zone, in: container,
                debugDescription: "“zone” is “\(zone)”, which is no time zone; give one such as Europe/Berlin.")
        }
        isExcel = try container.decodeIfPresent(Bool.self, forKey: .isExcel) ?? false
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(order, forKey: .order)
        try container.encodeIfPresent(zone, forKey: .zone)
        if isExcel { try container.encode(true, forKey: .isExcel) }
    }
}

extension CSVMapping.Consent: Codable {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case column
        case isRefusal = "refusal"
    }

    /// A column's name alone means that “yes” there is a yes.
    package init(from decoder: any Decoder) throws {
        if let column = try? decoder.singleValueContainer().decode(String.self) {
            self.init(column: column)
        } else {
            try AnyKey.check(decoder, allows: CodingKeys.allCases.map(\.rawValue), of: "A consent")
            let container = try decoder.container(keyedBy: CodingKeys.self)
            self.init(
                column: try container.decode(String.self, forKey: .column),
                isRefusal: try container.decodeIfPresent(Bool.self, forKey: .isRefusal) ?? false)
        }
    }
}

extension CSVMapping.Consent {
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(column, forKey: .column)
        if isRefusal { try container.encode(true, forKey: .isRefusal) }
    }
}

extension CSVMapping.Condition: Codable {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case column, above
        case values = "is"
    }

    package init(from decoder: any Decoder) throws {
        try AnyKey.check(decoder, allows: CodingKeys.allCases.map(\.rawValue), of: "“only”")
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(column: try container.decode(String.self, forKey: .column))
        if let value = try? container.decode(String.self, forKey: .values) {
            values = [value]
        } else {
            values = try container.decodeIfPresent([String].self, forKey: .values) ?? []
        }
        above = try container.decodeIfPresent(Double.self, forKey: .above)
        guard !values.isEmpty || above != nil else {
            throw DecodingError.dataCorruptedError(
                forKey: .values, in: container,
                debugDescription: "“only” says nothing of the column “\(column)”; give “is” or “above”.")
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(column, forKey: .column)
        if !values.isEmpty { try container.encode(values, forKey: .values) }
        try container.encodeIfPresent(above, forKey: .above)
    }
}

extension CSVMapping.Text: Codable {
    private enum CodingKeys: CodingKey { case column }

    package init(from decoder: any Decoder) throws {
        if let text = try? decoder.singleValueContainer().decode(String.self) {
            self = .literal(text)
        } else {
            self = .column(try decoder.container(keyedBy: CodingKeys.self).decode(String.self, forKey: .column))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        switch self {
        case .literal(let text):
            var container = encoder.singleValueContainer()
            try container.encode(text)
        case .column(let column):
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(column, forKey: .column)
        }
    }
}

extension CSVMapping.Property: Codable {
    private enum CodingKeys: String, CodingKey, CaseIterable { case column, type }

    /// A column's name alone means a text.
    package init(from decoder: any Decoder) throws {
        if let column = try? decoder.singleValueContainer().decode(String.self) {
            self.init(column: column)
        } else {
            try AnyKey.check(decoder, allows: CodingKeys.allCases.map(\.rawValue), of: "A property")
            let container = try decoder.container(keyedBy: CodingKeys.self)
            let type = try container.decodeIfPresent(CSVMapping.ValueType.self, forKey: .type)
            self.init(column: try container.decode(String.self, forKey: .column), type: type ?? .string)
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(column, forKey: .column)
        try container.encode(type, forKey: .type)
    }
}

/// Any member's name, so that a misspelt one is noticed.
private struct AnyKey: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }

    static func check(_ decoder: any Decoder, allows names: [String], of owner: String) throws {
        let container = try decoder.container(keyedBy: AnyKey.self)
        for key in container.allKeys.sorted(by: { $0.stringValue < $1.stringValue }) {
            guard names.contains(key.stringValue) else {
                let known = names.map { "“\($0)”" }.joined(separator: ", ")
                throw DecodingError.dataCorruptedError(
                    forKey: key, in: container,
                    debugDescription: "\(owner) has no field “\(key.stringValue)”; its fields are \(known).")
            }
        }
    }
}
