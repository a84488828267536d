import CSimdjson

extension JSON {
    /// How deep arrays and objects may nest: events need about five levels, and every walk over a value recurses.
    public static let maximalDepth = 64

    /// Reads one JSON value, which must be the whole text (RFC 8259); a byte order mark is skipped.
    ///
    /// An integer that fits `Int64` is kept exactly, any other becomes a `Double`. Of a name that comes twice in an
    /// object the last value is kept, in the first one's place.
    ///
    /// - Complexity: O(*n*); about 1 ns per byte.
    public init(parsing bytes: UnsafeRawBufferPointer) throws(JSONParsingError) {
        let hasMark = bytes.count >= 3 && bytes[0] == 0xef && bytes[1] == 0xbb && bytes[2] == 0xbf
        let text = hasMark ? UnsafeRawBufferPointer(rebasing: bytes[3...]) : bytes
        switch Self.parse(text) {
        case .success(let value): self = value
        case .failure(let outcome):
            var scanner = JSONFaultScanner(text)
            try scanner.findFault(after: outcome)
            // No fault: simdjson refuses integers of more than 64 bits. As a fraction it reads them.
            switch scanner.withFractions({ Self.parse($0) }) {
            case .success(let value): self = value
            case .failure: throw JSONParsingError("This JSON cannot be read.", at: 0, in: text)
            }
        }
    }

    public init(parsing bytes: [UInt8]) throws(JSONParsingError) {
        // `withUnsafeBytes` cannot pass on a typed error, hence the detour.
        let result = bytes.withUnsafeBytes { bytes in
            Result { () throws(JSONParsingError) in try JSON(parsing: bytes) }
        }
        self = try result.get()
    }

    public init(parsing text: String) throws(JSONParsingError) {
        try self.init(parsing: Array(text.utf8))
    }

    private enum Parsed {
        case success(JSON)
        case failure(CSimdjsonOutcome)
    }

    private static func parse(_ text: UnsafeRawBufferPointer) -> Parsed {
        guard let start = text.baseAddress, !text.isEmpty else { return .failure(CSimdjsonOther) }
        // What a parser keeps per thread is some fifteen times its largest text.
        defer { if text.count > 1 << 20 { CSimdjsonRelease() } }
        var document = CSimdjsonDocument()
        let bytes = start.assumingMemoryBound(to: UInt8.self)
        let outcome = CSimdjsonParse(bytes, text.count, maximalDepth, &document)
        guard outcome == CSimdjsonSuccess else { return .failure(outcome) }
        var tape = Tape(words: document.tape, strings: document.strings)
        return .success(tape.next())
    }
}

/// Walks simdjson's tape: 64-bit words, a kind in the upper 8 bits and its payload in the lower 56.
///
/// Source: simdjson, "Tape structure" (doc/tape.md).
private struct Tape {
    let words: UnsafePointer<UInt64>
    /// Each string with its length, 4 bytes, before it.
    let strings: UnsafePointer<UInt8>
    /// The next word to read; word 0 frames the document.
    var index = 1

    mutating func next() -> JSON {
        let word = words[index]
        index += 1
        switch UInt8(truncatingIfNeeded: word >> 56) {
        case UInt8(ascii: "\""): return .string(string(word))
        case UInt8(ascii: "{"): return object(word)
        case UInt8(ascii: "["): return array(word)
        case UInt8(ascii: "l"): return .integer(Int64(bitPattern: scalar()))
        case UInt8(ascii: "u"): return .number(Double(scalar()))
        case UInt8(ascii: "d"): return .number(Double(bitPattern: scalar()))
        case UInt8(ascii: "t"): return .bool(true)
        case UInt8(ascii: "f"): return .bool(false)
        default: return .null
        }
    }

    private mutating func scalar() -> UInt64 {
        defer { index += 1 }
        return words[index]
    }

    private func string(_ word: UInt64) -> String {
        let start = strings + Int(truncatingIfNeeded: word & 0xff_ffff_ffff_ffff)
        let count = Int(UnsafeRawPointer(start).loadUnaligned(as: UInt32.self))
        return String(decoding: UnsafeBufferPointer(start: start + 4, count: count), as: UTF8.self)
    }

    /// The number of elements of an array or object; the tape counts up to 2²⁴ − 1.
    private func count(_ word: UInt64) -> Int { Int(truncatingIfNeeded: word >> 32) & 0xff_ffff }

    private func end(_ word: UInt64) -> Int { Int(truncatingIfNeeded: word & 0xffff_ffff) - 1 }

    private mutating func array(_ word: UInt64) -> JSON {
        let end = end(word)
        var values: [JSON] = []
        values.reserveCapacity(count(word))
        while index < end { values.append(next()) }
        index = end + 1
        return .array(values)
    }

    private mutating func object(_ word: UInt64) -> JSON {
        let count = count(word)
        let end = end(word)
        defer { index = end + 1 }
        guard count > 0 else { return .emptyObject }
        guard count <= 32 else {
            var members: [JSON.Member] = []
            members.reserveCapacity(count)
            while index < end { members.append(member()) }
            return .object(Self.withoutRepeatedNames(members))
        }

        // Few members: comparing 8-byte fingerprints of the names pairwise costs less than hashing them.
        var repeats = 0
        let members = withUnsafeTemporaryAllocation(of: UInt64.self, capacity: count) { fingerprints in
            [JSON.Member](unsafeUninitializedCapacity: count) { members, filled in
                while filled < count {
                    let fingerprint = fingerprint(words[index])
                    // Without an early exit the loop is done eight fingerprints at a time.
                    for earlier in 0..<filled { repeats |= fingerprints[earlier] == fingerprint ? 1 : 0 }
                    fingerprints[filled] = fingerprint
                    members.initializeElement(at: filled, to: member())
                    filled += 1
                }
            }
        }
        return .object(repeats == 0 ? members : Self.withoutRepeatedNames(members))
    }

    private mutating func member() -> JSON.Member {
        let name = string(words[index])
        index += 1
        return JSON.Member(name, next())
    }

    /// The first and last bytes of a string, mixed with its length; 8 bytes can be read, since the buffer is padded.
    private func fingerprint(_ word: UInt64) -> UInt64 {
        let start = UnsafeRawPointer(strings + Int(truncatingIfNeeded: word & 0xff_ffff_ffff_ffff))
        let count = Int(start.loadUnaligned(as: UInt32.self))
        let head = UInt64(littleEndian: (start + 4).loadUnaligned(as: UInt64.self))
        guard count >= 8 else { return head & (1 << (count * 8) - 1) ^ UInt64(count) << 56 }
        return head &* 0x9e37_79b9_7f4a_7c15 ^ (start + count - 4).loadUnaligned(as: UInt64.self) ^ UInt64(count) << 56
    }

    private static func withoutRepeatedNames(_ members: [JSON.Member]) -> [JSON.Member] {
        var places: [String: Int] = [:]
        var unique: [JSON.Member] = []
        unique.reserveCapacity(members.count)
        for member in members {
            if let place = places.updateValue(unique.count, forKey: member.name) {
                places[member.name] = place
                unique[place].value = member.value
            } else {
                unique.append(member)
            }
        }
        return unique
    }
}
