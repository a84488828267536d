import Foundation

/// Values of fields, read without making strings.
enum FieldValue {
    private static let powers: [Double] = (0...22).map { pow(10, Double($0)) }

    /// A plain decimal number, rounded correctly; nil where the field is none.
    @inline(__always)
    static func number(_ field: UnsafeBufferPointer<UInt8>) -> Double? {
        var mantissa: UInt64 = 0
        var decimals = -1
        var digits = 0
        let isNegative = field.first == UInt8(ascii: "-")
        for index in (isNegative ? 1 : 0)..<max(field.count, isNegative ? 1 : 0) {
            let digit = field[index] &- UInt8(ascii: "0")
            if digit < 10 {
                mantissa = mantissa &* 10 &+ UInt64(digit)
                digits += 1
                if decimals >= 0 { decimals += 1 }
            } else if field[index] == UInt8(ascii: "."), decimals < 0 {
                decimals = 0
            } else {
                return slowNumber(field)
            }
        }
        // Both mantissa and power of ten are exact, so the one division rounds correctly.
        guard digits > 0, digits <= 18, mantissa <= 1 << 53 else { return slowNumber(field) }
        let size = decimals <= 0 ? Double(mantissa) : Double(mantissa) / powers[decimals]
        return isNegative ? -size : size
    }

    private static func slowNumber(_ field: UnsafeBufferPointer<UInt8>) -> Double? {
        let isDecimal = field.allSatisfy { (0x30...0x39).contains($0) || "+-.eE".utf8.contains($0) }
        guard isDecimal, let value = Double(String(decoding: field, as: UTF8.self)), value.isFinite else { return nil }
        return value
    }

    static func text(_ field: UnsafeBufferPointer<UInt8>) -> String {
        String(decoding: field.prefix(60), as: UTF8.self)
    }
}
