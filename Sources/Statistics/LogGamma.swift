import Foundation

/// log Γ(x), x > 0; the reentrant form, since `lgamma` also writes a global.
public func logGamma(_ x: Double) -> Double {
    var sign: Int32 = 0
    return lgamma_r(x, &sign)
}

/// What Stirling's formula lacks: log Γ(x) − ((x − ½) log x − x + ½ log 2π), x > 0; falls to 1 ÷ 12x.
///
/// Source: NIST Digital Library of Mathematical Functions, 5.11.1; for small x by subtraction, which loses little there.
func stirlingRemainder(_ x: Double) -> Double {
    guard x >= 10 else { return logGamma(x) - ((x - 0.5) * log(x) - x + 0.5 * log(2 * Double.pi)) }
    let square = x * x
    return (1.0 / 12 - (1.0 / 360 - (1.0 / 1_260 - (1.0 / 1_680 - 1.0 / 1_188 / square) / square) / square) / square)
        / x
}
