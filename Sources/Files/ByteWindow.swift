/// A moving view of a feed: as many unread bytes as a record needs, in one piece.
package final class ByteWindow {
    private let feed: ByteFeed
    private var storage: UnsafeMutableRawBufferPointer
    private var start = 0
    private var end = 0
    /// How many unread bytes are held at most.
    package let limit: Int
    package private(set) var isAtEnd = false

    package init(_ feed: ByteFeed, limit: Int) {
        self.feed = feed
        self.limit = limit
        storage = .allocate(byteCount: min(limit, 256 * 1024), alignment: 1)
    }

    deinit { storage.deallocate() }

    /// What has been fetched and not skipped; valid until the next call of `fetch`.
    package var unread: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: storage[start..<end]) }

    package func skip(_ count: Int) { start += count }

    /// Fetches more bytes.
    ///
    /// - Returns: False where there are none, or as many as the limit allows are unread.
    package func fetch() throws(EventFileError) -> Bool {
        guard !isAtEnd, end - start < limit else { return false }
        if start > 0 {
            storage.copyMemory(from: unread)
            end -= start
            start = 0
        }
        if end == storage.count {
            let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: min(limit, 2 * end), alignment: 1)
            larger.copyMemory(from: unread)
            storage.deallocate()
            storage = larger
        }
        let count = try feed.read(into: UnsafeMutableRawBufferPointer(rebasing: storage[end...]))
        end += count
        isAtEnd = count == 0
        return count > 0
    }
}
