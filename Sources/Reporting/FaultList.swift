/// Faults of a file's rows: all counted, the first ones told.
package struct FaultList {
    private var first: [String]
    package private(set) var count: Int

    package init(_ faults: [String] = [], count: Int? = nil) {
        first = Array(faults.prefix(Self.shown))
        self.count = count ?? faults.count
    }

    /// More of them would bury the answer.
    private static let shown = 10

    /// The message is made only where it will be told.
    package mutating func append(_ fault: @autoclosure () -> String) {
        count += 1
        if first.count < Self.shown { first.append(fault()) }
    }

    /// One per fault told, and one that counts the rest.
    package var messages: [String] {
        let told = first.map { $0 + " The row is left out." }
        return count > first.count ? told + ["\(count - first.count) more rows are left out for such faults."] : told
    }
}
