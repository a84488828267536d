import WeirJSON

/// Tells where the parts of an object or array begin and end, by quotes, brackets and commas alone, so that one part that
/// is no JSON does not take the others along.
///
/// Never recurses, and looks at each byte once.
enum JSONParts {
    /// The names of an object's members with the bytes of their values; nil where it is no object that ends.
    static func members(of bytes: UnsafeRawBufferPointer) -> [(String, UnsafeRawBufferPointer)]? {
        var scanner = Scanner(bytes)
        guard scanner.skip("{") else { return nil }
        var members: [(String, UnsafeRawBufferPointer)] = []
        while true {
            // A comma too many parts nothing.
            while scanner.skip(",") {}
            if scanner.skip("}") { return scanner.isAtEnd ? members : nil }
            guard let name = scanner.name(), scanner.skip(":"), let value = scanner.value() else { return nil }
            members.append((name, value))
            if scanner.skip(",") { continue }
            return scanner.skip("}") && scanner.isAtEnd ? members : nil
        }
    }

    /// The bytes of an array's elements; nil where it is no array that ends.
    static func elements(of bytes: UnsafeRawBufferPointer) -> [UnsafeRawBufferPointer]? {
        var scanner = Scanner(bytes)
        guard scanner.skip("[") else { return nil }
        var elements: [UnsafeRawBufferPointer] = []
        while true {
            while scanner.skip(",") {}
            if scanner.skip("]") { return scanner.isAtEnd ? elements : nil }
            guard let value = scanner.value() else { return nil }
            elements.append(value)
            if scanner.skip(",") { continue }
            return scanner.skip("]") && scanner.isAtEnd ? elements : nil
        }
    }

    private struct Scanner {
        let bytes: UnsafeRawBufferPointer
        var index = 0

        init(_ bytes: UnsafeRawBufferPointer) {
            self.bytes = bytes
            if bytes.starts(with: [0xef, 0xbb, 0xbf]) { index = 3 }
            skipSpace()
        }

        var isAtEnd: Bool { index == bytes.count }

        /// Moves behind a character and the space that follows it.
        mutating func skip(_ character: Unicode.Scalar) -> Bool {
            guard index < bytes.count, bytes[index] == UInt8(ascii: character) else { return false }
            index += 1
            skipSpace()
            return true
        }

        mutating func name() -> String? {
            let start = index
            guard index < bytes.count, bytes[index] == UInt8(ascii: "\""), skipString() else { return nil }
            let text = UnsafeRawBufferPointer(rebasing: bytes[start..<index])
            skipSpace()
            // A name that is no JSON names nothing that is looked for.
            return (try? JSON(parsing: text))?.string ?? String(decoding: text.dropFirst().dropLast(), as: UTF8.self)
        }

        /// The bytes up to the comma or bracket that ends a value, without the space before that; nil where none does.
        mutating func value() -> UnsafeRawBufferPointer? {
            let start = index
            var depth = 0
            while index < bytes.count {
                switch bytes[index] {
                case UInt8(ascii: "\""):
                    guard skipString() else { return nil }
                    continue
                case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
                case UInt8(ascii: "}"), UInt8(ascii: "]"):
                    if depth == 0 { return value(from: start) }
                    depth -= 1
                case UInt8(ascii: ",") where depth == 0: return value(from: start)
                default: break
                }
                index += 1
            }
            return nil
        }

        private func value(from start: Int) -> UnsafeRawBufferPointer? {
            var end = index
            while end > start, bytes[end - 1] <= 0x20 { end -= 1 }
            return end > start ? UnsafeRawBufferPointer(rebasing: bytes[start..<end]) : nil
        }

        /// Moves behind a string that begins here; false where it does not end.
        private mutating func skipString() -> Bool {
            index += 1
            while index < bytes.count {
                switch bytes[index] {
                case UInt8(ascii: "\""):
                    index += 1
                    return true
                case UInt8(ascii: "\\"): index += 2
                default: index += 1
                }
            }
            index = bytes.count
            return false
        }

        private mutating func skipSpace() {
            while index < bytes.count, bytes[index] <= 0x20 { index += 1 }
        }
    }
}
