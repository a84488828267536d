import Foundation
import Synchronization

enum Terminal {
    /// Shows at once what was printed, also where the output is a file or a pipe.
    static func flush() { fflush(nil) }
}

/// A line that shows how far long work has come; rewritten in place on a terminal, sparse elsewhere.
final class ProgressLine: Sendable {
    private let label: String
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let lastShown = Mutex(Date.distantPast)

    init(_ label: String) { self.label = label }

    func show(_ done: Int, of total: Int, _ more: String = "") {
        let isDue = lastShown.withLock { last in
            guard Date().timeIntervalSince(last) >= (isTerminal ? 0.2 : 10) else { return false }
            last = Date()
            return true
        }
        guard isDue else { return }
        let share = total > 0 ? " of \(total) (\(done * 100 / total) %)" : ""
        write("\(isTerminal ? "\r\u{1b}[K" : "")\(label): \(done)\(share) \(more)\(isTerminal ? "" : "\n")")
    }

    func finish() {
        if isTerminal { write("\r\u{1b}[K") }
    }

    private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
