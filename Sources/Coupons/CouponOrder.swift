/// How many codes to make, and of what kind.
package struct CouponOrder: Sendable, Equatable {
    package static let maximalCount = 1_000_000
    package static let lengths = 6...32
    package static let standardLength = 10

    package let count: Int
    package let length: Int
    package let alphabet: CouponAlphabet

    /// - Throws: `CouponFault` where it asks for too many, or for codes that are found by guessing.
    package init(
        count: Int, length: Int = standardLength, alphabet: CouponAlphabet = .readable
    ) throws(CouponFault) {
        guard (1...Self.maximalCount).contains(count) else {
            throw CouponFault("count: \(count) is not in 1 … \(Self.maximalCount). Ask for fewer at once.")
        }
        guard Self.lengths.contains(length) else {
            throw CouponFault("length: \(length) is not in \(Self.lengths.lowerBound) … \(Self.lengths.upperBound).")
        }
        let guesses = Guessability.space(of: alphabet.characters.count, length: length) / Double(count)
        guard guesses >= Guessability.leastGuesses else {
            throw CouponFault(
                "length: \(count) codes of \(length) characters are found by \(Guessability.text(guesses)) guesses each on "
                    + "average; it takes \(Guessability.text(Guessability.leastGuesses)) or more. Make them longer.")
        }
        self.count = count
        self.length = length
        self.alphabet = alphabet
    }

    /// Makes the codes.
    ///
    /// - Parameters:
    ///   - random: Unpredictable: whoever can guess codes has money.
    ///   - isTaken: Whether a code is used elsewhere already.
    /// - Returns: As many as were asked for, each unlike the others.
    package func make(
        using random: inout some RandomNumberGenerator, isTaken: (String) -> Bool = { _ in false }
    ) -> [String] {
        var seen: Set<String> = []
        var codes: [String] = []
        codes.reserveCapacity(count)
        while codes.count < count {
            let code = String(
                decoding: (0..<length).map { _ in alphabet.characters.randomElement(using: &random)! }, as: UTF8.self)
            if !isTaken(code), seen.insert(code).inserted { codes.append(code) }
        }
        return codes
    }
}
