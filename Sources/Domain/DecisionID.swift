/// Identifies a decision; written `d-1042`. Seeds the decision's random numbers.
public struct DecisionID: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    /// > 0, counted up by the node that decides.
    public let number: Int64

    public init(number: Int64) { self.number = number }

    /// Reads `d-1042`.
    public init?(_ text: some StringProtocol) {
        guard text.hasPrefix("d-"), let number = Int64(text.dropFirst(2)), number > 0 else { return nil }
        self.number = number
    }

    public var description: String { "d-\(number)" }
    public static func < (left: DecisionID, right: DecisionID) -> Bool { left.number < right.number }
}
