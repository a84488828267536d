import Crypto

/// Unpredictable texts that let somebody in, and the hashes under which they are known.
package enum Secret {
    /// 256 bits as 43 letters, digits, `-` and `_` (RFC 4648, section 5, without padding).
    ///
    /// - Parameter random: Unpredictable.
    package static func make(random: () -> UInt64) -> String {
        Base64URL.encode((0..<4).flatMap { _ in withUnsafeBytes(of: random().littleEndian) { Array($0) } })
    }

    /// From the system's own source of random numbers.
    package static func make() -> String {
        var generator = SystemRandomNumberGenerator()
        return make(random: { generator.next() })
    }

    package static func randomBytes(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }

    /// SHA-256: of a text that cannot be guessed no slower hash is needed.
    package static func hash(_ secret: String) -> [UInt8] {
        var secret = secret
        return secret.withUTF8 { Array(SHA256.hash(data: UnsafeRawBufferPointer($0))) }
    }

    /// Whether two texts are one; takes as long for nearly equal ones as for any other.
    package static func isEqual(_ one: String, _ other: String) -> Bool {
        zip(hash(one), hash(other)).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }

    /// Signs a text, so that only who has the key can have made it.
    package static func signature(of text: String, key: [UInt8]) -> String {
        Base64URL.encode(Array(HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: SymmetricKey(data: key))))
    }
}
