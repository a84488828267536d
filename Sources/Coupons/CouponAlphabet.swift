/// The characters that codes are made of.
package struct CouponAlphabet: Sendable, Equatable {
    /// Upper-case letters and digits, each once.
    package let characters: [UInt8]

    /// Without what is taken for something else when it is read from paper: `0` and `O`, `1`, `I` and `L`, `2` and `Z`, `5`
    /// and `S`, `8` and `B`.
    package static let readable = CouponAlphabet(checked: Array("ACDEFGHJKMNPQRTUVWXY34679".utf8))

    private init(checked: [UInt8]) { characters = checked }

    /// - Throws: `CouponFault` naming what is wrong with it.
    package init(_ text: String) throws(CouponFault) {
        let characters = Array(text.uppercased().utf8)
        guard characters.allSatisfy({ (48...57).contains($0) || (65...90).contains($0) }) else {
            throw CouponFault(
                "alphabet: “\(text.prefix(60))” has something else than letters A–Z and digits. Leave that out.")
        }
        guard Set(characters).count == characters.count else {
            throw CouponFault(
                "alphabet: “\(text.prefix(60))” names a character twice; case does not matter in codes. Name each once."
            )
        }
        guard characters.count >= 8 else {
            throw CouponFault("alphabet: “\(text)” has \(characters.count) characters; codes need 8 or more. Add some.")
        }
        self.characters = characters
    }
}

/// Why codes cannot be made or loaded; names field, value and remedy.
package struct CouponFault: Error, Sendable, Equatable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}
