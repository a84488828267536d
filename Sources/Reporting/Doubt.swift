/// What speaks against a report's figures.
package struct Doubt: Sendable, Equatable {
    /// A sentence or more with the remedy, shown among the warnings.
    package var text: String
    /// Why nobody should act on the figures, for the headline: a clause without a full stop, such as `nothing varies`. Nil
    /// where the answer stands beside the doubt.
    package var voiding: String?

    package init(_ text: String, voiding: String? = nil) {
        self.text = text
        self.voiding = voiding
    }
}

/// What a measurement found and what follows from it, before its doubts are heard.
package struct Verdict: Sendable, Equatable {
    /// Something found, as it is said with and without what to do about it.
    package struct Part: Sendable, Equatable {
        /// What was seen; empty where there is only advice.
        package var finding: String
        /// The same with the advice that follows, said in its place where no doubt voids it.
        package var advising: String
    }

    /// The first is the answer.
    package private(set) var parts: [Part]

    package init(findings: [String] = [], advice: [String] = []) {
        parts = findings.map { Part(finding: $0, advising: $0) } + advice.map { Part(finding: "", advising: $0) }
    }

    /// Adds what was found, and how it is said where one may act on it.
    package mutating func append(_ finding: String, advising: String? = nil) {
        parts.append(Part(finding: finding, advising: advising ?? finding))
    }

    /// The one rule by which advice follows evidence: with a doubt that voids it there is no advice, and the headline says
    /// why before it says what was seen.
    package func conclusion(_ doubts: [Doubt]) -> [String] {
        let reasons = doubts.compactMap(\.voiding)
        guard !reasons.isEmpty else { return parts.map(\.advising) }
        return ["Do not act on this yet: \(reasons.joined(separator: "; "))."]
            + parts.map(\.finding).filter { !$0.isEmpty }
    }
}

extension Report {
    /// Whether a doubt voids what was found.
    package var isVoid: Bool { doubts.contains { $0.voiding != nil } }

    /// Says what was found as far as doubts leave it standing; their texts go before the other warnings.
    package mutating func conclude(_ verdict: Verdict, _ doubts: [Doubt]) {
        self.doubts = doubts
        conclusion = verdict.conclusion(doubts)
        warnings = doubts.map(\.text) + warnings
    }
}
