import WeirJSON

extension JSON {
    /// The number in whole millionths, ties to even, cut to what fits 64 bits (± 9.2 × 10¹²); nil for what is no number.
    var millionths: Int64? {
        switch self {
        case .integer(let value):
            let (product, overflow) = value.multipliedReportingOverflow(by: 1_000_000)
            return overflow ? (value < 0 ? .min : .max) : product
        case .number(let value):
            let rounded = (value * 1e6).rounded(.toNearestOrEven)
            return Int64(exactly: rounded) ?? (value < 0 ? .min : .max)
        default: return nil
        }
    }
}

extension Int64 {
    /// - Parameter sign: 1 or −1.
    func signed(_ sign: Int64) -> Int64 { sign > 0 ? self : self == .min ? .max : -self }

    func addingSaturated(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other < 0 ? .min : .max) : sum
    }
}
