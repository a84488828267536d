public import ArgumentParser
import WeirSQLiteStorage
public import WeirStorage

/// Where the data are kept.
struct StoreOptions: ParsableArguments {
    @Option(name: .long, help: "The store: a file, made where there is none.")
    var store = "weir.db"

    @Option(
        name: .long,
        help: "fsync: an answer survives a power cut. process: it survives the end of the process, and is faster.")
    var durability = Durability.fsync

    /// Opens it for writing; one process at a time can.
    func open() throws -> SQLiteStore { try SQLiteStore(path: store, durability: durability) }

    /// Opens it for reading, beside a server that writes it.
    func openForReading() throws -> SQLiteStore { try SQLiteStore(path: store, durability: durability, readOnly: true) }
}

extension Durability: ExpressibleByArgument {}
