import Testing
import WeirDomain

@Suite("Stored forms")
struct ByteReaderTests {
    @Test("What was written is read", arguments: [0, 1, -1, 63, -64, 64, .max, .min])
    func integers(value: Int) throws {
        var writer = ByteWriter()
        writer.integer(value)
        var reader = ByteReader(writer.bytes)
        #expect(try reader.integer() == value)
        #expect(reader.isAtEnd)
    }

    @Test("A list that claims more elements than there are bytes is damaged, not read", arguments: [-1, 3, 1 << 40])
    func longList(count: Int) {
        var writer = ByteWriter()
        writer.integer(count)
        writer.fixed(UInt8(1))
        writer.fixed(UInt8(1))
        // The count is judged before anything is read or reserved.
        let start = writer.bytes.count - 2
        var reader = ByteReader(writer.bytes)
        let error = #expect(throws: DamagedRecord.self) {
            _ = try reader.list { reader throws(DamagedRecord) in try reader.bool() }
        }
        #expect(error?.offset == start)
    }
}
