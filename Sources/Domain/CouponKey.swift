/// By what a coupon code is recognised: people and shops write it in any case, with or without blanks.
public struct CouponKey: Sendable, Hashable {
    /// Without blanks, in lower case.
    public let text: String

    public init(_ code: some StringProtocol) {
        text = String(code.filter { !$0.isWhitespace }).lowercased()
    }
}
