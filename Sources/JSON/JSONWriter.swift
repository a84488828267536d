/// Writes compact JSON straight into bytes, since an encoder that builds a tree first costs more than a decision.
///
/// Calls must nest as JSON does; commas are put by the writer.
public struct JSONWriter {
    public private(set) var bytes: [UInt8] = []
    private var needsComma = false

    public init(reserving capacity: Int = 256) { bytes.reserveCapacity(capacity) }

    public mutating func object(_ body: (inout JSONWriter) throws -> Void) rethrows {
        open(0x7b)
        try body(&self)
        close(0x7d)
    }

    public mutating func array(_ body: (inout JSONWriter) throws -> Void) rethrows {
        open(0x5b)
        try body(&self)
        close(0x5d)
    }

    public mutating func name(_ name: String) {
        separate()
        quote(name)
        bytes.append(0x3a)
        needsComma = false
    }

    public mutating func string(_ text: String) {
        separate()
        quote(text)
        needsComma = true
    }

    public mutating func integer(_ value: Int64) {
        separate()
        digits(of: value)
        needsComma = true
    }

    /// A value that JSON cannot hold (NaN, infinity) is written as null.
    public mutating func number(_ value: Double) {
        guard value.isFinite else { return null() }
        if let whole = Int64(exactly: value), whole.magnitude < 1 << 53 { return integer(whole) }
        separate()
        bytes.append(contentsOf: value.description.utf8)
        needsComma = true
    }

    public mutating func bool(_ value: Bool) {
        separate()
        bytes.append(contentsOf: (value ? "true" : "false").utf8)
        needsComma = true
    }

    public mutating func null() {
        separate()
        bytes.append(contentsOf: "null".utf8)
        needsComma = true
    }

    public mutating func value(_ value: JSON) {
        switch value {
        case .null: null()
        case .bool(let value): bool(value)
        case .integer(let value): integer(value)
        case .number(let value): number(value)
        case .string(let text): string(text)
        case .array(let values): array { for value in values { $0.value(value) } }
        case .object(let members):
            object {
                for member in members {
                    $0.name(member.name)
                    $0.value(member.value)
                }
            }
        }
    }

    // MARK: Members

    public mutating func member(_ name: String, _ text: String) {
        self.name(name)
        string(text)
    }

    public mutating func member(_ name: String, _ value: Int64) {
        self.name(name)
        integer(value)
    }

    public mutating func member(_ name: String, _ value: Int) { member(name, Int64(value)) }

    public mutating func member(_ name: String, _ value: Double) {
        self.name(name)
        number(value)
    }

    public mutating func member(_ name: String, _ value: Bool) {
        self.name(name)
        bool(value)
    }

    public mutating func member(_ name: String, _ value: JSON) {
        self.name(name)
        self.value(value)
    }

    // MARK: Bytes

    private mutating func separate() {
        if needsComma { bytes.append(0x2c) }
    }

    private mutating func open(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
        needsComma = false
    }

    private mutating func close(_ bracket: UInt8) {
        bytes.append(bracket)
        needsComma = true
    }

    /// Without a text in between, which the standard library makes through generic arithmetic.
    private mutating func digits(of value: Int64) {
        if value < 0 { bytes.append(0x2d) }
        var rest = value.magnitude
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
            var first = digits.count
            repeat {
                first -= 1
                digits[first] = 0x30 + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            } while rest != 0
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: digits[first...]))
        }
    }

    private mutating func quote(_ text: String) {
        bytes.append(0x22)
        var text = text
        text.withUTF8 { characters in
            // Nearly all texts need no escape, and copying them whole is several times faster.
            if Self.isPlain(characters) {
                bytes.append(contentsOf: characters)
            } else {
                escape(characters)
            }
        }
        bytes.append(0x22)
    }

    /// Whether no character needs an escape; all are looked at, since a loop that may end early is not vectorised.
    private static func isPlain(_ characters: UnsafeBufferPointer<UInt8>) -> Bool {
        var special: UInt8 = 0
        for character in characters {
            special |= (character < 0x20 ? 1 : 0) | (character == 0x22 ? 1 : 0) | (character == 0x5c ? 1 : 0)
        }
        return special == 0
    }

    private mutating func escape(_ characters: UnsafeBufferPointer<UInt8>) {
        for byte in characters {
            switch byte {
            case 0x22: bytes.append(contentsOf: [0x5c, 0x22])
            case 0x5c: bytes.append(contentsOf: [0x5c, 0x5c])
            case 0x0a: bytes.append(contentsOf: [0x5c, 0x6e])
            case 0x0d: bytes.append(contentsOf: [0x5c, 0x72])
            case 0x09: bytes.append(contentsOf: [0x5c, 0x74])
            case 0..<0x20:
                let hexadecimal = Array("0123456789abcdef".utf8)
                bytes.append(contentsOf: [0x5c, 0x75, 0x30, 0x30])
                bytes.append(hexadecimal[Int(byte >> 4)])
                bytes.append(hexadecimal[Int(byte & 15)])
            default: bytes.append(byte)
            }
        }
    }
}

extension JSON {
    /// Compact JSON text.
    public var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Compact JSON as UTF-8.
    public var bytes: [UInt8] {
        var writer = JSONWriter()
        writer.value(self)
        return writer.bytes
    }
}
