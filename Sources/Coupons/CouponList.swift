package import WeirDomain

/// A list of codes from outside, checked line by line: what is good in it, and what is wrong with the rest.
package struct CouponList: Sendable, Equatable {
    package struct Fault: Sendable, Equatable {
        /// Counted from 1.
        package var line: Int
        /// Names value and remedy.
        package var detail: String

        package init(line: Int, detail: String) {
            self.line = line
            self.detail = detail
        }
    }

    package static let lengths = 6...64

    package private(set) var codes: [String] = []
    package private(set) var faults: [Fault] = []
    /// How many guesses a hit takes on average; 0 where there is no code.
    package private(set) var guesses = 0.0
    /// Says with its figure why the codes are easily guessed; nil where they are not.
    package private(set) var warning: String?

    /// - Parameters:
    ///   - lines: One code each; blank ones count for the numbers only.
    ///   - isTaken: Whether a code is in a pool or the catalog already.
    package init(lines: [String], isTaken: (CouponKey) -> Bool = { _ in false }) {
        var seen: [CouponKey: Int] = [:]
        for (index, line) in lines.enumerated() {
            let key = CouponKey(line)
            if key.text.isEmpty { continue }
            let code = key.text.uppercased()
            if let fault = Self.fault(in: code) {
                faults.append(Fault(line: index + 1, detail: fault))
            } else if let first = seen[key] {
                faults.append(Fault(line: index + 1, detail: "“\(code)” stands on line \(first) already. Remove one."))
            } else if isTaken(key) {
                faults.append(
                    Fault(line: index + 1, detail: "“\(code)” is a code of a pool or an offer already. Remove it."))
            } else {
                seen[key] = index + 1
                codes.append(code)
            }
        }
        judge()
    }

    private static func fault(in code: String) -> String? {
        let shown = code.prefix(80)
        guard lengths.contains(code.utf8.count) else {
            return "“\(shown)” has \(code.count) characters; codes have \(lengths.lowerBound) … \(lengths.upperBound). "
                + "Replace it."
        }
        let other = code.unicodeScalars.first { !("A"..."Z" ~= $0 || "0"..."9" ~= $0 || $0 == "-" || $0 == "_") }
        return other.map { "“\(shown)” has “\($0)”; codes have letters A–Z, digits, “-” and “_”. Replace it." }
    }

    private mutating func judge() {
        guard !codes.isEmpty else { return }
        guesses = Guessability.guesses(codes)
        let sequence = Guessability.shareInSequence(codes)
        if sequence > 0.1 {
            warning =
                "\(Int((sequence * 100).rounded())) % of the codes are followed by the next number: who has one has the others."
        } else if guesses < Guessability.leastGuesses {
            warning =
                "A code is found by \(Guessability.text(guesses)) guesses on average; it should take "
                + "\(Guessability.text(Guessability.leastGuesses)) or more."
        }
    }
}
