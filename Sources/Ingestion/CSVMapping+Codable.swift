extension CSVMapping {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case type, event, timestamp, properties, delimiter
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
        delimiter = try container.decodeIfPresent(String.self, forKey: .delimiter) ?? delimiter
        guard delimiter.utf8.count == 1, !["\"", "\n", "\r"].contains(delimiter) else {
            throw DecodingError.dataCorruptedError(
                forKey: .delimiter, in: container,
                debugDescription: "“delimiter” is “\(delimiter)”; give one ASCII character, such as \";\".")
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
        try container.encode(delimiter, forKey: .delimiter)
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
