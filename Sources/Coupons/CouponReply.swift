package import WeirDomain

/// What a request led to.
package struct CouponReply: Sendable, Equatable {
    /// What was done, or would be; nil where it was refused.
    package var use: CouponUse?
    package var refusal: CouponRefusal?
    /// Whether it had been done before, so that nothing has changed now.
    package var isRepeated = false

    package static func done(_ use: CouponUse, isRepeated: Bool = false) -> CouponReply {
        CouponReply(use: use, refusal: nil, isRepeated: isRepeated)
    }

    package static func refused(_ refusal: CouponRefusal) -> CouponReply {
        CouponReply(use: nil, refusal: refusal)
    }
}
