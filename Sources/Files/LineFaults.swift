/// Lines of a file that are left out: all counted, the first ones told.
package struct LineFaults: Sendable, Equatable {
    /// Each names the line, what is wrong and the remedy.
    package private(set) var first: [String]
    package private(set) var count: Int
    private let kept: Int

    /// - Parameters:
    ///   - faults: Those known already.
    ///   - count: Of all that are known; nil where these are all.
    ///   - kept: How many are told; more of them would bury the answer.
    package init(_ faults: [String] = [], count: Int? = nil, kept: Int = 10) {
        first = Array(faults.prefix(kept))
        self.count = count ?? faults.count
        self.kept = kept
    }

    /// The message is made only where it will be told.
    package mutating func leaveOut(_ fault: @autoclosure () -> String) {
        count += 1
        if first.count < kept { first.append(fault()) }
    }

    /// One sentence per fault told, and one that counts the rest.
    package var messages: [String] {
        let told = first.map { $0 + " The row is left out." }
        return count > first.count ? told + ["\(count - first.count) more rows are left out for such faults."] : told
    }
}
