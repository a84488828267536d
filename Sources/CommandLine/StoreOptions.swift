public import ArgumentParser
public import WeirStorage
import WeirStores

/// Where the data are kept.
struct StoreOptions: ParsableArguments {
    @Option(
        name: .long,
        help: "The store: a file, made where there is none, or an address such as sqlite:///var/lib/weir.db.")
    var store = "weir.db"

    @Option(
        name: .long,
        help: "fsync: an answer survives a power cut. process: it survives the end of the process, and is faster.")
    var durability = Durability.fsync

    func validate() throws {
        do { _ = try StoreLocation(store) } catch { throw ValidationError("--store: \(error)") }
    }

    /// Opens it for writing; one process at a time can.
    func open() throws -> any Store { try StoreLocation(store).open(durability: durability) }

    /// Opens it for reading, beside a server that writes it.
    func openForReading() throws -> any Store { try StoreLocation(store).openForReading() }
}

extension Durability: ExpressibleByArgument {}
