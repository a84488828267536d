/// Writes the compact binary form in which profiles, decision inputs and models are stored: little-endian, no padding.
///
/// Each stored form begins with a version byte of its own, so that a later program can still read it.
public struct ByteWriter {
    public private(set) var bytes: [UInt8] = []

    public init(reserving capacity: Int = 256) { bytes.reserveCapacity(capacity) }

    @inlinable
    public mutating func fixed<Number: FixedWidthInteger>(_ number: Number) {
        if Number.bitWidth == 8 { return append(UInt8(truncatingIfNeeded: number)) }
        withUnsafeBytes(of: number.littleEndian) { append($0) }
    }

    @inlinable
    public mutating func float(_ value: Float) { fixed(value.bitPattern) }

    @inlinable
    public mutating func double(_ value: Double) { fixed(value.bitPattern) }

    /// Several numbers at once, which is quicker than one by one.
    @inlinable
    package mutating func doubles(_ a: Double, _ b: Double, _ c: Double, _ d: Double, _ e: Double) {
        let numbers = (
            a.bitPattern.littleEndian, b.bitPattern.littleEndian, c.bitPattern.littleEndian, d.bitPattern.littleEndian,
            e.bitPattern.littleEndian
        )
        withUnsafeBytes(of: numbers) { append($0) }
    }

    @inlinable
    public mutating func bool(_ value: Bool) { append(value ? 1 : 0) }

    /// A whole number in as few bytes as it needs (LEB128, signs folded in).
    public mutating func integer(_ value: some BinaryInteger) {
        let value = Int64(value)
        var rest = UInt64(bitPattern: (value << 1) ^ (value >> 63))
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    public mutating func string(_ text: String) {
        integer(text.utf8.count)
        bytes.append(contentsOf: text.utf8)
    }

    public mutating func blob(_ blob: [UInt8]) {
        integer(blob.count)
        bytes.append(contentsOf: blob)
    }

    public mutating func floats(_ values: some RandomAccessCollection<Float>) {
        integer(values.count)
        #if _endian(little)
            if values.withContiguousStorageIfAvailable({ append(UnsafeRawBufferPointer($0)) }) != nil { return }
        #endif
        for value in values { float(value) }
    }

    @inlinable
    public mutating func list<Elements: Collection>(
        _ elements: Elements, _ body: (inout ByteWriter, Elements.Element) -> Void
    ) {
        integer(elements.count)
        for element in elements { body(&self, element) }
    }

    public mutating func timestamp(_ moment: Timestamp) { integer(moment.microseconds) }

    @usableFromInline
    mutating func append(_ byte: UInt8) { bytes.append(byte) }

    @usableFromInline
    mutating func append(_ raw: UnsafeRawBufferPointer) { bytes.append(contentsOf: raw) }
}
