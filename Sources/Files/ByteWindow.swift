/// A moving view of a feed: as many unread bytes as a record needs, in one piece.
///
/// Behind the unread bytes stand a few line feeds of its own, so that a reader may look a word ahead.
final class ByteWindow {
    private let feed: ByteFeed
    private var capacity: Int
    private(set) var bytes: UnsafeMutablePointer<UInt8>
    /// Where the unread bytes begin and end in `bytes`.
    private(set) var start = 0
    private(set) var end = 0
    /// How many unread bytes are held at most.
    let limit: Int
    private(set) var isAtEnd = false

    /// Bytes behind the unread ones that may be looked at.
    private static let margin = 8

    init(_ feed: ByteFeed, limit: Int) {
        self.feed = feed
        self.limit = limit
        capacity = min(limit, 1 << 20)
        bytes = .allocate(capacity: capacity + Self.margin)
        closeOff()
    }

    deinit { bytes.deallocate() }

    /// What has been fetched and not skipped; valid until the next call of `fetch`.
    var unread: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: bytes + start, count: end - start) }

    func skip(_ count: Int) { start += count }

    /// Fetches more bytes.
    ///
    /// - Returns: False where there are none, or as many as the limit allows are unread.
    func fetch() throws(FileError) -> Bool {
        guard !isAtEnd, end - start < limit else { return false }
        if start > 0 {
            bytes.update(from: bytes + start, count: end - start)
            end -= start
            start = 0
        }
        if end == capacity {
            capacity = min(limit, 2 * capacity)
            let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity + Self.margin)
            larger.update(from: bytes, count: end)
            bytes.deallocate()
            bytes = larger
        }
        // What was there is closed off again even where the feed fails, since it may still be read.
        defer { closeOff() }
        let count = try feed.read(into: UnsafeMutableRawBufferPointer(start: bytes + end, count: capacity - end))
        end += count
        isAtEnd = count == 0
        return count > 0
    }

    /// Skips the mark with which a file may say that it is UTF-8.
    ///
    /// - Throws: `FileError`, also where the mark says that it is UTF-16.
    func skipByteOrderMark() throws(FileError) {
        while end - start < 3, try fetch() {}
        if unread.starts(with: [0xff, 0xfe]) || unread.starts(with: [0xfe, 0xff]) { throw .isUTF16 }
        if unread.starts(with: [0xef, 0xbb, 0xbf]) { skip(3) }
    }

    private func closeOff() {
        for place in end..<end + Self.margin { bytes[place] = UInt8(ascii: "\n") }
    }
}
