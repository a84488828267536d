package import WeirStorage

/// Says how far passes over the log have come.
package struct ReadingProgress: LogReader {
    package private(set) var kinds: Set<RecordKind>
    private let show: (Int) -> Void
    private var count = 0

    /// - Parameters:
    ///   - kinds: Those that are counted.
    ///   - show: Called with the count after each.
    package init(counting kinds: Set<RecordKind>, show: @escaping (Int) -> Void) {
        self.kinds = kinds
        self.show = show
    }

    /// For a further pass, which begins with the count of this one.
    package func going(on kinds: Set<RecordKind>) -> ReadingProgress {
        var progress = self
        progress.kinds = kinds
        return progress
    }

    package mutating func read(_ entry: LogEntry) {
        count += 1
        show(count)
    }
}
