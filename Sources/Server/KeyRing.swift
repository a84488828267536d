import Crypto
import Synchronization
import WeirDomain
import WeirStorage

/// The keys that let requests in, by their hash: the keys themselves are kept nowhere.
///
/// A lookup takes as long for a wrong key as for a right one in all that a sender could learn from: which bytes of a
/// SHA-256 match says nothing about the key that would match it.
final class KeyRing: Sendable {
    private let store: any Store
    private let keys: Mutex<[Hash: StoredKey]>

    init(store: any Store) throws {
        self.store = store
        keys = Mutex([:])
        try reload()
    }

    private func reload() throws {
        let stored = try store.keys().filter { $0.hash.count == SHA256.byteCount }
        let byHash = Dictionary(uniqueKeysWithValues: stored.map { ($0.hash.withUnsafeBytes { Hash(bytes: $0) }, $0) })
        keys.withLock { $0 = byHash }
    }

    func key(for secret: String) -> StoredKey? {
        var secret = secret
        let digest = secret.withUTF8 { SHA256.hash(data: UnsafeRawBufferPointer($0)) }
        let hash = digest.withUnsafeBytes { Hash(bytes: $0) }
        return keys.withLock { $0[hash] }
    }

    /// Makes a key; its secret is told this once.
    ///
    /// - Parameter random: Unpredictable.
    /// - Returns: Nil where the name is taken.
    func makeKey(
        named name: SourceID, scopes: Set<StoredKey.Scope>, at now: Timestamp, random: () -> UInt64
    ) throws -> String? {
        guard try !store.keys().contains(where: { $0.name == name }) else { return nil }
        let bytes = (0..<4).flatMap { _ in withUnsafeBytes(of: random().littleEndian) { Array($0) } }
        let secret = "wk_" + base64URL(bytes)
        let hash = Array(SHA256.hash(data: Array(secret.utf8)))
        try store.save(StoredKey(name: name, hash: hash, scopes: scopes, createdTime: now))
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

/// RFC 4648, section 5, without padding.
private func base64URL(_ bytes: [UInt8]) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    var text: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
        let group = bytes[start..<min(start + 3, bytes.count)]
        let bits = group.enumerated().reduce(UInt32(0)) { $0 | UInt32($1.element) << UInt32(16 - 8 * $1.offset) }
        for place in 0...group.count { text.append(alphabet[Int(bits >> UInt32(18 - 6 * place)) & 63]) }
    }
    return String(decoding: text, as: UTF8.self)
}
