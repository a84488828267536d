import Foundation
import Testing
import WeirDomain
import WeirSQLiteStorage
import WeirStorage

/// The stores that must keep the one contract.
enum Implementation: String, CaseIterable, CustomTestStringConvertible {
    case sqlite, memory

    var testDescription: String { rawValue }
}

/// A new store of one kind that can be reopened, and leaves nothing behind.
final class StoreUnderTest {
    private(set) var store: any Store
    private let folder: TemporaryFolder?

    init(_ implementation: Implementation) throws {
        switch implementation {
        case .memory: (store, folder) = (MemoryStore(), nil)
        case .sqlite:
            let folder = try TemporaryFolder()
            (store, self.folder) = (try Self.open(folder), folder)
        }
    }

    /// So few keys held back that the tests reach the index too.
    private static func open(_ folder: TemporaryFolder) throws -> SQLiteStore {
        try SQLiteStore(path: folder.database, durability: .process, recentMessages: 4, recentLookups: 3)
    }

    func reopen() throws {
        if let memory = store as? MemoryStore {
            store = memory.reopened()
        } else if let folder {
            try store.close()
            store = try Self.open(folder)
        }
    }

    /// Called at the end of the test rather than by a deinitialiser, which may run at the last mention of this object.
    func finish() {
        try? store.close()
        folder?.remove()
    }
}

/// A folder of its own for one test; gone with the object.
final class TemporaryFolder {
    private let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "weir-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    var database: String { path("weir.db") }

    func path(_ name: String) -> String { url.appending(path: name).path }

    func remove() { try? FileManager.default.removeItem(at: url) }

    deinit { remove() }
}
