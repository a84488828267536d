import CCrypt

/// Hashes of passwords: scrypt as the system's `libcrypt` has it, in the form of `crypt(5)`, with cost and salt inside.
///
/// A hash takes about 0.2 s and 64 MiB, so that trying out many is dear; whoever computes one must let others wait.
package enum PasswordHash {
    /// How dear a hash is: 2⁷ × 2^cost rounds.
    package static let cost: UInt = 7
    package static let allowedBytes = 12...256

    /// - Parameters:
    ///   - salt: 16 unpredictable bytes.
    ///   - cost: In 6...11.
    /// - Throws: `PasswordFault`.
    package static func make(
        _ password: String, salt: [UInt8], cost: UInt = PasswordHash.cost
    ) throws(PasswordFault) -> String {
        precondition(salt.count == 16)
        guard allowedBytes.contains(password.utf8.count) else { throw .length(password.utf8.count) }
        guard password.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f }) else { throw .controlCharacter }
        var setting = [CChar](repeating: 0, count: Int(CRYPT_GENSALT_OUTPUT_SIZE))
        let made = salt.withUnsafeBytes { bytes in
            let start = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
            return crypt_gensalt_rn("$7$", cost, start, Int32(bytes.count), &setting, Int32(setting.count)) != nil
        }
        guard made, let hash = hash(password, setting: setting) else { throw .unavailable }
        return hash
    }

    /// Whether the hash is of this password; takes as long for a nearly right one as for any other.
    package static func matches(_ password: String, _ hash: String) -> Bool {
        guard password.utf8.count <= allowedBytes.upperBound, !password.utf8.contains(0),
            let computed = Self.hash(password, setting: hash.utf8CString.map { $0 })
        else { return false }
        guard computed.utf8.count == hash.utf8.count else { return false }
        return zip(computed.utf8, hash.utf8).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }

    /// A hash in form only, with a random salt and end: nobody has its password, and to compare with it takes as long as
    /// with any other.
    package static func decoy() -> String {
        // Base64 as `crypt(5)` has it, without the two letters that it does not know.
        func letters(_ count: Int) -> String {
            String(Secret.make().map { $0 == "-" ? "." : $0 == "_" ? "/" : $0 }.prefix(count))
        }
        return "$7$CU..../....\(letters(22))$\(letters(43))"
    }

    /// - Parameter setting: A hash, or the part of one before its last `$`; ends with 0.
    /// - Returns: Nil where the setting is none.
    package static func hash(_ password: String, setting: [CChar]) -> String? {
        // 32 KiB, of which libcrypt asks that they be 0 at first.
        let data = UnsafeMutablePointer<crypt_data>.allocate(capacity: 1)
        defer { data.deallocate() }
        data.initialize(to: crypt_data())
        guard let result = crypt_rn(password, setting, data, Int32(MemoryLayout<crypt_data>.size)) else { return nil }
        return String(cString: result)
    }
}

/// Why a password is not taken.
package enum PasswordFault: Error, Equatable, CustomStringConvertible {
    case length(Int)
    case controlCharacter
    case unavailable

    package var description: String {
        switch self {
        case .length(let bytes):
            "password: \(bytes) bytes long. Choose one of \(PasswordHash.allowedBytes.lowerBound) to "
                + "\(PasswordHash.allowedBytes.upperBound) bytes, such as four words at random."
        case .controlCharacter: "password: has a line break or another control character. Choose one that can be typed."
        case .unavailable:
            "The system's libcrypt does not know scrypt. Install libxcrypt 4.4 or later (Debian: libcrypt1)."
        }
    }
}
