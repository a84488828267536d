/// The keys of the newest records, in memory until they are written to an index of all.
///
/// Keys are random: written at once, each would dirty a page of its own, ten times the bytes of the event itself. So a
/// sweep goes round the space of keys, as a lift goes up a house, and each group writes out a few neighbouring buckets:
/// many keys to the page, as many keys as the group brought, no group waiting for a large merge.
///
/// After a crash the keys are read again from the records that may not have been swept.
struct RecentKeys: Sendable {
    struct Entry: Sendable, Equatable {
        var key: UInt64
        var sequence: Int64
    }

    /// The buckets that one group writes to the index.
    struct Sweep: Sendable, Equatable {
        var buckets: Range<Int>
        /// By ascending key.
        var entries: [Entry] = []
        /// Where the sweep ends a round: all records up to here are then in the index.
        var indexedThrough: Int64?
        /// The last record of the group.
        var newest: Int64
    }

    /// How many keys are held back; a round of the sweep writes about twice as many.
    let capacity: Int
    /// By the upper 12 bits of the key.
    private var buckets = [ContiguousArray<Entry>](repeating: [], count: 4096)
    private(set) var count = 0
    private var position = 0
    private var roundStart: Int64

    /// - Parameter sequence: The highest number in the store.
    init(from sequence: Int64, capacity: Int) {
        self.capacity = capacity
        roundStart = sequence
    }

    /// The sequence numbers of records with that key.
    func sequences(of key: UInt64) -> [Int64] {
        var found: [Int64] = []  // Not allocated while empty.
        for entry in buckets[bucket(of: key)] where entry.key == key { found.append(entry.sequence) }
        return found
    }

    mutating func insert(_ entry: Entry) {
        buckets[bucket(of: entry.key)].append(entry)
        count += 1
    }

    /// What to write now that a group up to `newest` brought `inserted` keys; nothing while there are few.
    ///
    /// - Parameter pending: How many of these are only inserted after the sweep is finished.
    func sweep(inserted: Int, pending: Int = 0, newest: Int64) -> Sweep {
        // Twice as many while there are too many, as after a start.
        let enough = min(count + pending - capacity, 2 * inserted)
        var sweep = Sweep(buckets: position..<position, newest: newest)
        while sweep.entries.count < enough, sweep.buckets.upperBound < buckets.count {
            sweep.entries += buckets[sweep.buckets.upperBound]
            sweep.buckets = position..<sweep.buckets.upperBound + 1
        }
        sweep.entries.sort { ($0.key, $0.sequence) < ($1.key, $1.sequence) }
        if sweep.buckets.upperBound == buckets.count { sweep.indexedThrough = roundStart }
        return sweep
    }

    /// Forgets what a sweep wrote, once that is committed.
    mutating func finish(_ sweep: Sweep) {
        for bucket in sweep.buckets { buckets[bucket].removeAll(keepingCapacity: true) }
        count -= sweep.entries.count
        position = sweep.buckets.upperBound
        if position == buckets.count {
            position = 0
            // What came in behind the sweep is met in the next round.
            roundStart = sweep.newest
        }
    }

    private func bucket(of key: UInt64) -> Int { Int(key >> 52) }
}
