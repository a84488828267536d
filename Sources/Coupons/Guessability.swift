/// How hard it is to come upon a code of a list by trying.
package enum Guessability {
    /// So many guesses a hit must take on average.
    package static let leastGuesses = 1e6

    /// Of how many codes of a length each could be one.
    package static func space(of characters: Int, length: Int) -> Double {
        (0..<length).reduce(1.0) { product, _ in product * Double(characters) }
    }

    /// How many guesses a hit takes on average for who knows what the codes look like: at each place the characters of the
    /// kinds that occur there, and nothing to guess where all have the same.
    ///
    /// - Parameter codes: In upper case, without blanks; not empty.
    package static func guesses(_ codes: [String]) -> Double {
        var byLength: [Int: [[UInt8]]] = [:]
        for code in codes { byLength[code.utf8.count, default: []].append(Array(code.utf8)) }
        return byLength.values.map { codes in space(of: codes) / Double(codes.count) }.min() ?? 0
    }

    private static func space(of codes: [[UInt8]]) -> Double {
        codes[0].indices.reduce(1.0) { product, place in
            let first = codes[0][place]
            guard codes.count == 1 || codes.contains(where: { $0[place] != first }) else { return product }
            let hasDigits = codes.contains { isDigit($0[place]) }
            let hasLetters = codes.contains { !isDigit($0[place]) }
            return product * ((hasDigits ? 10 : 0) + (hasLetters ? 26 : 0))
        }
    }

    /// The share of codes whose next number is a code too: of a list of random ones hardly any, of counted ones most.
    package static func shareInSequence(_ codes: [String]) -> Double {
        let known = Set(codes)
        let followed = codes.count { code in next(code).map { known.contains($0) } ?? false }
        return codes.count < 2 ? 0 : Double(followed) / Double(codes.count - 1)
    }

    /// The code with the number at its end one higher; nil where it ends in no digit.
    private static func next(_ code: String) -> String? {
        var bytes = Array(code.utf8)
        var place = bytes.count - 1
        guard place >= 0, isDigit(bytes[place]) else { return nil }
        while place >= 0, isDigit(bytes[place]) {
            if bytes[place] < 57 {
                bytes[place] += 1
                return String(decoding: bytes, as: UTF8.self)
            }
            bytes[place] = 48
            place -= 1
        }
        bytes.insert(49, at: place + 1)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A number of guesses for people: `1,200`, `3 million`.
    package static func text(_ guesses: Double) -> String {
        switch guesses {
        case ..<1_000: return String(Int(guesses.rounded()))
        case ..<1e6: return "\(Int((guesses / 1_000).rounded())) thousand"
        case ..<1e9: return "\(Int((guesses / 1e6).rounded())) million"
        default: return "more than \(Int(min(guesses / 1e9, 1e6))) billion"
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
}
