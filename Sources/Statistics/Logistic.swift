/// 1 ÷ (1 + e⁻ˣ), without overflow for any x.
@inlinable
public func sigmoid(_ x: Double) -> Double {
    if x >= 0 { return 1 / (1 + Portable.exp(-x)) }
    let e = Portable.exp(x)
    return e / (1 + e)
}

/// log(p ÷ (1 − p)), the inverse of `sigmoid`.
///
/// - Parameter p: In 0 ≤ p ≤ 1; 0 and 1 give −∞ and ∞.
@inlinable
public func logit(_ p: Double) -> Double { Portable.log(p) - Portable.log1p(-p) }
