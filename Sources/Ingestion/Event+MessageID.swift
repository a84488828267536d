package import WeirDomain

extension Event {
    /// A message id for a sender that gave none: a random UUID (RFC 9562, version 4).
    package static func newMessageID(using random: inout some RandomNumberGenerator) -> String {
        let high = random.next() & ~0xf000 | 0x4000
        let low = random.next() & ~(0b11 << 62) | (0b10 << 62)
        let digits = hexadecimal(high) + hexadecimal(low)
        var text: [UInt8] = []
        text.reserveCapacity(36)
        for (index, digit) in digits.enumerated() {
            if [8, 12, 16, 20].contains(index) { text.append(UInt8(ascii: "-")) }
            text.append(digit)
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// A message id that hangs on the bytes alone, so that a file that is read twice counts once.
    ///
    /// 128 bits: two hashes of the bytes with salts of their own.
    static func derivedMessageID(from bytes: UnsafeRawBufferPointer, salt: UInt64 = 0) -> String {
        let bytes = bytes.bindMemory(to: UInt8.self)
        let high = StableHash.of(bytes, salt: StableHash.mixed(salt &+ 1))
        let low = StableHash.of(bytes, salt: StableHash.mixed(~salt))
        return String(decoding: hexadecimal(high) + hexadecimal(low), as: UTF8.self)
    }

    private static func hexadecimal(_ word: UInt64) -> [UInt8] {
        (0..<16).map { place in
            let digit = UInt8(truncatingIfNeeded: word >> UInt64(60 - place * 4)) & 15
            return digit < 10 ? digit + UInt8(ascii: "0") : digit - 10 + UInt8(ascii: "a")
        }
    }
}
