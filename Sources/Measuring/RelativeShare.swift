/// A share of one, written as 0.05 or 5%.
package struct RelativeShare: Sendable, Equatable, Codable {
    package var value: Double

    package init(_ value: Double) { self.value = value }

    /// - Returns: Nil where the text is neither.
    package init?(text: String) {
        let isPercent = text.hasSuffix("%")
        guard let number = Double(isPercent ? String(text.dropLast()) : text), number.isFinite else { return nil }
        value = isPercent ? number / 100 : number
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let share = RelativeShare(text: text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "write a share as 0.05 or 5%")
        }
        self = share
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode("\(value)")
    }
}
