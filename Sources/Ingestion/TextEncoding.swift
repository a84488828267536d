package import WeirFiles

/// How a file writes its letters.
package enum TextEncoding: String, Sendable, Hashable, Codable, CaseIterable {
    case utf8 = "UTF-8"
    /// Of either order of bytes, which its mark or its first letters tell.
    case utf16 = "UTF-16"
    /// ISO 8859-1 as Windows writes it (code page 1252).
    case latin1 = "Latin-1"

    /// - Parameter name: In any case, also as `utf8`, `utf-16le`, `iso-8859-1`, `windows-1252`, `cp1252`.
    package init?(named name: String) {
        switch name.lowercased().filter({ $0 != "-" && $0 != "_" && $0 != " " }) {
        case "utf8", "utf8sig", "ascii": self = .utf8
        case "utf16", "utf16le", "utf16be", "unicode": self = .utf16
        case "latin1", "iso88591", "windows1252", "cp1252", "ansi": self = .latin1
        default: return nil
        }
    }
}

extension ByteFeed {
    /// The bytes of another feed as UTF-8.
    ///
    /// - Parameter encoding: Of the other feed; nil finds UTF-16 by its mark or its first letters and takes the rest for
    ///   UTF-8.
    package convenience init(_ feed: ByteFeed, decoding encoding: TextEncoding?) {
        let decoder = TextDecoder(feed, encoding)
        self.init { buffer throws(FileError) in try decoder.read(into: buffer) }
    }
}

/// Turns bytes into UTF-8 as they come.
private final class TextDecoder {
    private enum Kind { case plain, littleEndian, bigEndian, latin1 }

    private let feed: ByteFeed
    private let encoding: TextEncoding?
    private var kind: Kind?
    /// Bytes of the feed that are not handed out yet.
    private var unread: [UInt8] = []
    /// What is read at once.
    private var piece = [UInt8](repeating: 0, count: 64 * 1024)
    /// Decoded bytes from `start` on.
    private var decoded: [UInt8] = []
    private var start = 0
    private var isAtEnd = false

    init(_ feed: ByteFeed, _ encoding: TextEncoding?) {
        self.feed = feed
        self.encoding = encoding
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
        let kind: Kind
        if let known = self.kind { kind = known } else { kind = try begin() }
        if kind == .plain, start == decoded.count { return try feed.read(into: buffer) }
        while start == decoded.count {
            decoded.removeAll(keepingCapacity: true)
            start = 0
            if isAtEnd { return 0 }
            try fetch()
            decode(kind)
        }
        let count = min(buffer.count, decoded.count - start)
        buffer.copyBytes(from: decoded[start..<start + count])
        start += count
        return count
    }

    /// Reads as many bytes as tell what the file is.
    private func begin() throws(FileError) -> Kind {
        while unread.count < 4, !isAtEnd { try fetch() }
        let found = Self.kind(of: unread, declared: encoding)
        kind = found
        if found == .littleEndian || found == .bigEndian,
            unread.starts(with: [0xff, 0xfe]) || unread.starts(with: [0xfe, 0xff])
        {
            unread.removeFirst(2)
        }
        decode(found)
        return found
    }

    private static func kind(of bytes: [UInt8], declared encoding: TextEncoding?) -> Kind {
        // A mark is believed before what is declared: a mended file may be written in another way than the first.
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) { return .plain }
        if encoding == .latin1 { return .latin1 }
        if bytes.starts(with: [0xff, 0xfe]) { return .littleEndian }
        if bytes.starts(with: [0xfe, 0xff]) { return .bigEndian }
        guard bytes.count >= 4 else { return encoding == .utf16 ? .littleEndian : .plain }
        // Every other byte of letters that are also ASCII's is 0.
        if bytes[1] == 0, bytes[3] == 0, bytes[0] != 0, bytes[2] != 0 { return .littleEndian }
        if bytes[0] == 0, bytes[2] == 0, bytes[1] != 0, bytes[3] != 0 { return .bigEndian }
        return encoding == .utf16 ? .littleEndian : .plain
    }

    private func fetch() throws(FileError) {
        let feed = feed
        let result = piece.withUnsafeMutableBytes { piece in
            Result { () throws(FileError) in try feed.read(into: piece) }
        }
        let count = try result.get()
        unread += piece[..<count]
        isAtEnd = count == 0
    }

    private func decode(_ kind: Kind) {
        switch kind {
        case .plain: decoded += unread
        case .latin1: for byte in unread { append(Self.scalar(byte)) }
        case .littleEndian, .bigEndian:
            var units: [UInt16] = []
            units.reserveCapacity(unread.count / 2)
            var index = 0
            while index + 1 < unread.count {
                let (first, second) = (UInt16(unread[index]), UInt16(unread[index + 1]))
                units.append(kind == .littleEndian ? second << 8 | first : first << 8 | second)
                index += 2
            }
            var rest = Array(unread[index...])
            // The first half of a pair waits for the second.
            if let last = units.last, UTF16.isLeadSurrogate(last), !isAtEnd {
                units.removeLast()
                rest = Array(unread[(index - 2)...])
            }
            decoded += String(decoding: units, as: UTF16.self).utf8
            unread = rest
            return
        }
        unread.removeAll(keepingCapacity: true)
    }

    private func append(_ scalar: Unicode.Scalar) {
        if scalar.isASCII { decoded.append(UInt8(scalar.value)) } else { decoded += String(scalar).utf8 }
    }

    private static func scalar(_ byte: UInt8) -> Unicode.Scalar {
        (0x80..<0xa0).contains(byte) ? windows[Int(byte) - 0x80] : Unicode.Scalar(byte)
    }

    /// What Windows puts where ISO 8859-1 has control characters; the five it leaves empty stand for themselves.
    private static let windows: [Unicode.Scalar] = [
        "\u{20ac}", "\u{81}", "\u{201a}", "\u{192}", "\u{201e}", "\u{2026}", "\u{2020}", "\u{2021}", "\u{2c6}",
        "\u{2030}", "\u{160}", "\u{2039}", "\u{152}", "\u{8d}", "\u{17d}", "\u{8f}", "\u{90}", "\u{2018}", "\u{2019}",
        "\u{201c}", "\u{201d}", "\u{2022}", "\u{2013}", "\u{2014}", "\u{2dc}", "\u{2122}", "\u{161}", "\u{203a}",
        "\u{153}", "\u{9d}", "\u{17e}", "\u{178}",
    ]
}
