import DequeModule
public import WeirDomain

/// Of one goal the decisions whose outcome is open: nothing has come of them yet, and still may.
public struct OpenOutcomes: Sendable, Equatable {
    public private(set) var count = 0
    /// As decisions came in; who is no longer open is taken out when it is the first.
    private var closings: Deque<Closing> = []

    private struct Closing: Sendable, Equatable {
        var time: Timestamp
        var decision: DecisionID
    }

    /// The moment at which the first of them closes: what became of it is then known; nil where none is open.
    public var firstCloses: Timestamp? { closings.first?.time }

    mutating func open(_ decision: DecisionID, until time: Timestamp) {
        count += 1
        closings.append(Closing(time: time, decision: decision))
    }

    /// - Parameter isOpen: Whether a decision still is, now that one is not.
    mutating func close(isOpen: (DecisionID) -> Bool) {
        count -= 1
        while let first = closings.first, !isOpen(first.decision) { closings.removeFirst() }
    }
}
