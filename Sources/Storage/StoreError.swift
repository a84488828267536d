/// Why a store could not be opened, read or written.
public enum StoreError: Error, Equatable, CustomStringConvertible {
    /// There is no such file, or no folder to put it in.
    case missing(path: String)
    /// Another process writes to it.
    case locked(path: String)
    /// No database, or one whose content contradicts itself.
    case damaged(path: String, detail: String)
    /// A database of another program.
    case foreign(path: String)
    /// Opened for reading only, or the file system does not let this process in.
    case readOnly(path: String)
    /// Written by a later program.
    case newer(path: String)
    /// Opened for reading only, but its tables must be brought up to date first.
    case older(path: String)
    case full(path: String)
    /// While it was open, one of its files was deleted, moved away, or another put in its place.
    case replaced(path: String, file: String)
    /// A record contradicts one that is kept already: a number or key used twice, a second currency in one account.
    case conflict(detail: String)
    case closed
    /// Any other refusal of the operating system or of SQLite.
    case failed(path: String, detail: String)

    public var description: String {
        switch self {
        case .missing(let path):
            "There is no store at “\(path)”. Check the path, create its folder, or start `weir serve` to make a store."
        case .locked(let path):
            "The store “\(path)” is in use by another process. Where that is a server, ask it with --url; else stop it, or "
                + "give this one a store of its own."
        case .damaged(let path, let detail):
            "The store “\(path)” is damaged (\(detail)). Restore it from a backup; keep this file for inspection."
        case .foreign(let path):
            "“\(path)” is a database of another program and was left untouched. Choose another path."
        case .readOnly(let path):
            "The store “\(path)” may not be opened or written. Check the owner and mode of the file and of its folder."
        case .newer(let path):
            "The store “\(path)” was written by a newer weir. Run that version, or restore an older backup."
        case .older(let path):
            "The store “\(path)” was written by an older weir. Start `weir serve` once to bring it up to date."
        case .full(let path):
            "The disk that holds the store “\(path)” is full. Free some space and start again; nothing is lost."
        case .replaced(let path, let file):
            "The store “\(path)” is no longer in its place: “\(file)” was deleted, moved or replaced while it was open. "
                + "Put the files back as they were, or a whole backup in their place, then start again."
        case .conflict(let detail):
            "A record contradicts the store: \(detail). Stop, and check the store with `weir audit`."
        case .closed: "The store has been closed. Open it again."
        case .failed(let path, let detail):
            "The store “\(path)” failed: \(detail). Check the disk and the system's log, then start again."
        }
    }
}
