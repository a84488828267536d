import Testing
import WeirFiles

@Suite struct GzipTests {
    @Test("What was packed unpacks to itself", arguments: [0, 1, 65_535, 65_536, 65_537, 300_000])
    func roundTrip(count: Int) throws {
        let text = String((0..<count).map { Character(UnicodeScalar(UInt8(97 + $0 * $0 % 23))) })
        #expect(Gzip.isPacked(packed(text)))
        #expect(try Gzip.unpacked(packed(text), limit: 300_000) == Array(text.utf8))
    }

    @Test("Members one after another are one text; zeros may pad them")
    func members() throws {
        #expect(try Gzip.unpacked(packed("one ") + packed("two"), limit: 100) == Array("one two".utf8))
        #expect(try Gzip.unpacked(packed("one") + [0, 0, 0], limit: 100) == Array("one".utf8))
    }

    @Test("Unpacking stops at the limit, not above it", arguments: [1_000, 70_000, 10_000_000])
    func bomb(count: Int) throws {
        let bytes = packed(String(repeating: "0", count: count))
        #expect(try Gzip.unpacked(bytes, limit: count).count == count)
        #expect(throws: GzipError.tooLarge(limit: count - 1)) { try Gzip.unpacked(bytes, limit: count - 1) }
        #expect(throws: GzipError.tooLarge(limit: 0)) { try Gzip.unpacked(bytes, limit: 0) }
    }

    @Test("Cut short anywhere, it is no whole text")
    func truncated() {
        let bytes = packed("some text that is packed")
        for count in 0..<bytes.count {
            #expect(throws: GzipError.cutShort) { try Gzip.unpacked(Array(bytes[..<count]), limit: 100) }
        }
    }

    @Test("Other bytes are not gzip, changed ones are damaged")
    func damaged() {
        #expect(!Gzip.isPacked(Array("{}".utf8)))
        #expect(throws: GzipError.notGzip) { try Gzip.unpacked(Array("{\"batch\":[]}".utf8), limit: 100) }
        #expect(throws: GzipError.damaged) { try Gzip.unpacked(packed("text") + Array("more".utf8), limit: 100) }
        var changed = packed("text")
        changed[changed.count - 8] ^= 1  // The checksum.
        #expect(throws: GzipError.damaged) { try Gzip.unpacked(changed, limit: 100) }
    }
}
