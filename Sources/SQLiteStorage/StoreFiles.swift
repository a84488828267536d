import Foundation
import Synchronization
import WeirStorage

/// The files of a store: for their owner only, and those that were opened.
///
/// SQLite finds them by their names once more at each start, at a checkpoint's end and at the close. So a file that was
/// put in another's place meanwhile would meet a log that is not its own.
final class StoreFiles: Sendable {
    private struct Identity: Equatable { var device, number: UInt64 }

    private let path: String
    private let opened = Mutex<[String: Identity]>([:])

    init(path: String) { self.path = path }

    private var database: String { path }
    private var writeAheadLog: String { path + "-wal" }
    private var all: [String] { [path, path + "-wal", path + "-shm"] }

    /// Makes the database where there is none, so that nobody else can read it at any moment, and takes from an older one
    /// what others may. Its write-ahead log is made by SQLite with the mode of the database.
    func makePrivate() {
        let made = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if made >= 0 { close(made) }
        // Where the file is another's, its owner has said who may read it.
        for file in all { _ = chmod(file, 0o600) }
    }

    /// Remembers which files these are.
    func remember() {
        let found = Dictionary(uniqueKeysWithValues: all.compactMap { file in Self.identity(file).map { (file, $0) } })
        opened.withLock { $0 = found }
    }

    /// The first file that is no longer the one that was opened; nil where all are.
    var moved: String? {
        opened.withLock { opened in
            all.first { file in opened[file].map { Self.identity(file) != $0 } ?? false }
        }
    }

    /// Where another database has taken the place of the one that was opened, puts that one's log aside.
    ///
    /// Left beside the new one it would be taken for its log at the next start.
    func setLogAside() {
        opened.withLock { opened in
            guard let ours = opened[database], let now = Self.identity(database), now != ours,
                let log = opened[writeAheadLog], Self.identity(writeAheadLog) == log
            else { return }
            _ = rename(writeAheadLog, "\(path)-wal.of-the-replaced")
        }
    }

    private static func identity(_ file: String) -> Identity? {
        var status = stat()
        guard stat(file, &status) == 0 else { return nil }
        return Identity(device: UInt64(truncatingIfNeeded: status.st_dev), number: UInt64(status.st_ino))
    }
}
