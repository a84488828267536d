public import WeirDomain

/// A customer's profile as it was after the record with `sequence`.
public struct StoredProfile: Sendable, Equatable {
    public var customer: CustomerID
    public var sequence: Int64
    public var body: [UInt8]

    public init(customer: CustomerID, sequence: Int64, body: [UInt8]) {
        self.customer = customer
        self.sequence = sequence
        self.body = body
    }
}
