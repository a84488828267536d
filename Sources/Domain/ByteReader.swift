/// Reads what `ByteWriter` wrote; a stored form that ends early or says nonsense is an error, never a crash.
public struct ByteReader {
    private let bytes: [UInt8]
    private var index = 0

    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    public var isAtEnd: Bool { index == bytes.count }

    public mutating func fixed<Number: FixedWidthInteger>(_ type: Number.Type = Number.self) throws(DamagedRecord)
        -> Number
    {
        let size = MemoryLayout<Number>.size
        guard index + size <= bytes.count else { throw DamagedRecord(offset: index) }
        let value = bytes.withUnsafeBytes {
            Number(littleEndian: $0.loadUnaligned(fromByteOffset: index, as: Number.self))
        }
        index += size
        return value
    }

    public mutating func float() throws(DamagedRecord) -> Float { Float(bitPattern: try fixed()) }
    public mutating func double() throws(DamagedRecord) -> Double { Double(bitPattern: try fixed()) }
    public mutating func bool() throws(DamagedRecord) -> Bool { try fixed(UInt8.self) != 0 }

    public mutating func integer() throws(DamagedRecord) -> Int {
        var folded: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let byte = try fixed(UInt8.self)
            guard shift < 64 else { throw DamagedRecord(offset: index) }
            folded |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { break }
            shift += 7
        }
        return Int(Int64(bitPattern: folded >> 1) ^ -Int64(bitPattern: folded & 1))
    }

    public mutating func count() throws(DamagedRecord) -> Int {
        let count = try integer()
        guard count >= 0, count <= bytes.count - index else { throw DamagedRecord(offset: index) }
        return count
    }

    public mutating func string() throws(DamagedRecord) -> String {
        let count = try count()
        defer { index += count }
        return bytes.withUnsafeBufferPointer {
            String(decoding: UnsafeBufferPointer(rebasing: $0[index..<index + count]), as: UTF8.self)
        }
    }

    public mutating func blob() throws(DamagedRecord) -> [UInt8] {
        let count = try count()
        defer { index += count }
        return Array(bytes[index..<index + count])
    }

    public mutating func floats() throws(DamagedRecord) -> [Float] {
        let count = try count()
        let size = count * MemoryLayout<UInt32>.size
        guard size <= bytes.count - index else { throw DamagedRecord(offset: index) }
        defer { index += size }
        return bytes.withUnsafeBytes { bytes in
            (0..<count).map { number in
                let offset = index + number * MemoryLayout<UInt32>.size
                return Float(
                    bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
            }
        }
    }

    public mutating func list<Element>(
        _ body: (inout ByteReader) throws(DamagedRecord) -> Element
    ) throws(DamagedRecord) -> [Element] {
        let count = try count()
        var elements: [Element] = []
        elements.reserveCapacity(count)
        for _ in 0..<count { elements.append(try body(&self)) }
        return elements
    }

    public mutating func timestamp() throws(DamagedRecord) -> Timestamp {
        Timestamp(microseconds: Int64(try integer()))
    }

    /// Reads the version byte with which each stored form begins.
    @discardableResult
    public mutating func version(atMost newest: UInt8) throws(DamagedRecord) -> UInt8 {
        let found: UInt8 = try fixed()
        guard (1...newest).contains(found) else { throw DamagedRecord(offset: index - 1) }
        return found
    }
}

/// A stored form that this program cannot read: cut short, overwritten, or written by a newer version.
public struct DamagedRecord: Error, Equatable, CustomStringConvertible {
    /// Where reading stopped, in bytes from the record's beginning.
    public let offset: Int

    public init(offset: Int) { self.offset = offset }

    public var description: String {
        "A stored record cannot be read (byte \(offset)). It is damaged or was written by a newer weir; "
            + "restore the store from a backup or run the newer program."
    }
}
