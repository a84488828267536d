package import WeirFiles
import WeirTables

extension MeasuredFile {
    /// Its bytes from the beginning, unpacked where they are gzip.
    package func feed() throws(FileError) -> ByteFeed {
        guard let content else { return try ByteFeed(path: name) }
        return ByteFeed(bytes: content)
    }

    /// All of it.
    package func bytes() throws(FileError) -> [UInt8] {
        if let content { return content }
        let feed = try feed()
        var bytes: [UInt8] = []
        let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 1)
        defer { piece.deallocate() }
        while true {
            let count = try feed.read(into: piece)
            if count == 0 { return bytes }
            bytes.append(contentsOf: piece.prefix(count))
        }
    }
}
