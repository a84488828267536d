/// Numbers distinct texts in order of first appearance, found by their bytes.
///
/// Looking up costs one access to memory for texts of up to 7 bytes and three for others, since in files of millions of
/// customers waiting for memory is most of the work.
package struct TextIndex: Sendable {
    private struct Slot {
        /// Of up to 7 bytes: the bytes and how many; of more: a hash with the highest bit set.
        var key: UInt64
        /// −1 is free.
        var code: Int32
    }

    private var bytes: ContiguousArray<UInt8> = []
    /// Where each text ends in `bytes`.
    private var ends: ContiguousArray<Int> = []
    /// Open addressing with linear probing. Its count is a power of two, at most half of it taken.
    private var slots = ContiguousArray(repeating: Slot(key: 0, code: -1), count: 64)
    /// Rows of a text often follow each other.
    private var last = Slot(key: 0, code: -1)

    package init() {}

    package var count: Int { ends.count }

    package var texts: [String] { (0..<count).map(text) }

    package func text(_ index: Int) -> String { String(decoding: bytes[range(index)], as: UTF8.self) }

    /// The text's number, a new one where it has not been seen.
    package mutating func index(of text: UnsafeBufferPointer<UInt8>) -> Int {
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
    package func existing(_ text: UnsafeBufferPointer<UInt8>) -> Int? {
        let code = slots[slot(of: text, Self.key(text))].code
        return code >= 0 ? Int(code) : nil
    }

    /// Forgets the text numbered last, since its row is left out.
    package mutating func removeLast() {
        let range = range(count - 1)
        let slot = bytes.withUnsafeBufferPointer { bytes in
            let text = UnsafeBufferPointer(rebasing: bytes[range])
            return self.slot(of: text, Self.key(text))
        }
        // No text was numbered later, so none was sought past this slot.
        slots[slot].code = -1
        bytes.removeSubrange(range)
        ends.removeLast()
        last.code = -1
    }

    private func range(_ index: Int) -> Range<Int> { (index == 0 ? 0 : ends[index - 1])..<ends[index] }

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

    /// Long ones eight bytes at a time, the last eight perhaps twice in part.
    private static func key(_ text: UnsafeBufferPointer<UInt8>) -> UInt64 {
        guard text.count >= 8, let base = text.baseAddress else {
            var key = UInt64(text.count) << 56
            for (place, byte) in text.enumerated() { key |= UInt64(byte) << UInt64(8 * place) }
            return key
        }
        var hash = UInt64(text.count)
        func mix(_ place: Int) {
            let word = UInt64(littleEndian: UnsafeRawPointer(base + place).loadUnaligned(as: UInt64.self))
            hash = (hash ^ word) &* 0x9e37_79b9_7f4a_7c15
            hash ^= hash >> 32
        }
        for place in stride(from: 0, through: text.count - 8, by: 8) { mix(place) }
        if text.count % 8 != 0 { mix(text.count - 8) }
        return hash | 1 << 63
    }

    /// Whether a text with the same key is this one.
    private func isEqual(_ code: Int32, _ key: UInt64, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard key >> 63 == 1 else { return true }
        let range = range(Int(code))
        guard range.count == text.count else { return false }
        for index in 0..<text.count where bytes[range.lowerBound + index] != text[index] { return false }
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
