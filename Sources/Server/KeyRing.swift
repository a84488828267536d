import Crypto
import Synchronization
import WeirAccess
import WeirDomain
import WeirStorage

/// The keys that let requests in, by their hash: the keys themselves are kept nowhere.
///
/// A lookup takes as long for a wrong key as for a right one in all that a sender could learn from: which bytes of a
/// SHA-256 match says nothing about the key that would match it.
final class KeyRing: Sendable {
    private let store: any Store
    private let keys: Mutex<[Hash: StoredKey]>
    /// Of all publishable keys.
    private let origins = Mutex<Set<String>>([])

    init(store: any Store) throws {
        self.store = store
        keys = Mutex([:])
        try reload()
    }

    private func reload() throws {
        let stored = try store.keys().filter { $0.hash.count == SHA256.byteCount }
        let byHash = Dictionary(uniqueKeysWithValues: stored.map { ($0.hash.withUnsafeBytes { Hash(bytes: $0) }, $0) })
        keys.withLock { $0 = byHash }
        let origins = Set(stored.flatMap(\.origins))
        self.origins.withLock { $0 = origins }
    }

    func key(for secret: String) -> StoredKey? {
        var secret = secret
        let digest = secret.withUTF8 { SHA256.hash(data: UnsafeRawBufferPointer($0)) }
        let hash = digest.withUnsafeBytes { Hash(bytes: $0) }
        return keys.withLock { $0[hash] }
    }

    /// Whether a key is for pages of that origin.
    func list(_ origin: String) -> Bool { origins.withLock { $0.contains(origin) } }

    func key(named name: SourceID) -> StoredKey? {
        keys.withLock { keys in keys.values.first { $0.name == name } }
    }

    func all() throws -> [StoredKey] { try store.keys() }

    /// Makes a key; its secret is told this once.
    ///
    /// - Parameters:
    ///   - new: Its hash is still to be made.
    ///   - random: Unpredictable.
    /// - Returns: Nil where the name is taken.
    func makeKey(_ new: StoredKey, random: () -> UInt64) throws -> String? {
        guard try !store.keys().contains(where: { $0.name == new.name }) else { return nil }
        let secret = Redaction.keyPrefix + Secret.make(random: random)
        var key = new
        key.hash = Secret.hash(secret)
        try store.save(key)
        try reload()
        return secret
    }

    /// - Returns: Whether there was such a key.
    func remove(_ name: SourceID) throws -> Bool {
        guard try store.keys().contains(where: { $0.name == name }) else { return false }
        try store.removeKey(named: name)
        try reload()
        return true
    }
}

/// A SHA-256, without an array of its own per request.
private struct Hash: Hashable {
    private let words: SIMD4<UInt64>

    init(bytes: UnsafeRawBufferPointer) { words = bytes.loadUnaligned(as: SIMD4<UInt64>.self) }
}
