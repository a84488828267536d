import CSimdjson

/// Finds out what is wrong with a text that simdjson refused, and where.
///
/// A plain recursive-descent reading of RFC 8259 that keeps no values: it runs after a failure only.
struct JSONFaultScanner {
    private let bytes: UnsafeRawBufferPointer
    private var index = 0
    private var depth = 0
    /// Where integers end that 64 bits cannot hold; they are no fault.
    private var largeIntegerEnds: [Int] = []

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    mutating func findFault(after outcome: CSimdjsonOutcome) throws(JSONParsingError) {
        if outcome == CSimdjsonMemory { throw fault("This JSON text is too large for memory; send less at a time.") }
        let repaired = String(decoding: bytes, as: UTF8.self).utf8
        if let broken = zip(bytes, repaired).enumerated().first(where: { $0.element.0 != $0.element.1 }) {
            throw fault("A byte here is not UTF-8; save or send the text as UTF-8.", at: broken.offset)
        }
        skipSpace()
        if index == bytes.count { throw fault("The text is empty; send one JSON value.") }
        try value()
        skipSpace()
        if index < bytes.count {
            throw fault("\(found) follows the value; send one JSON value (in a file, one per line).")
        }
    }

    /// Calls `body` with the text in which `e0` follows each large integer, so that it reads as a fraction.
    func withFractions<Answer>(_ body: (UnsafeRawBufferPointer) -> Answer) -> Answer {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count + 2 * largeIntegerEnds.count)
        var copied = 0
        for end in largeIntegerEnds {
            text.append(contentsOf: bytes[copied..<end])
            text.append(contentsOf: "e0".utf8)
            copied = end
        }
        text.append(contentsOf: bytes[copied...])
        return text.withUnsafeBytes(body)
    }

    // MARK: Grammar

    private mutating func value() throws(JSONParsingError) {
        guard let byte = peek else { throw cutShort("where a value should be") }
        switch byte {
        case UInt8(ascii: "{"): try nest { scanner throws(JSONParsingError) in try scanner.object() }
        case UInt8(ascii: "["): try nest { scanner throws(JSONParsingError) in try scanner.array() }
        case UInt8(ascii: "\""): try string()
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try number()
        default:
            let start = index
            let word = word
            guard ["true", "false", "null"].contains(word) else {
                throw fault("\(found) is no JSON value; a text stands in double quotes.", at: start)
            }
            index += word.utf8.count
        }
    }

    private mutating func nest(
        _ body: (inout JSONFaultScanner) throws(JSONParsingError) -> Void
    ) throws(JSONParsingError) {
        depth += 1
        guard depth <= JSON.maximalDepth else {
            throw fault("Arrays and objects nest deeper than \(JSON.maximalDepth) levels; flatten the value.")
        }
        index += 1
        skipSpace()
        try body(&self)
        depth -= 1
    }

    private mutating func object() throws(JSONParsingError) {
        if skip("}") { return }
        while true {
            guard peek == UInt8(ascii: "\"") else {
                throw unexpected("a member's name in double quotes should be", in: "an object")
            }
            try string()
            skipSpace()
            guard skip(":") else { throw unexpected("“:” should follow the name", in: "an object") }
            skipSpace()
            try value()
            skipSpace()
            if skip("}") { return }
            guard skip(",") else { throw unexpected("“,” or “}” should be", in: "an object") }
            skipSpace()
        }
    }

    private mutating func array() throws(JSONParsingError) {
        if skip("]") { return }
        while true {
            try value()
            skipSpace()
            if skip("]") { return }
            guard skip(",") else { throw unexpected("“,” or “]” should be", in: "an array") }
            skipSpace()
        }
    }

    private mutating func string() throws(JSONParsingError) {
        index += 1
        while let byte = peek {
            switch byte {
            case UInt8(ascii: "\""):
                index += 1
                return
            case UInt8(ascii: "\\"): try escape()
            case 0..<0x20:
                let code = String(byte, radix: 16)
                let escape = "\\u" + String(repeating: "0", count: 4 - code.count) + code
                throw fault("A control character stands in a string; write it as “\(escape)”.")
            default: index += 1
            }
        }
        throw cutShort("inside a string")
    }

    private mutating func escape() throws(JSONParsingError) {
        let start = index
        index += 1
        guard let kind = peek else { throw cutShort("inside a string") }
        index += 1
        if kind == UInt8(ascii: "u") {
            let half = try codeUnit(escapeStart: start)
            guard (0xd800..<0xe000).contains(half) else { return }
            let isPaired = half < 0xdc00 && skip("\\") && skip("u")
            guard isPaired, case 0xdc00..<0xe000 = try codeUnit(escapeStart: start) else {
                throw fault("Half a surrogate pair stands alone in a string; write both halves, or neither.", at: start)
            }
        } else if !#""\/bfnrt"#.utf8.contains(kind) {
            throw fault("“\\” begins no JSON escape here; write a backslash as “\\\\”.", at: start)
        }
    }

    private mutating func codeUnit(escapeStart: Int) throws(JSONParsingError) -> UInt32 {
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = peek else { throw cutShort("inside a string") }
            guard let digit = Character(UnicodeScalar(byte)).hexDigitValue else {
                throw fault("“\\u” needs four hexadecimal digits.", at: escapeStart)
            }
            unit = unit << 4 | UInt32(digit)
            index += 1
        }
        return unit
    }

    private mutating func number() throws(JSONParsingError) {
        let start = index
        let text = word
        var isInteger = true
        _ = skip("-")
        var isWellFormed = skip("0") || skipDigits()
        if skip(".") {
            isInteger = false
            isWellFormed = skipDigits() && isWellFormed
        }
        if skip("e") || skip("E") {
            isInteger = false
            _ = skip("+") || skip("-")
            isWellFormed = skipDigits() && isWellFormed
        }
        guard isWellFormed, index == start + text.utf8.count else {
            throw fault("“\(text.prefix(40))” is no JSON number; write it like -12.5e3, or as a string.", at: start)
        }
        guard let value = Double(text), value.isFinite else {
            throw fault("“\(text.prefix(40))” is too large for a number; write it as a string.", at: start)
        }
        if isInteger, Int64(text) == nil, UInt64(text) == nil { largeIntegerEnds.append(index) }
    }

    // MARK: Bytes

    private var peek: UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard peek == UInt8(ascii: character) else { return false }
        index += 1
        return true
    }

    private mutating func skipDigits() -> Bool {
        let start = index
        while let byte = peek, (0x30...0x39).contains(byte) { index += 1 }
        return index > start
    }

    private mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || (0x09...0x0d).contains(byte) && byte != 0x0b && byte != 0x0c {
            index += 1
        }
    }

    /// The text from here to the next space, bracket, quote, comma or colon.
    private var word: String {
        let end = bytes[index...].firstIndex { $0 <= 0x20 || #"{}[]",:"#.utf8.contains($0) } ?? bytes.count
        return String(decoding: bytes[index..<end], as: UTF8.self)
    }

    /// What stands here, for a message.
    private var found: String {
        guard index < bytes.count else { return "The end" }
        let word = word
        return "“\(word.isEmpty ? String(decoding: bytes[index...index], as: UTF8.self) : String(word.prefix(40)))”"
    }

    private func fault(_ message: String, at offset: Int? = nil) -> JSONParsingError {
        JSONParsingError(message, at: offset ?? index, in: bytes)
    }

    private func cutShort(_ place: String) -> JSONParsingError {
        fault("The text ends \(place); it was cut short, send it whole.")
    }

    private func unexpected(_ expected: String, in container: String) -> JSONParsingError {
        index < bytes.count ? fault("\(found) stands where \(expected).") : cutShort("inside \(container)")
    }
}
