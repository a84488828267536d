/// The distinct texts of a column, found by their bytes without making a string of each cell.
struct LevelTable {
    private var bytes: ContiguousArray<UInt8> = []
    /// Where each level ends in `bytes`.
    private var ends: ContiguousArray<Int> = []
    private var hashes: ContiguousArray<UInt64> = []
    /// Open addressing with linear probing; −1 is free. Its count is a power of two, at most half of it taken.
    private var slots = ContiguousArray<Int32>(repeating: -1, count: 64)
    private var lastSlot = 0
    /// Of the text last looked up; rows of a kind often follow each other.
    private var lastCode = -1

    var count: Int { ends.count }

    var levels: [String] {
        var start = 0
        return ends.map { end in
            defer { start = end }
            return String(decoding: bytes[start..<end], as: UTF8.self)
        }
    }

    /// The text's index, which is new where it has not been seen.
    mutating func code(of text: UnsafeBufferPointer<UInt8>) -> Int32 {
        if lastCode >= 0, isEqual(lastCode, text) { return Int32(lastCode) }
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in text { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        hash ^= hash >> 29
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[slot] >= 0 {
            let code = Int(slots[slot])
            if hashes[code] == hash, isEqual(code, text) {
                lastCode = code
                return Int32(code)
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        slots[slot] = Int32(ends.count)
        lastCode = ends.count
        lastSlot = slot
        bytes.append(contentsOf: text)
        ends.append(bytes.count)
        hashes.append(hash)
        if 2 * ends.count > slots.count { grow() }
        return Int32(ends.count - 1)
    }

    /// Forgets the level last added, since its row is left out.
    mutating func removeLast() {
        ends.removeLast()
        hashes.removeLast()
        bytes.removeSubrange((ends.last ?? 0)...)
        slots[lastSlot] = -1
        lastCode = -1
    }

    private func isEqual(_ code: Int, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
        let start = code == 0 ? 0 : ends[code - 1]
        guard ends[code] - start == text.count else { return false }
        for index in 0..<text.count where bytes[start + index] != text[index] { return false }
        return true
    }

    private mutating func grow() {
        slots = ContiguousArray(repeating: -1, count: 2 * slots.count)
        for code in ends.indices {
            var slot = Int(truncatingIfNeeded: hashes[code]) & (slots.count - 1)
            while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = Int32(code)
            lastSlot = slot
        }
    }
}
