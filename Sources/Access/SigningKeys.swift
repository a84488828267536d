import JWTKit
package import WeirJSON

/// The keys with which a provider signs, of the kinds that are taken: RSA of 2048 bits or more, and P-256.
///
/// Source: RFC 7517.
package struct SigningKeys: Sendable {
    /// How a token may be signed. Others, `none` and those with a shared secret above all, are never looked at.
    package enum Algorithm: String, Sendable, CaseIterable {
        case rs256 = "RS256"
        case ps256 = "PS256"
        case es256 = "ES256"
    }

    private enum Material: Sendable {
        case rsa(Insecure.RSA.PublicKey)
        case p256(ES256PublicKey)
    }

    private struct Key: Sendable {
        var id: String?
        /// Nil where the provider does not say for which one it is.
        var algorithm: Algorithm?
        var material: Material

        func isFor(_ algorithm: Algorithm) -> Bool {
            guard self.algorithm == nil || self.algorithm == algorithm else { return false }
            return switch (material, algorithm) {
            case (.rsa, .rs256), (.rsa, .ps256), (.p256, .es256): true
            default: false
            }
        }
    }

    /// Keys of one provider that are looked at.
    private static let bound = 100
    private var keys: [Key] = []

    /// Reads a key set; keys of other kinds and for other uses are left out.
    ///
    /// - Throws: `ProviderFault.noKeys` where none remains.
    package init(_ document: JSON) throws(ProviderFault) {
        keys = (document["keys"]?.array ?? []).prefix(Self.bound).compactMap { Self.key($0) }
        if keys.isEmpty { throw .noKeys }
    }

    private static func key(_ json: JSON) -> Key? {
        if let use = json.present("use"), use != "sig" { return nil }
        if let operations = json["key_ops"]?.array, !operations.contains("verify") { return nil }
        var algorithm: Algorithm?
        if let name = json.present("alg") {
            guard let known = name.string.flatMap({ Algorithm(rawValue: $0) }) else { return nil }
            algorithm = known
        }
        func text(_ name: String) -> String? {
            // 8192 bits are 1366 characters.
            json[name]?.string.flatMap { $0.utf8.count <= 1_400 && Base64URL.decode($0) != nil ? $0 : nil }
        }
        let material: Material
        switch json["kty"]?.string {
        case "RSA":
            guard let modulus = text("n"), let exponent = text("e"),
                let key = try? Insecure.RSA.PublicKey(modulus: modulus, exponent: exponent)
            else { return nil }
            material = .rsa(key)
        case "EC":
            guard json["crv"]?.string == "P-256", let x = text("x"), let y = text("y"),
                let key = try? ES256PublicKey(parameters: (x, y))
            else { return nil }
            material = .p256(key)
        default: return nil
        }
        return Key(id: json["kid"]?.string, algorithm: algorithm, material: material)
    }

    /// Whether one of the keys could have made a signature; a token that names none must leave no choice.
    package func has(_ id: String?, for algorithm: Algorithm) -> Bool { key(id, for: algorithm) != nil }

    private func key(_ id: String?, for algorithm: Algorithm) -> Key? {
        let fitting = keys.filter { $0.isFor(algorithm) && (id == nil || $0.id == id) }
        return fitting.count == 1 ? fitting[0] : nil
    }

    /// Whether the key of that name has signed the bytes.
    package func verify(_ signature: [UInt8], of bytes: [UInt8], _ algorithm: Algorithm, key id: String?) async -> Bool
    {
        guard let key = key(id, for: algorithm) else { return false }
        let collection = JWTKeyCollection()
        switch (key.material, algorithm) {
        case (.rsa(let key), .ps256): await collection.add(pss: key, digestAlgorithm: .sha256)
        case (.rsa(let key), _): await collection.add(rsa: key, digestAlgorithm: .sha256)
        case (.p256(let key), _): await collection.add(ecdsa: key)
        }
        guard let verifier = try? await collection.getKey() else { return false }
        return (try? verifier.verify(signature, signs: bytes)) ?? false
    }
}
