/// Reads numbers from bytes.
package enum NumberText {
    /// 10⁰ … 10²², which a Double holds exactly.
    package static let powers: [Double] = (0...22).reduce(into: []) { powers, _ in
        powers.append((powers.last ?? 0.1) * 10)
    }

    /// The number that the whole text stands for, rounded correctly; NaN for `nan`; nil where it is no number.
    package static func number(_ text: UnsafeBufferPointer<UInt8>) -> Double? {
        let string = String(decoding: text, as: UTF8.self)
        if isDecimal(text) { return Double(string) }
        switch string.lowercased() {
        case "nan", "+nan", "-nan": return .nan
        case "inf", "+inf", "infinity", "+infinity": return .infinity
        case "-inf", "-infinity": return -.infinity
        default: return nil
        }
    }

    /// The finite number that the whole text stands for, rounded correctly; nil where it is none.
    ///
    /// - Parameter text: A cell of a row, so that the byte behind it can be looked at.
    @inlinable
    package static func finite(_ text: UnsafeBufferPointer<UInt8>) -> Double? {
        guard var position = text.baseAddress, text.count > 0 else { return nil }
        let end = position + text.count
        if let number = powers.withUnsafeBufferPointer({ plain(&position, $0.baseAddress!) }), position == end {
            return number
        }
        guard isDecimal(text), let number = Double(String(decoding: text, as: UTF8.self)), number.isFinite else {
            return nil
        }
        return number
    }

    /// `Double.init` would take hexadecimal digits too, which no table means.
    @usableFromInline
    static func isDecimal(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        text.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "+"),
                UInt8(ascii: "e"), UInt8(ascii: "E"):
                true
            default: false
            }
        }
    }

    /// Whether a text that can be read as a number is written as a code is, and no program writes a number: with a
    /// leading zero, such as `007`, or with an exponent that has neither point before it nor sign, such as `1e5`.
    package static func isCode(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        var rest = text[...]
        if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { rest.removeFirst() }
        let digits = rest.prefix { ($0 &- UInt8(ascii: "0")) < 10 }
        if digits.count > 1, digits.first == UInt8(ascii: "0") { return true }
        rest = rest.dropFirst(digits.count)
        guard !digits.isEmpty, let mark = rest.popFirst(), mark | 0x20 == UInt8(ascii: "e") else { return false }
        return !rest.isEmpty && rest.allSatisfy { ($0 &- UInt8(ascii: "0")) < 10 }
    }

    /// Reads a plain decimal with few digits, the common case, and moves `position` behind it.
    ///
    /// Exact: the digits fit 2⁵³ and the power of ten is exact, so the one division rounds correctly (Clinger, "How to
    /// Read Floating Point Numbers Accurately", PLDI 1990).
    ///
    /// - Parameters:
    ///   - position: In bytes that end with one that is neither a digit nor a point.
    ///   - powers: `NumberText.powers`.
    /// - Returns: Nil where it is none such; `position` is then anywhere.
    @inlinable
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
