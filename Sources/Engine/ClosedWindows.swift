import DequeModule
import WeirDomain

/// Whose windows have closed of late, so that only what is told late sends anybody to the store for decisions of the past.
///
/// An hour of closings stays in memory; about what happened before them the store must be asked.
struct ClosedWindows: Sendable {
    private static let span = TimeSpan.hour

    /// The latest end of a window of each customer.
    private var ends: [CustomerID: Timestamp] = [:]
    /// As they closed.
    private var closings: Deque<(customer: CustomerID, end: Timestamp)> = []
    /// Windows that ended up to here may have closed unknown to this; nil where there was none.
    private(set) var forgottenThrough: Timestamp?

    var isEmpty: Bool { closings.isEmpty && forgottenThrough == nil }

    /// After a restart only the store knows what closed before.
    mutating func resume(at time: Timestamp) { forgottenThrough = time }

    mutating func close(_ customer: CustomerID, at end: Timestamp) {
        ends[customer] = max(ends[customer] ?? end, end)
        closings.append((customer, end))
        while let first = closings.first, first.end < end - Self.span {
            closings.removeFirst()
            forgottenThrough = max(forgottenThrough ?? first.end, first.end)
            if let last = ends[first.customer], last <= first.end { ends[first.customer] = nil }
        }
    }

    /// Two customers turned out to be one.
    mutating func move(_ old: CustomerID, to new: CustomerID) {
        guard let end = ends[old] else { return }
        close(new, at: end)
    }

    /// Whether a window of one of the customers may have closed that held a moment.
    func mayHaveHeld(_ moment: Timestamp, of customers: Set<CustomerID>) -> Bool {
        if let forgottenThrough, moment < forgottenThrough { return true }
        return customers.contains { ends[$0].map { moment < $0 } ?? false }
    }
}
