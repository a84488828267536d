public import WeirDomain

/// An identifier (`anonymous_id`, `email`) and the customer it belongs to.
public struct IdentifierLink: Sendable, Equatable {
    public var kind: String
    public var value: String
    public var customer: CustomerID

    public init(kind: String, value: String, customer: CustomerID) {
        self.kind = kind
        self.value = value
        self.customer = customer
    }
}
