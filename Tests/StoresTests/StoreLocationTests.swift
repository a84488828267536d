import Foundation
import Testing
import WeirDomain
import WeirStorage
import WeirStores

@Suite("Where a store is")
struct StoreLocationTests {
    @Test(
        "A path stands for itself, an address for the path in it",
        arguments: [
            ("weir.db", "weir.db"), ("/var/lib/weir.db", "/var/lib/weir.db"), ("./a b?.db", "./a b?.db"),
            ("c:weir.db", "c:weir.db"), ("./sqlite:x", "./sqlite:x"), ("a/b://c", "a/b://c"),
            ("sqlite:///var/lib/weir.db", "/var/lib/weir.db"), ("SQLite:weir.db", "weir.db"),
            ("sqlite:///a%20b%3F.db", "/a b?.db"), ("sqlite:../w.db", "../w.db"),
        ])
    func places(_ text: String, _ path: String) throws {
        #expect(try StoreLocation(text).path == path)
    }

    @Test(
        "What cannot be opened says what can",
        arguments: [
            "", "postgres://weir:secret@db.example/weir", "mysql://db/weir", "http://example.com/weir.db",
            "sqlite://weir.db", "sqlite:", "sqlite:///", "sqlite:///weir.db?mode=ro", "sqlite:///weir.db#a",
            "sqlite:///%FF",
        ])
    func refusals(_ text: String) throws {
        let error = #expect(throws: StoreLocationError.self) { try StoreLocation(text) }
        let message = try #require(error).description
        #expect(message.contains("sqlite:///var/lib/weir/weir.db"))
        #expect(!message.contains("secret"))
    }

    @Test("A store is made for writing, opened for reading, and is the same under its address")
    func opening() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "weir-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "weir.db").path
        #expect(throws: StoreError.missing(path: path)) { try StoreLocation(path).openForReading() }

        let writer = try StoreLocation(path).open(durability: .process)
        try writer.save(StoredKey(name: "till", hash: [1], scopes: [], createdTime: .init(microseconds: 1)))
        let reader = try StoreLocation("sqlite://\(path)").openForReading()
        #expect(try reader.keys().map(\.name) == ["till"])
        #expect(throws: StoreError.readOnly(path: path)) { try reader.removeKey(named: "till") }
        #expect(throws: StoreError.locked(path: path)) { try StoreLocation(path).open(durability: .process) }
        try reader.close()
        try writer.close()
    }
}
