import WeirJSON
import WeirReporting

/// Decodes a request from the options that were given; those left out keep their standard value.
struct RequestDecoder: Decoder {
    /// By the names that the request has them under: small letters and hyphens.
    let given: [String: JSON]
    /// The properties of a request in which nothing was said, in their order.
    let standard: [(name: String, value: Any)]
    let codingPath: [any CodingKey] = []
    let userInfo: [CodingUserInfoKey: Any] = [:]

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(OptionContainer<Key>(decoder: self))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer { throw Self.notKeyed }
    func singleValueContainer() throws -> any SingleValueDecodingContainer { throw Self.notKeyed }

    private static let notKeyed = DecodingError.dataCorrupted(
        DecodingError.Context(codingPath: [], debugDescription: "A request has named options."))
}

private struct OptionContainer<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let decoder: RequestDecoder
    let codingPath: [any CodingKey] = []

    var allKeys: [Key] { decoder.standard.compactMap { Key(stringValue: $0.name) } }

    /// Null and false say nothing.
    func contains(_ key: Key) -> Bool {
        switch json(key) {
        case nil, .null, .bool(false): false
        default: true
        }
    }

    func decodeNil(forKey key: Key) -> Bool { !contains(key) }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        guard contains(key), let json = json(key) else {
            if let off = false as? Value, json(key) == .bool(false) { return off }
            return try standard(type, key)
        }
        if let file = file(type, json, key) { return file }
        do {
            return try OptionDecoder(json: json).decode(type)
        } catch DecodingError.dataCorrupted(let context) {
            let remedy =
                Self.names(of: type).map { "known are \($0.joined(separator: ", "))" } ?? context.debugDescription
            throw fault(key, "“\(json.string ?? json.text)” is not possible; \(remedy).")
        }
    }

    private func file<Value>(_ type: Value.Type, _ json: JSON, _ key: Key) -> Value? {
        guard type == MeasuredFile.self || type == [MeasuredFile].self else { return nil }
        let content = Array((json.string ?? "").utf8)
        let file = MeasuredFile(name: key.stringValue.hyphenated + ".csv", content: content)
        return (file as? Value) ?? ([file] as? Value)
    }

    private func standard<Value>(_ type: Value.Type, _ key: Key) throws -> Value {
        guard let value = decoder.standard.first(where: { $0.name == key.stringValue })?.value as? Value else {
            throw fault(key, "it is missing. Give it.")
        }
        return value
    }

    private func json(_ key: Key) -> JSON? { decoder.given[key.stringValue.hyphenated] }

    private func fault(_ key: Key, _ text: String) -> MeasurementError {
        MeasurementError("options.\(key.stringValue.hyphenated): \(text)")
    }

    /// The texts that an enumeration knows; nil of other types.
    private static func names<Value>(of type: Value.Type) -> [String]? {
        (type as? any CaseIterable.Type).map { allNames($0) }
    }

    private static func allNames<Cases: CaseIterable>(_ type: Cases.Type) -> [String] {
        type.allCases.compactMap { ($0 as? any RawRepresentable)?.rawValue as? String }
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> { throw fault(key, OptionDecoder.plainly + ".") }
    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        throw fault(key, OptionDecoder.plainly + ".")
    }
    func superDecoder() -> any Decoder { decoder }
    func superDecoder(forKey key: Key) -> any Decoder { decoder }
}

/// A value within a request: a text, a number, or a list.
private struct OptionDecoder: Decoder, SingleValueDecodingContainer {
    let json: JSON
    let codingPath: [any CodingKey] = []
    let userInfo: [CodingUserInfoKey: Any] = [:]

    static let plainly = "send a text, a number, true, or a list of these"

    func decodeNil() -> Bool { json == .null }

    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        guard let plain = type as? any OptionValue.Type else { return try Value(from: self) }
        guard let value = plain.init(option: json) as? Value else { throw Self.corrupted("send \(plain.meant)") }
        return value
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        throw Self.corrupted(Self.plainly)
    }
    func unkeyedContainer() -> any UnkeyedDecodingContainer { OptionList(items: json.array ?? [json]) }
    func singleValueContainer() -> any SingleValueDecodingContainer { self }

    private static func corrupted(_ text: String) -> DecodingError {
        .dataCorrupted(DecodingError.Context(codingPath: [], debugDescription: text))
    }
}

/// A list of values; a single one stands for a list of one.
private struct OptionList: UnkeyedDecodingContainer {
    let items: [JSON]
    var currentIndex = 0
    let codingPath: [any CodingKey] = []

    init(items: [JSON]) { self.items = items }

    var count: Int? { items.count }
    var isAtEnd: Bool { currentIndex >= items.count }

    private mutating func next() -> OptionDecoder {
        defer { currentIndex += 1 }
        return OptionDecoder(json: isAtEnd ? .null : items[currentIndex])
    }

    mutating func decodeNil() -> Bool {
        guard !isAtEnd, items[currentIndex] == .null else { return false }
        currentIndex += 1
        return true
    }
    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try next().decode(type) }
    mutating func nestedContainer<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        try next().container(keyedBy: type)
    }
    mutating func nestedUnkeyedContainer() -> any UnkeyedDecodingContainer { next().unkeyedContainer() }
    mutating func superDecoder() -> any Decoder { next() }
}

/// What a single option can be read as.
private protocol OptionValue {
    init?(option json: JSON)
    static var meant: String { get }
}

extension Bool: OptionValue {
    fileprivate init?(option json: JSON) {
        guard let flag = json.bool else { return nil }
        self = flag
    }
    fileprivate static var meant: String { "true or false" }
}

extension String: OptionValue {
    fileprivate init?(option json: JSON) {
        switch json {
        case .string(let text): self = text
        // A year or an id may be written as a number.
        case .integer, .number: self = json.text
        default: return nil
        }
    }
    fileprivate static var meant: String { "a text" }
}

extension Double: OptionValue {
    fileprivate init?(option json: JSON) {
        guard let number = json.double ?? json.string.flatMap({ Double($0) }), number.isFinite else { return nil }
        self = number
    }
    fileprivate static var meant: String { "a number" }
}

extension Int: OptionValue {
    fileprivate init?(option json: JSON) {
        let whole = json.string.map { Int($0) } ?? json.integer.map { Int(exactly: $0) }
        guard let number = whole ?? json.double.flatMap({ Int(exactly: $0) }) else { return nil }
        self = number
    }
    fileprivate static var meant: String { "a whole number" }
}

extension UInt64: OptionValue {
    fileprivate init?(option json: JSON) {
        let whole = json.string.map { UInt64($0) } ?? json.integer.map { UInt64(exactly: $0) }
        guard let number = whole ?? json.double.flatMap({ UInt64(exactly: $0) }) else { return nil }
        self = number
    }
    fileprivate static var meant: String { "a whole number from 0" }
}
