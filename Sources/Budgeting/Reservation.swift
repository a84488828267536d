import WeirDomain

extension Ledger {
    /// What a reservation holds of one budget.
    struct Line: Sendable, Hashable {
        var budget: Int
        var amount: Int64
    }

    /// What a decision holds; the first line stands inline, so that an offer with one budget allocates nothing.
    struct Reservation: Sendable {
        let expiry: Timestamp?
        private var first: Line?
        private var rest: [Line] = []

        init(expiry: Timestamp?) { self.expiry = expiry }

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

    /// A binary heap by expiry, then decision.
    struct ExpiryQueue: Sendable {
        struct Item: Sendable, Comparable {
            var expiry: Timestamp
            var decision: DecisionID

            static func < (left: Item, right: Item) -> Bool {
                (left.expiry, left.decision) < (right.expiry, right.decision)
            }
        }

        private var items: [Item] = []

        var count: Int { items.count }
        var first: Item? { items.first }

        mutating func insert(_ decision: DecisionID, _ expiry: Timestamp) {
            items.append(Item(expiry: expiry, decision: decision))
            var child = items.count - 1
            // In the common case expiries come in order, and this ends at once.
            while child > 0, items[child] < items[(child - 1) / 2] {
                items.swapAt(child, (child - 1) / 2)
                child = (child - 1) / 2
            }
        }

        mutating func removeFirst() {
            items.swapAt(0, items.count - 1)
            items.removeLast()
            var parent = 0
            while true {
                var least = parent
                for child in [2 * parent + 1, 2 * parent + 2] where child < items.count && items[child] < items[least] {
                    least = child
                }
                guard least != parent else { return }
                items.swapAt(parent, least)
                parent = least
            }
        }

        mutating func removeAll(where isClosed: (Item) -> Bool) {
            items.removeAll(where: isClosed)
            items.sort()  // A sorted array is a heap.
        }
    }
}
