import WeirDomain

extension Ledger {
    /// What a reservation holds of one budget.
    struct Line: Sendable, Hashable {
        var budget: Int
        var amount: Int64
    }

    /// What a decision holds; the first line stands inline, so that an offer with one budget allocates nothing.
    struct Reservation: Sendable {
        let given: GivenOffer?
        private var first: Line?
        private var rest: [Line] = []

        init(given: GivenOffer?) { self.given = given }

        var count: Int { first == nil ? 0 : 1 + rest.count }

        subscript(index: Int) -> Line { index == 0 ? first! : rest[index - 1] }

        mutating func append(_ line: Line) {
            if first == nil { first = line } else { rest.append(line) }
        }

        func forEach(_ body: (Line) -> Void) {
            if let first { body(first) }
            for line in rest { body(line) }
        }
    }
}
