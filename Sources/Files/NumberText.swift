/// Reads numbers from bytes.
package enum NumberText {
    /// 10⁰ … 10²², which a Double holds exactly.
    package static let powers: [Double] = (0...22).reduce(into: []) { powers, _ in powers.append((powers.last ?? 0.1) * 10) }

    /// The number that the whole text stands for, rounded correctly; NaN for `nan`; nil where it is no number.
    package static func number(_ text: UnsafeBufferPointer<UInt8>) -> Double? {
        // `Double.init` would take hexadecimal digits too, which no table means.
        let isPlain = text.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "+"),
                UInt8(ascii: "e"), UInt8(ascii: "E"):
                true
            default: false
            }
        }
        let string = String(decoding: text, as: UTF8.self)
        if isPlain { return Double(string) }
        switch string.lowercased() {
        case "nan", "+nan", "-nan": return .nan
        case "inf", "+inf", "infinity", "+infinity": return .infinity
        case "-inf", "-infinity": return -.infinity
        default: return nil
        }
    }

    /// Reads a plain decimal with few digits, the common case, and moves `position` behind it.
    ///
    /// Exact: the digits fit 2⁵³ and the power of ten is exact, so the one division rounds correctly (Clinger, "How to
    /// Read Floating Point Numbers Accurately", PLDI 1990).
    ///
    /// - Parameter position: In bytes that end with a line end at the latest.
    /// - Returns: Nil where it is none such; `position` is then anywhere.
    @inline(__always)
    package static func plain(_ position: inout UnsafePointer<UInt8>, _ powers: UnsafePointer<Double>) -> Double? {
        let isNegative = position.pointee == UInt8(ascii: "-")
        if isNegative { position += 1 }
        let first = position
        var mantissa: UInt64 = 0
        var digit = position.pointee &- UInt8(ascii: "0")
        while digit < 10 {
            mantissa = mantissa &* 10 &+ UInt64(digit)
            position += 1
            digit = position.pointee &- UInt8(ascii: "0")
        }
        var digits = position - first
        var decimals = 0
        if position.pointee == UInt8(ascii: ".") {
            position += 1
            let point = position
            digit = position.pointee &- UInt8(ascii: "0")
            while digit < 10 {
                mantissa = mantissa &* 10 &+ UInt64(digit)
                position += 1
                digit = position.pointee &- UInt8(ascii: "0")
            }
            decimals = position - point
            digits += decimals
        }
        // 19 digits cannot have overflown 64 bits.
        guard digits > 0, digits <= 19, mantissa <= 1 << 53 else { return nil }
        let size = decimals == 0 ? Double(mantissa) : Double(mantissa) / powers[decimals]
        return isNegative ? -size : size
    }
}
