import Foundation
import WeirStorage

/// The right to write to a store, held by one process at a time and given back by the system when that process dies.
///
/// It stands on a file of its own beside the database: closing any handle on the database itself would silently drop
/// the locks that SQLite holds on it.
final class WriterLock: Sendable {
    private let handle: Int32

    /// - Throws: `StoreError.locked`, `.missing` or `.readOnly`.
    init(besides path: String) throws(StoreError) {
        handle = open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard handle >= 0 else { throw errno == ENOENT ? .missing(path: path) : .readOnly(path: path) }
        // One that an older version made may be everybody's.
        _ = fchmod(handle, 0o600)
        guard flock(handle, LOCK_EX | LOCK_NB) == 0 else {
            close(handle)
            throw .locked(path: path)
        }
    }

    deinit { close(handle) }
}
