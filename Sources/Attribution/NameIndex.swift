/// Numbers distinct texts in order of first appearance, found by their bytes.
///
/// Looking up costs one access to memory for texts of up to 7 bytes and three for others, since in logs of millions of
/// customers waiting for memory is most of the work.
struct NameIndex: Sendable {
    private struct Slot {
        /// Of up to 7 bytes: the bytes and how many; of more: a hash with the highest bit set.
        var key: UInt64
        /// −1 is free.
        var code: Int32
    }

    private var bytes: ContiguousArray<UInt8> = []
    /// Where each name ends in `bytes`.
    private var ends: ContiguousArray<Int> = []
    /// Open addressing with linear probing. Its count is a power of two, at most half of it taken.
    private var slots = ContiguousArray(repeating: Slot(key: 0, code: -1), count: 64)
    /// Rows of a name often follow each other.
    private var last = Slot(key: 0, code: -1)

    var count: Int { ends.count }

    var names: [String] { (0..<count).map(name) }

    func name(_ index: Int) -> String {
        String(decoding: bytes[(index == 0 ? 0 : ends[index - 1])..<ends[index]], as: UTF8.self)
    }

    /// The text's number, a new one where it has not been seen.
    mutating func index(of text: UnsafeBufferPointer<UInt8>) -> Int {
        let key = Self.key(text)
        if last.code >= 0, last.key == key, isEqual(last.code, key, text) { return Int(last.code) }
        let slot = slot(of: text, key)
        if slots[slot].code < 0 {
            slots[slot] = Slot(key: key, code: Int32(ends.count))
            bytes.append(contentsOf: text)
            ends.append(bytes.count)
            last = slots[slot]
            if 2 * ends.count > slots.count { grow() }
        } else {
            last = slots[slot]
        }
        return Int(last.code)
    }

    /// Nil where it has not been seen.
    func existing(_ text: UnsafeBufferPointer<UInt8>) -> Int? {
        let code = slots[slot(of: text, Self.key(text))].code
        return code >= 0 ? Int(code) : nil
    }

    private func slot(of text: UnsafeBufferPointer<UInt8>, _ key: UInt64) -> Int {
        var slot = first(key)
        while slots[slot].code >= 0 {
            if slots[slot].key == key, isEqual(slots[slot].code, key, text) { break }
            slot = (slot + 1) & (slots.count - 1)
        }
        return slot
    }

    private func first(_ key: UInt64) -> Int {
        let mixed = (key ^ key >> 32) &* 0x9e37_79b9_7f4a_7c15
        return Int(truncatingIfNeeded: mixed >> 32) & (slots.count - 1)
    }

    /// Long ones by FNV-1a.
    private static func key(_ text: UnsafeBufferPointer<UInt8>) -> UInt64 {
        if text.count < 8 {
            var key = UInt64(text.count) << 56
            for (place, byte) in text.enumerated() { key |= UInt64(byte) << UInt64(8 * place) }
            return key
        }
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in text { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return hash | 1 << 63
    }

    /// Whether a name with the same key is the text.
    private func isEqual(_ code: Int32, _ key: UInt64, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard key >> 63 == 1 else { return true }
        let code = Int(code)
        let start = code == 0 ? 0 : ends[code - 1]
        guard ends[code] - start == text.count else { return false }
        for index in 0..<text.count where bytes[start + index] != text[index] { return false }
        return true
    }

    private mutating func grow() {
        let old = slots
        slots = ContiguousArray(repeating: Slot(key: 0, code: -1), count: 4 * old.count)
        for entry in old where entry.code >= 0 {
            var slot = first(entry.key)
            while slots[slot].code >= 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = entry
        }
    }
}
